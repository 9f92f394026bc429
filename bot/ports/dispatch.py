"""Dispatch: who could take a case, what they carry, and what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.model.dispatch import Candidate
from bot.model.staff import WeekTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the system suggested with its reasons, and what was done 人机协同.

    `suggested_id` is None when it had nobody to suggest. `actor` decided: `system` or a member,
    who says why where it is not as suggested.
    """

    case_id: int
    suggested_id: int | None
    reasons: str
    chosen_id: int
    actor: str
    why: str
    at: datetime

    @property
    def overruled(self) -> bool:
        """Say whether somebody else was chosen than the system suggested."""
        return self.suggested_id is not None and self.suggested_id != self.chosen_id


@dataclass(frozen=True, slots=True)
class Tally:
    """How often people decided where the system had a suggestion, and how often otherwise."""

    decided: int
    overruled: int


@dataclass(frozen=True, slots=True)
class Named:
    """Members who were named for a case: who is not given it again, and to whom a rule sends it."""

    barred: frozenset[int] = frozenset()
    meant: int | None = None


class DispatchViews(Protocol):
    """Reads for the pages and for the review."""

    def candidates(
        self, agency: str, *, grid_id: int | None, skill: str, at: WeekTime, near: bool = False
    ) -> Sequence[Candidate]:
        """The active members who handle cases for the agency, at work or not.

        With `near` only those who care for the grid.
        """
        ...

    def named(self, case_id: int) -> Named:
        """Whom not to give the case, and to whom a rule sends it."""
        ...

    def decisions(self, case_id: int) -> Sequence[Decision]:
        """What was suggested and decided for the case, oldest first."""
        ...

    def tally(self, since: datetime) -> Tally:
        """Of what people decided since then."""
        ...


class Dispatch(DispatchViews, Protocol):
    """Changes. What a member carries is a row that changes with the cases, in the same unit."""

    def claim(self, staff_id: int, weight: int) -> bool:
        """Keep the member's load for this unit; false when another unit has it or changed it."""
        ...

    def hold(self, staff_id: int) -> None:
        """Wait until no other unit has the member's load, and keep it."""
        ...

    def bar(self, case_id: int, staff_id: int) -> None:
        """Never give the case to the member again by machine."""
        ...

    def mean(self, case_id: int, staff_id: int) -> None:
        """A routing rule sends the case to this member."""
        ...

    def decided(self, decision: Decision) -> None:
        """Keep what was suggested and what was done."""
        ...
