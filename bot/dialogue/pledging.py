"""One initiative shown in the chat, and what somebody gives for it."""

import re
from typing import Final

from bot.dialogue import teaming
from bot.dialogue.initiative_words import asked, card, say, standing
from bot.dialogue.turn import Reply, Turn
from bot.flow import pledging
from bot.model.case import RefusedError
from bot.model.initiative import OPEN_FOR_PLEDGES, PUBLIC, Initiative, PledgeKind, PledgeState
from channels.message import Button

STEP: Final = "thing"
_NUMBER: Final = re.compile(r"[0-9]{1,15}")  # fits the database
_HOURS: Final = 2
_POINTS: Final = 10
_CHOICES: Final = 3


def show(turn: Turn, number: str) -> Reply:
    """Show what it says and how far it is, with what she can do."""
    found = _found(turn, number)
    if found is None:
        return Reply(text=_refusal(turn, "initiative_unknown"))
    progress = turn.tx.initiatives.progress([found])[found.id]
    lines = [card(turn.rules, found), standing(turn.rules, progress)]
    buttons: tuple[Button, ...] = ()
    if found.state in OPEN_FOR_PLEDGES and found.gather_until is not None:
        when = turn.rules.texts.moment(found.gather_until, turn.tx.now)
        lines.append(say(turn, "until", when=when))
        buttons = _ways(turn, found)
    else:
        lines.append(say(turn, f"state.{found.state.value}") + "。")
        buttons = teaming.way_in(turn, found)
    page = f"{turn.rules.public_url}/initiatives/{found.id}"
    return Reply(text="\n".join(lines), buttons=buttons, link=page)


def give(turn: Turn, number: str, kind: str, amount: str) -> Reply:
    """She gives hours or points."""
    known = kind in (PledgeKind.HOURS, PledgeKind.POINTS) and _NUMBER.fullmatch(amount)
    if not known or not _NUMBER.fullmatch(number):
        return Reply(text=turn.say("too_late"))
    return _pledged(turn, int(number), PledgeKind(kind), int(amount), "")


def thing(turn: Turn, number: str) -> Reply:
    """Ask which thing she wants to give."""
    if not _NUMBER.fullmatch(number):
        return Reply(text=turn.say("too_late"))
    return Reply(text=say(turn, "thing_which"), step=STEP, notes=asked(turn, number, "thing"))


def this_thing(turn: Turn) -> Reply:
    """She says which thing."""
    number = turn.state.notes.get("idea", "")
    if not _NUMBER.fullmatch(number):
        return Reply(text=turn.say("too_late"))
    return _pledged(turn, int(number), PledgeKind.THING, 1, turn.words)


def take_back(turn: Turn, number: str) -> Reply:
    """She takes back all that she gave for it."""
    if not _NUMBER.fullmatch(number):
        return Reply(text=turn.say("too_late"))
    try:
        points = pledging.take_back(turn.tx, turn.contact.person_id, int(number))
    except RefusedError as refused:
        return Reply(text=_refusal(turn, refused.reason))
    key = "taken_back_points" if points else "taken_back"
    return Reply(text=say(turn, key, number=number, points=points))


def _pledged(turn: Turn, number: int, kind: PledgeKind, amount: int, words: str) -> Reply:
    try:
        made = pledging.pledge(
            turn.tx,
            turn.rules,
            turn.contact.person_id,
            number,
            kind,
            amount,
            key=f"message:{turn.waiting.id}",
            words=words,
        )
    except RefusedError as refused:
        return Reply(text=_refusal(turn, refused.reason))
    text = say(turn, f"pledged_{kind.value}", number=number, amount=made.amount, words=made.words)
    found = turn.tx.initiatives.find(number)
    if found is None or found.state not in OPEN_FOR_PLEDGES:
        return Reply(text=text)
    back = Button(say(turn, "button.take_back"), f"pledge_back:{number}")
    return Reply(text=text, buttons=(back,))


def _ways(turn: Turn, found: Initiative) -> tuple[Button, ...]:
    own = turn.tx.initiatives.pledges_of(turn.contact.person_id)
    given = {
        one.kind for one in own if one.initiative_id == found.id and one.state is PledgeState.OPEN
    }
    ways = [
        Button(
            say(turn, f"button.{kind.value}", amount=amount), f"pledge:{found.id}:{kind}:{amount}"
        )
        for kind, amount in ((PledgeKind.HOURS, _HOURS), (PledgeKind.POINTS, _POINTS))
        if kind not in given
    ]
    ways.append(Button(say(turn, "button.thing"), f"pledge_thing:{found.id}"))
    if given:  # three choices at once: what is left to give stands on the page as well
        back = Button(say(turn, "button.take_back"), f"pledge_back:{found.id}")
        ways = [*ways[: _CHOICES - 1], back]
    return tuple(ways)


def _found(turn: Turn, number: str) -> Initiative | None:
    found = turn.tx.initiatives.find(int(number)) if _NUMBER.fullmatch(number) else None
    shown = found is not None and found.state in PUBLIC and not found.hidden
    return found if shown else None


def _refusal(turn: Turn, reason: str) -> str:
    return turn.rules.texts.say(f"case.refused.{reason}")
