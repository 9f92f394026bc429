"""An edited message changes the case it led to, instead of opening a second one."""

from typing import Final

from bot.dialogue.adding import add_to
from bot.dialogue.recordings import amended
from bot.dialogue.turn import Reply, Turn
from bot.flow.cases.amend import amend
from bot.model.case import OPEN_STATES, State

_BESIDE: Final = frozenset({State.OUT_OF_SCOPE, State.WITHDRAWN, State.MERGED})


def is_repeated(turn: Turn) -> bool:
    """Say whether nothing that we take in was changed."""
    return turn.earlier is not None and turn.earlier.words == turn.message.text


def edited(turn: Turn) -> Reply | None:
    """Amend the case; None when the message led to none, or to one that came to nothing."""
    case_id = turn.earlier.case_id if turn.earlier is not None else None
    case = None if case_id is None else turn.own_case(str(case_id))
    if case is None or turn.earlier is None:
        return None
    if case.state in _BESIDE:
        return None
    if turn.earlier.words.strip() != case.description or case.state not in OPEN_STATES:
        return add_to(turn, case)
    case = amend(turn.tx, turn.rules, case, turn.actor, turn.words, turn.meaning)
    return amended(turn, case)
