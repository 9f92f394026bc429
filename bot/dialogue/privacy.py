"""'删除我的信息': what is kept, and how to have it removed."""

from datetime import timedelta
from typing import Final

from bot.dialogue.turn import Reply, Turn
from bot.model.case import OPEN_STATES

_ERASE_AFTER: Final = timedelta(minutes=2)
"""Time for the last answer to go out, and to change one's mind."""


def ask(turn: Turn) -> Reply:
    """Say what is removed, and ask."""
    open_ = [case for case in turn.recent_cases(100) if case.state in OPEN_STATES]
    key = "privacy.ask_open" if open_ else "privacy.ask"
    return Reply(
        text=turn.say(key, count=len(open_)),
        buttons=(turn.button("erase", "erase"), turn.button("keep_data", "keep_data")),
    )


def erase(turn: Turn) -> Reply:
    """She is sure: it happens in two minutes."""
    turn.tx.people.erase_at(turn.contact.person_id, turn.tx.now + _ERASE_AFTER)
    return Reply(text=turn.say("privacy.done"), buttons=(turn.button("keep_data", "keep_data"),))


def keep(turn: Turn) -> Reply:
    """She has changed her mind."""
    turn.tx.people.erase_at(turn.contact.person_id, None)
    return Reply(text=turn.say("privacy.kept"))
