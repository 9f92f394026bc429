"""Visits: whom staff go to see after the work, instead of waiting for a word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Who is to visit the reporter of a case after a round of work; None when nobody was found."""

    case_id: int
    round: int
    staff_id: int | None
    due_at: datetime


class VisitReads(Protocol):
    """What pages look at."""

    def reason(self, person_id: int) -> str | None:
        """Return why the person is to be visited; None when she is not."""
        ...

    def of_case(self, case_id: int, round_: int) -> Visit | None: ...

    def waiting(self, limit: int) -> Sequence[Visit]:
        """Return the visits that are still to be made, the first due first."""
        ...


class Visits(VisitReads, Protocol):
    """All of them."""

    def mark(self, person_id: int, reason: str) -> None:
        """From now on the person is visited after the work; a new reason replaces the old."""
        ...

    def unmark(self, person_id: int) -> None: ...

    def absorb(self, *, old: int, into: int) -> None:
        """Two persons turned out to be one."""
        ...

    def of_member(self, staff_id: int) -> Sequence[Visit]:
        """The visits that are still to be made by the member."""
        ...

    def give(self, visit: Visit) -> None:
        """Let somebody else make the visit that was planned."""
        ...

    def plan(self, visit: Visit) -> None:
        """Plan the visit of the round; a second time it stays as it is."""
        ...
