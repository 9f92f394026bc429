"""How what she claimed stands: said wherever she asks how something of hers stands."""

from typing import Final

from bot.dialogue.turn import Turn
from bot.flow.credit.claims import activity_name, in_time_to_appeal, said_reason
from bot.ports.moderation import Claim
from channels.message import Button
from credits.claims import OPEN, ClaimState

_LATEST: Final = 5


def standing_claims(turn: Turn) -> tuple[list[str], tuple[Button, ...]]:
    """Return a line for each that is open, or that she can still appeal, and buttons for these."""
    latest = turn.tx.claims.of_contact(turn.contact.id, _LATEST)
    lines, buttons = [], []
    for claim in latest:
        if claim.state is ClaimState.REJECTED:
            why = _rejected_for(turn, claim)
            if why is None:
                continue
            lines.append(_line(turn, claim, why=why))
            label = turn.rules.texts.say("claims.button.appeal")
            buttons.append(Button(label, f"appeal:{claim.id}"))
        elif claim.state in OPEN:
            lines.append(_line(turn, claim))
    return lines, tuple(buttons)


def _line(turn: Turn, claim: Claim, **values: str) -> str:
    texts = turn.rules.texts
    when = texts.moment(claim.look_by, turn.tx.now)
    name = activity_name(turn.rules, claim)
    key = f"claims.standing.{claim.state}"
    return texts.say(key, claim=claim.id, name=name, when=when, **values)


def _rejected_for(turn: Turn, claim: Claim) -> str | None:
    """Return why it was rejected; None once nothing can be done about it."""
    if claim.appealed:
        return None
    last = in_time_to_appeal(turn.tx, turn.rules, claim)
    return None if last is None else said_reason(turn.rules, last.reason, last.words)
