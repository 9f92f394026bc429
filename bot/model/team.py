"""Who carries an initiative 提议 out: a team with tasks and shifts, and how hours are counted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.model.initiative import AGREED, InitiativeState

JOINABLE: Final = AGREED
"""Whoever wants to help joins from when enough was pledged until it is done."""

WORKING: Final = frozenset({InitiativeState.DECIDED, InitiativeState.IN_PROGRESS})
"""Tasks and shifts are made and taken."""

EARLY: Final = timedelta(minutes=30)
"""So long before a shift begins one may check in; what is before it counts no time."""

NEAR_METRES: Final = 150.0
"""A position closer than that to a shift's place is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to be done; `taken_by` said that she does it, the lead saw it `done_at`."""

    id: int
    initiative_id: int
    words: str
    made_at: datetime
    taken_by: int | None = None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A time and a place at which `seats` people are needed.

    `latitude` and `longitude` (WGS-84) are there when one can check in by position.
    """

    id: int
    initiative_id: int
    starts_at: datetime
    ends_at: datetime
    place: str
    seats: int
    made_at: datetime
    latitude: float | None = None
    longitude: float | None = None
    called_off: bool = False

    def meets(self, other: "Shift") -> bool:
        """Say whether nobody can be at both."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def open_at(self, now: datetime) -> bool:
        """Say whether one can check in at that moment."""
        return not self.called_off and self.starts_at - EARLY <= now < self.ends_at


class Came(StrEnum):
    """How somebody showed that she was there."""

    NOT = ""
    CODE = "code"
    POSITION = "position"
    WORD = "word"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One person on a shift.

    `vouched_by` is who else says that she was there: `resident:3` whose code she typed or who saw
    her, `staff:2`; empty where nobody does. `left_at` is when she went before the end. `reminded`
    says that she heard of it once more before it began.
    """

    id: int
    shift_id: int
    person_id: int
    taken_at: datetime
    came_at: datetime | None = None
    came_by: Came = Came.NOT
    vouched_by: str = ""
    left_at: datetime | None = None
    reminded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPhoto:
    """A photo of what was done; `words` say what is on it, for who can't see it.

    `shown` once staff have looked at it and found nobody's face on it who doesn't want that.
    """

    id: int
    initiative_id: int
    media_id: int
    words: str
    at: datetime
    shown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCode:
    """Six digits that somebody shows at a shift; they open it once, and only for a while."""

    shift_id: int
    shown_by: int
    digits: str
    until: datetime


def minutes_of(shift: Shift, seat: Seat, now: datetime) -> int:
    """Return the whole minutes between her coming and going, within the shift and until now."""
    if seat.came_at is None:
        return 0
    begins = max(seat.came_at, shift.starts_at)
    ends = min(seat.left_at or shift.ends_at, shift.ends_at, now)
    return max(0, int((ends - begins).total_seconds() // 60))


def counts(seat: Seat, lead_id: int) -> bool:
    """Say whether her time counts: by another's word, or by a position of who does not lead."""
    alone = seat.came_by is Came.POSITION and seat.person_id != lead_id
    return seat.came_at is not None and (bool(seat.vouched_by) or alone)
