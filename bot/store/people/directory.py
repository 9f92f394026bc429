"""Everybody who serves or has served, with their posts."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, Final

import sqlalchemy as sa

from bot.model.staff import NO_PASSWORD, Post, Role, Shift, WeekTime
from bot.ports.directory import Member
from bot.store import tables as t
from bot.store.ground.unit import Unit
from bot.store.people.roster import at_work
from bot.store.people.staff import staff_of

_MEMBERS: Final = (
    sa.select(
        t.staff,
        t.organisation.c.name.label("organisation"),
        t.staff_load.c.cases,
        t.staff_load.c.weight,
        sa.and_(t.staff.c.active, at_work()).label("at_work"),
    )
    .join(t.organisation, t.organisation.c.id == t.staff.c.organisation_id)
    .join(t.staff_load, t.staff_load.c.staff_id == t.staff.c.id)
    .order_by(t.staff.c.active.desc(), t.staff.c.id)
)


class SqlDirectory:
    """See `bot.ports.directory.Directory`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def everybody(self, at: WeekTime) -> Sequence[Member]:
        """Return all members, those who were taken off last."""
        return self._members(_MEMBERS, at)

    def member(self, staff_id: int, at: WeekTime) -> Member | None:
        """Return one member."""
        return next(iter(self._members(_MEMBERS.where(t.staff.c.id == staff_id), at)), None)

    def is_taken(self, login: str) -> bool:
        """Say whether anybody has or had the login."""
        found = sa.select(t.staff.c.id).where(t.staff.c.login == login)
        return self._unit.run(found).first() is not None

    def appoint(self, staff_id: int, post: Post) -> None:
        """Replace all that belongs to the post."""
        values = {
            "name": post.name,
            "role": post.role.value,
            "organisation_id": post.organisation_id,
            "agency": post.agency,
            "capacity": post.capacity,
        }
        self._unit.run(t.staff.update().where(t.staff.c.id == staff_id).values(values))
        self._replace(t.staff_skill, staff_id, [{"skill": one} for one in sorted(post.skills)])
        self._replace(t.shift, staff_id, [asdict(one) for one in _in_order(post.shifts)])
        grids = [{"grid_id": grid, "lead": lead} for grid, lead in sorted(post.grids.items())]
        self._replace(t.staff_grid, staff_id, grids)

    def switch(self, staff_id: int, *, active: bool) -> None:
        """Take off or bring back."""
        values = {"active": active, "on_duty": active}
        self._unit.run(t.staff.update().where(t.staff.c.id == staff_id).values(values))

    def administrators(self) -> frozenset[int]:
        """Return who is administrator, locked."""
        theirs = (t.staff.c.role == Role.ADMINISTRATOR.value) & t.staff.c.active
        rows = self._unit.run(
            sa.select(t.staff.c.id).where(theirs).order_by(t.staff.c.id).with_for_update()
        )
        return frozenset(row.id for row in rows)

    def _replace(self, table: sa.Table, staff_id: int, rows: Iterable[dict[str, Any]]) -> None:
        self._unit.run(table.delete().where(table.c.staff_id == staff_id))
        self._unit.insert_many(table, [{"staff_id": staff_id} | row for row in rows])

    def _members(self, query: sa.Select[Any], at: WeekTime) -> Sequence[Member]:
        rows = self._unit.run(query, weekday=at.weekday, minute=at.minute).all()
        ids = [row.id for row in rows]
        skills, shifts, grids = (self._of(one, ids) for one in _PARTS)
        return [
            Member(
                staff=staff_of(row),
                post=Post(
                    name=row.name,
                    role=Role(row.role),
                    organisation_id=row.organisation_id,
                    agency=row.agency,
                    capacity=row.capacity,
                    skills=frozenset(one.skill for one in skills.get(row.id, ())),
                    shifts=frozenset(_shift(one) for one in shifts.get(row.id, ())),
                    grids={one.grid_id: one.lead for one in grids.get(row.id, ())},
                ),
                organisation=row.organisation,
                active=row.active,
                at_work=row.at_work,
                enters=row.password_hash != NO_PASSWORD,
                cases=row.cases,
                weight=row.weight,
            )
            for row in rows
        ]

    def _of(self, table: sa.Table, ids: Sequence[int]) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = {}
        query = sa.select(table).where(table.c.staff_id.in_(ids)).order_by(table.c.id)
        for row in self._unit.run(query):
            found.setdefault(row.staff_id, []).append(row)
        return found


_PARTS: Final = (t.staff_skill, t.shift, t.staff_grid)


def _shift(row: Any) -> Shift:
    return Shift(row.weekday, row.from_minute, row.until_minute)


def _in_order(shifts: Iterable[Shift]) -> Sequence[Shift]:
    return sorted(shifts, key=lambda one: (one.weekday, one.from_minute))
