"""Skills, shifts, leads."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from bot.model.place import OrganisationKind
from bot.model.staff import Role, Shift, Staff, WeekTime
from bot.store import tables as t
from bot.store.ground.unit import Unit
from bot.store.people.staff import staff_of

_ACTIVE: Final = sa.select(t.staff).where(t.staff.c.active).order_by(t.staff.c.id)


def at_work() -> sa.ColumnElement[bool]:
    """Say of a row of the staff whether the member works at `weekday`, `minute`."""
    own = sa.select(sa.literal(1)).where(t.shift.c.staff_id == t.staff.c.id)
    now = own.where(
        t.shift.c.weekday == sa.bindparam("weekday"),
        t.shift.c.from_minute <= sa.bindparam("minute"),
        t.shift.c.until_minute > sa.bindparam("minute"),
    )
    return sa.and_(t.staff.c.on_duty, sa.or_(now.exists(), sa.not_(own.exists())))


_LEADS: Final = _ACTIVE.join(t.staff_grid, t.staff_grid.c.staff_id == t.staff.c.id).where(
    t.staff_grid.c.grid_id == sa.bindparam("grid"), t.staff_grid.c.lead
)
_STREET: Final = _ACTIVE.join(
    t.organisation, t.organisation.c.id == t.staff.c.organisation_id
).where(t.organisation.c.kind == OrganisationKind.STREET.value)
_DISPATCHERS: Final = _ACTIVE.where(t.staff.c.role == Role.DISPATCHER.value, at_work())


class SqlRoster:
    """See `bot.ports.roster.Roster`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def learn(self, staff_id: int, skill: str) -> None:
        """Add a skill."""
        self._unit.insert(t.staff_skill, {"staff_id": staff_id, "skill": skill})

    def skills(self, staff_id: int) -> Sequence[str]:
        """Return the codes of what the member can do."""
        rows = self._unit.run(
            sa.select(t.staff_skill.c.skill)
            .where(t.staff_skill.c.staff_id == staff_id)
            .order_by(t.staff_skill.c.id)
        )
        return [row.skill for row in rows]

    def work(self, staff_id: int, shift: Shift) -> None:
        """Add a shift."""
        self._unit.insert(
            t.shift,
            {
                "staff_id": staff_id,
                "weekday": shift.weekday,
                "from_minute": shift.from_minute,
                "until_minute": shift.until_minute,
            },
        )

    def shifts(self, staff_id: int) -> Sequence[Shift]:
        """Return the member's shifts in the order of the week."""
        rows = self._unit.run(
            sa.select(t.shift)
            .where(t.shift.c.staff_id == staff_id)
            .order_by(t.shift.c.weekday, t.shift.c.from_minute)
        )
        return [Shift(row.weekday, row.from_minute, row.until_minute) for row in rows]

    def leads(self, grid_id: int) -> Sequence[Staff]:
        """Return who leads the grid."""
        return self._members(_LEADS, grid=grid_id)

    def street(self) -> Sequence[Staff]:
        """Return the members of the street office."""
        return self._members(_STREET)

    def dispatchers(self, at: WeekTime) -> Sequence[Staff]:
        """Return the dispatchers at work."""
        return self._members(_DISPATCHERS, weekday=at.weekday, minute=at.minute)

    def _members(self, query: sa.Select[Any], **values: Any) -> Sequence[Staff]:
        return [staff_of(row) for row in self._unit.run(query, **values)]
