"""Who of the staff did or looked at what: written before it is done, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One request of a member of staff.

    `deed` is the route it went to, such as `POST /desk/cases/{case_id}/take`; `subject` is what
    it was about, such as `case:12`, or empty.
    """

    staff_id: int
    deed: str
    subject: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """An entry as a page lists it; `id` is where the next page goes on."""

    id: int
    name: str
    entry: AuditEntry


class AuditViews(Protocol):
    """Reads for whoever supervises."""

    def entries(
        self, *, staff_id: int | None, subject: str | None, before: int | None, limit: int
    ) -> Sequence[AuditRow]:
        """The newest entries, of a member or about a subject alone if given, older than `before`.

        `before` is the id of a row.
        """
        ...


class Audit(AuditViews, Protocol):
    """The log. The database refuses to change or remove its rows."""

    def record(self, entry: AuditEntry) -> None: ...
