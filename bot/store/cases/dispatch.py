"""Candidates, their loads, decisions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from bot.model.dispatch import Candidate, Fit
from bot.model.staff import Role, WeekTime
from bot.ports.dispatch import Decision, Named, Tally
from bot.store import tables as t
from bot.store.ground.unit import Unit, columns_of
from bot.store.people.roster import at_work
from bot.store.prepared import Prepared

_SKILLS: Final = sa.select(sa.literal(1)).where(t.staff_skill.c.staff_id == t.staff.c.id)
_IN_GRID: Final = sa.exists().where(
    t.staff_grid.c.staff_id == t.staff.c.id,
    t.staff_grid.c.grid_id == sa.bindparam("grid", type_=sa.BigInteger),
)
_ALL: Final = (
    sa.select(
        t.staff.c.id,
        t.staff.c.name,
        t.staff.c.capacity,
        t.staff_load.c.cases,
        t.staff_load.c.weight,
        sa.func.coalesce(sa.type_coerce(t.staff_load.c.given_at, sa.BigInteger), 0),
        _IN_GRID.label("in_grid"),
        sa.case(
            (_SKILLS.where(t.staff_skill.c.skill == sa.bindparam("of_group")).exists(), "skilled"),
            (_SKILLS.exists(), "not"),
            else_="all",
        ).label("fit"),
        at_work().label("at_work"),
    )
    .join(t.staff_load, t.staff_load.c.staff_id == t.staff.c.id)
    .where(
        t.staff.c.agency == sa.bindparam("for_agency"),
        t.staff.c.role == Role.GRID_WORKER.value,
        t.staff.c.active,
    )
)
_CANDIDATES: Final = Prepared(_ALL)
_NEAR: Final = Prepared(_ALL.where(_IN_GRID))
_FITS: Final = {fit.value: fit for fit in Fit}
_OF_STAFF: Final = sa.select(t.staff_load.c.staff_id).where(
    t.staff_load.c.staff_id == sa.bindparam("of_staff")
)
_HOLD: Final = Prepared(_OF_STAFF.with_for_update())
_CLAIM: Final = Prepared(
    _OF_STAFF.where(t.staff_load.c.weight == sa.bindparam("seen_weight")).with_for_update(
        skip_locked=True
    )
)
_NAMED: Final = Prepared(
    sa.union_all(
        *(
            sa.select(
                table.c.staff_id, sa.literal_column(barred, sa.Boolean).label("barred")
            ).where(table.c.case_id == sa.bindparam("of_case"))
            for table, barred in ((t.case_barred, "true"), (t.case_meant, "false"))
        )
    )
)


class SqlDispatch:
    """See `bot.ports.dispatch.Dispatch`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def candidates(
        self, agency: str, *, grid_id: int | None, skill: str, at: WeekTime, near: bool = False
    ) -> Sequence[Candidate]:
        """Return the active members of the agency who handle cases, or those of the grid."""
        rows = self._unit.run(
            _NEAR if near else _CANDIDATES,
            for_agency=agency,
            grid=grid_id,
            of_group=skill,
            weekday=at.weekday,
            minute=at.minute,
        )
        return [Candidate._make((*row[:7], _FITS[row.fit], row.at_work)) for row in rows]

    def claim(self, staff_id: int, weight: int) -> bool:
        """Lock the load; with one writer nobody else can have it."""
        if not self._unit.shared:
            return True
        return self._unit.run(_CLAIM, of_staff=staff_id, seen_weight=weight).first() is not None

    def hold(self, staff_id: int) -> None:
        """Wait for the lock."""
        self._unit.run(_HOLD, of_staff=staff_id)

    def bar(self, case_id: int, staff_id: int) -> None:
        """Remember whom not to give the case to."""
        self._unit.insert_if_absent(
            t.case_barred, ("case_id", "staff_id"), {"case_id": case_id, "staff_id": staff_id}
        )

    def named(self, case_id: int) -> Named:
        """Return whom not to give the case to, and whom a rule means."""
        rows = self._unit.run(_NAMED, of_case=case_id).all()
        return Named(
            barred=frozenset(row.staff_id for row in rows if row.barred),
            meant=next((row.staff_id for row in rows if not row.barred), None),
        )

    def mean(self, case_id: int, staff_id: int) -> None:
        """Remember to whom a rule sends the case."""
        self._unit.put(t.case_meant, ("case_id",), {"case_id": case_id, "staff_id": staff_id})

    def decided(self, decision: Decision) -> None:
        """Keep the decision."""
        self._unit.insert(t.decision, columns_of(decision))

    def decisions(self, case_id: int) -> Sequence[Decision]:
        """Return the decisions of the case, oldest first."""
        rows = self._unit.run(
            sa.select(t.decision).where(t.decision.c.case_id == case_id).order_by(t.decision.c.id)
        ).mappings()
        return [_decision(row) for row in rows]

    def tally(self, since: datetime) -> Tally:
        """Count what people decided."""
        row = self._unit.run(
            sa.select(
                sa.func.count().label("decided"),
                sa.func.count(
                    sa.case((t.decision.c.suggested_id != t.decision.c.chosen_id, 1))
                ).label("overruled"),
            ).where(
                t.decision.c.at >= since,
                t.decision.c.actor != "system",
                t.decision.c.suggested_id.is_not(None),
            )
        ).one()
        return Tally(row.decided, row.overruled)


def _decision(row: Any) -> Decision:
    return Decision(**{name: value for name, value in row.items() if name != "id"})
