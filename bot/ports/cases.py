"""Cases: what the event chain changes, and what pages show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.model.case import Case, CaseEvent, EventKind, Trigger


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """What is known when a case is opened."""

    token: str
    service_code: str
    doubtful: bool
    urgent: bool
    description: str
    place: str
    reasons: str
    agency: str
    grid_id: int | None
    reporter_id: int
    contact_id: int
    answer_due: datetime
    solve_due: datetime


class Cases(Protocol):
    """Changes to cases. The history is append-only."""

    def add(self, new: NewCase) -> Case:
        """Open the case in state FOUND and give it its number."""
        ...

    def get(self, case_id: int) -> Case:
        """Return the case, locked until the unit ends; KeyError if there is none."""
        ...

    def by_number(self, number: str) -> Case | None: ...

    def of_person(self, person_id: int, *, limit: int) -> Sequence[Case]:
        """The newest cases a person raised."""
        ...

    def carried_by(self, staff_id: int) -> Sequence[int]:
        """Ids of the open cases that the member has, the oldest first."""
        ...

    def solvers(self, case_id: int) -> frozenset[int]:
        """Who said of the case that it was done, in any round."""
        ...

    def save(self, case: Case) -> Case:
        """Store the changed case and raise its version.

        Raises RefusedError("changed_meanwhile") when another unit was faster.
        """
        ...

    def urged(self, case: Case) -> Case:
        """Count that she urges. It is no change that staff could overlook: the version stays."""
        ...

    def record(self, case_id: int, event: CaseEvent) -> int:
        """Add a line to the history; return its id."""
        ...

    def last_trigger(self, case_id: int) -> Trigger | None:
        """Return what brought the case into its state."""
        ...

    def last_words(self, case_id: int, kind: EventKind) -> str:
        """Return the words of the newest line of that kind in the history; empty without one."""
        ...

    def next_waiting(self, agency: str, after: Case | None) -> Case | None:
        """The next case behind `after` that waits for somebody of the agency, locked.

        Urgent and oldest first; cases that another unit has are passed over.
        """
        ...

    def agencies_waiting(self) -> Sequence[str]:
        """The agencies for which cases wait."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A line of a list of cases."""

    case: Case
    handler_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """Everything a page tells about one case."""

    case: Case
    handler_name: str
    events: Sequence[CaseEvent]
    names: dict[str, str]


class CaseViews(Protocol):
    """Reads for the pages."""

    def by_token(self, token: str) -> CasePage | None: ...

    def page(self, case_id: int) -> CasePage | None: ...

    def of_ids(self, ids: Sequence[int]) -> Sequence[CaseRow]:
        """These cases, in any order."""
        ...

    def rows_of_person(self, person_id: int, limit: int) -> Sequence[CaseRow]:
        """The newest cases a person raised, with their handlers."""
        ...

    def counts(self) -> dict[str, int]:
        """How many cases are in each state in which somebody has to act."""
        ...
