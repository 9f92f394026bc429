"""When a call that reached nobody is tried again: a table, and how it is read."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from channels.call import CallEnd

TRIES_MOST: Final = 6
_MINUTES: Final[Mapping[CallEnd, tuple[int, ...]]] = MappingProxyType(
    {
        CallEnd.BUSY: (5, 15, 45),
        CallEnd.NO_ANSWER: (60, 180),
        CallEnd.REJECTED: (180,),
        CallEnd.MACHINE: (120,),
        CallEnd.CONGESTED: (1, 3, 9, 27),
        CallEnd.FAILED: (1, 5, 15, 60),
    }
)
"""Minutes after the first, the second … call that ended so. What is not here is not tried again."""

_CAUSES: Final[Mapping[int, CallEnd]] = MappingProxyType(
    {
        1: CallEnd.NO_SUCH_NUMBER,  # unallocated
        22: CallEnd.NO_SUCH_NUMBER,  # changed
        28: CallEnd.NO_SUCH_NUMBER,  # of a wrong form
        0: CallEnd.NO_ANSWER,  # told by nobody: our own patience ended
        16: CallEnd.NO_ANSWER,  # the same, in good order
        18: CallEnd.NO_ANSWER,  # nobody there
        19: CallEnd.NO_ANSWER,  # it rang
        20: CallEnd.NO_ANSWER,  # switched off
        17: CallEnd.BUSY,
        21: CallEnd.REJECTED,
        34: CallEnd.CONGESTED,
        38: CallEnd.CONGESTED,
        41: CallEnd.CONGESTED,
        42: CallEnd.CONGESTED,
        44: CallEnd.CONGESTED,
        47: CallEnd.CONGESTED,
        58: CallEnd.CONGESTED,
    }
)
"""Hangup causes (ITU-T Q.850) of a call that was not answered."""


def unanswered(cause: int) -> CallEnd:
    """Return what the cause means."""
    return _CAUSES.get(cause, CallEnd.FAILED)


def next_try(ends: Sequence[CallEnd]) -> timedelta | None:
    """Return how long to wait after these ends, oldest first; None: a person telephones."""
    delays = _MINUTES.get(ends[-1], ())
    times = ends.count(ends[-1])
    if times > len(delays) or len(ends) >= TRIES_MOST:
        return None
    return timedelta(minutes=delays[times - 1])
