"""Who is to be visited, and by whom."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

import sqlalchemy as sa

from bot.ports.visits import Visit
from bot.store import tables as t
from bot.store.ground.unit import Unit

_REASON: Final = "to_visit.reason"
_CLOCK: Final = t.case_clock.c
_RUNNING: Final = (
    sa.select(_CLOCK.case_id, _CLOCK.round, _CLOCK.due_at, _CLOCK.id)
    .where(t.clock_of_visit)
    .order_by(_CLOCK.due_at, _CLOCK.id)
    .limit(sa.bindparam("most"))
    .subquery("running")
)
_WAITING: Final = (
    sa.select(t.visit)
    .join(
        _RUNNING,
        sa.and_(_RUNNING.c.case_id == t.visit.c.case_id, _RUNNING.c.round == t.visit.c.round),
    )
    .order_by(_RUNNING.c.due_at, _RUNNING.c.id)
)
"""A visit is waited for as long as its clock runs."""

_LOOK_AT_MOST: Final = 1000
"""So many visits that wait are looked at for those of one member."""


class SqlVisits:
    """See `bot.ports.visits.Visits`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def reason(self, person_id: int) -> str | None:
        """Return the reason, which is empty when its time is up; None without a mark."""
        marked = sa.select(t.to_visit.c.reason).where(t.to_visit.c.person_id == person_id)
        sealed = self._unit.run(marked).scalar()
        return None if sealed is None else self._unit.personal.open(_REASON, sealed)

    def mark(self, person_id: int, reason: str) -> None:
        """Mark the person."""
        sealed = self._unit.personal.seal(_REASON, reason)
        values = {"person_id": person_id, "reason": sealed, "at": self._unit.now}
        self._unit.put(t.to_visit, ("person_id",), values)

    def unmark(self, person_id: int) -> None:
        """Take the mark back."""
        self._unit.run(t.to_visit.delete().where(t.to_visit.c.person_id == person_id))

    def absorb(self, *, old: int, into: int) -> None:
        """Move the mark, unless the other has one."""
        reason = self.reason(old)
        if reason is not None and self.reason(into) is None:
            self.mark(into, reason)
        self.unmark(old)

    def of_case(self, case_id: int, round_: int) -> Visit | None:
        """Return the visit of the round."""
        theirs = (t.visit.c.case_id == case_id) & (t.visit.c.round == round_)
        return next(iter(self._visits(sa.select(t.visit).where(theirs))), None)

    def waiting(self, limit: int) -> Sequence[Visit]:
        """Return those whose case still waits for its follow-up."""
        return self._visits(_WAITING, most=limit)

    def of_member(self, staff_id: int) -> Sequence[Visit]:
        """Return those that the member is to make."""
        mine = _WAITING.where(t.visit.c.staff_id == staff_id)
        return self._visits(mine, most=_LOOK_AT_MOST)

    def give(self, visit: Visit) -> None:
        """Replace who makes it."""
        theirs = (t.visit.c.case_id == visit.case_id) & (t.visit.c.round == visit.round)
        self._unit.run(t.visit.update().where(theirs).values(staff_id=visit.staff_id))

    def plan(self, visit: Visit) -> None:
        """Plan it once."""
        self._unit.insert_if_absent(t.visit, ("case_id", "round"), asdict(visit))

    def _visits(self, query: sa.Executable, **values: int) -> Sequence[Visit]:
        return [
            Visit(
                case_id=row.case_id,
                round=row.round,
                staff_id=row.staff_id,
                due_at=row.due_at,
            )
            for row in self._unit.run(query, **values)
        ]
