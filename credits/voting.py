"""A vote 投票 from the first word to the result: where each step leads, and who may take it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class VoteState(StrEnum):
    """How far a vote is."""

    PLANNED = "planned"
    OFFERED = "offered"
    OPEN = "open"
    CLOSED = "closed"
    COUNTED = "counted"
    CANCELLED = "cancelled"


class VoteMove(StrEnum):
    """What is done to a vote."""

    CHANGE = "change"
    OFFER = "offer"
    REFUSE = "refuse"
    OPEN = "open"
    CLOSE = "close"
    COUNT = "count"
    CANCEL = "cancel"


class VoteParty(StrEnum):
    """Who takes the step; the second is another member of staff than the one who offered it."""

    STAFF = "staff"
    SECOND = "second"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Step:
    """From any of the sources a move by the party leads to the target."""

    move: VoteMove
    sources: frozenset[VoteState]
    target: VoteState
    by: frozenset[VoteParty]


class VoteError(Exception):
    """The move is not allowed; `reason` is one word that names why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _step(move: VoteMove, sources: set[VoteState], target: VoteState, by: VoteParty) -> Step:
    return Step(move, frozenset(sources), target, frozenset({by}))


_S = VoteState
STEPS: Final = (
    _step(VoteMove.CHANGE, {_S.PLANNED}, _S.PLANNED, VoteParty.STAFF),
    _step(VoteMove.OFFER, {_S.PLANNED}, _S.OFFERED, VoteParty.STAFF),
    _step(VoteMove.REFUSE, {_S.OFFERED}, _S.PLANNED, VoteParty.SECOND),
    _step(VoteMove.OPEN, {_S.OFFERED}, _S.OPEN, VoteParty.SECOND),
    _step(VoteMove.CLOSE, {_S.OPEN}, _S.CLOSED, VoteParty.SYSTEM),
    _step(VoteMove.COUNT, {_S.CLOSED}, _S.COUNTED, VoteParty.SYSTEM),
    _step(VoteMove.CANCEL, {_S.PLANNED, _S.OFFERED}, _S.CANCELLED, VoteParty.STAFF),
    _step(VoteMove.CANCEL, {_S.OPEN}, _S.CANCELLED, VoteParty.SECOND),
)
ENDED: Final = frozenset({VoteState.COUNTED, VoteState.CANCELLED})
"""Nothing leads on: a result is not taken back, and what is closed can't be cancelled.

Who asked for a vote can't stop it alone once people have voted.
"""

_LEADS: Final = {
    (source, step.move, party): step.target
    for step in STEPS
    for source in step.sources
    for party in step.by
}


def after(state: VoteState, move: VoteMove, party: VoteParty) -> VoteState:
    """Return where the move leads; raise VoteError `not_now` where the party can't make it."""
    if (state, move, party) not in _LEADS:
        raise VoteError("not_now")
    return _LEADS[state, move, party]
