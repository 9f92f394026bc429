"""'谁替我投票': who votes for her on record, for whom she does, and an end to either at once."""

from typing import Final

from bot.dialogue.turn import Reply, Turn
from bot.flow.votes.helpers import end_own
from bot.model.case import RefusedError
from bot.ports.votes import Helping
from channels.message import Button

_DIGITS_MOST: Final = 15


def listed(turn: Turn) -> Reply:
    """Say both, and how somebody is put on record."""
    found = turn.tx.votes.helpings_of(turn.contact.person_id)
    lines = [_say(turn, _side(turn, one), name=_other(turn, one)) for one in found]
    if not any(_side(turn, one) == "helped" for one in found):
        lines.insert(0, _say(turn, "nobody"))
    buttons = [_button(turn, one) for one in found]
    return Reply(text="\n".join([*lines, _say(turn, "how")]), buttons=tuple(buttons))


def end(turn: Turn, record_id: str) -> Reply:
    """End it; what is no record of hers, or no longer, gets a sentence."""
    if not (record_id.isascii() and record_id.isdecimal() and len(record_id) <= _DIGITS_MOST):
        return Reply(text=turn.say("too_late"))
    try:
        end_own(turn.tx, turn.rules, turn.contact.person_id, int(record_id))
    except RefusedError:
        return Reply(text=turn.say("too_late"))
    return Reply(text=_say(turn, "ended"))


def _button(turn: Turn, one: Helping) -> Button:
    label = _say(turn, f"end_{_side(turn, one)}", name=_other(turn, one))
    return Button(label, f"vote_helper_end:{one.id}")


def _side(turn: Turn, one: Helping) -> str:
    return "helped" if one.person_id == turn.contact.person_id else "helping"


def _other(turn: Turn, one: Helping) -> str:
    name = one.helper_name if _side(turn, one) == "helped" else one.person_name
    return name or turn.rules.texts.say("votes.helper.somebody")


def _say(turn: Turn, key: str, **values: object) -> str:
    return turn.rules.texts.say(f"votes.helpers.{key}", **values)
