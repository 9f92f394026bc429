"""Staff and what they carry."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from bot.model.case import OPEN_STATES
from bot.model.staff import Role, Staff, Workload
from bot.store import tables as t
from bot.store.unit import Unit

_OPEN: Final = [state.value for state in OPEN_STATES]

_BY_ID: Final = sa.select(t.staff).where(t.staff.c.id == sa.bindparam("staff"))
_ON_DUTY: Final = (
    sa.select(t.staff)
    .where(
        t.staff.c.agency == sa.bindparam("for_agency"),
        t.staff.c.role == Role.GRID_WORKER.value,
        t.staff.c.on_duty,
        t.staff.c.active,
    )
    .order_by(t.staff.c.id)
)
_HOLD: Final = _ON_DUTY.with_for_update()
_LOAD: Final = (
    sa.select(t.case_file.c.handler_id, sa.func.count().label("n"))
    .where(
        t.case_file.c.handler_id.in_(sa.bindparam("handlers", expanding=True)),
        t.case_file.c.state.in_(_OPEN),
    )
    .group_by(t.case_file.c.handler_id)
)
_IN_GRID: Final = sa.select(t.staff_grid.c.staff_id).where(
    t.staff_grid.c.grid_id == sa.bindparam("grid")
)


class SqlStaff:
    """See `bot.ports.staff.StaffBook`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def add(
        self,
        *,
        login: str,
        name: str,
        role: Role,
        organisation_id: int,
        agency: str,
        capacity: int,
        password_hash: str,
    ) -> int:
        """Add a member who is on duty from now on."""
        return self._unit.insert(
            t.staff,
            {
                "login": login,
                "name": name,
                "role": role.value,
                "organisation_id": organisation_id,
                "agency": agency,
                "capacity": capacity,
                "password_hash": password_hash,
                "on_duty": True,
                "active": True,
            },
        )

    def serve_grid(self, staff_id: int, grid_id: int, *, lead: bool = False) -> None:
        """Let the member care for a grid."""
        self._unit.insert(t.staff_grid, {"staff_id": staff_id, "grid_id": grid_id, "lead": lead})

    def get(self, staff_id: int) -> Staff:
        """Return the member; KeyError if there is none."""
        row = self._unit.run(_BY_ID, staff=staff_id).first()
        if row is None:
            raise KeyError(staff_id)
        return staff_of(row)

    def all(self) -> Sequence[Staff]:
        """Return all active members."""
        rows = self._unit.run(sa.select(t.staff).where(t.staff.c.active).order_by(t.staff.c.id))
        return [staff_of(row) for row in rows]

    def by_login(self, login: str) -> tuple[Staff, str] | None:
        """Return the active member and the password hash."""
        row = self._unit.run(
            sa.select(t.staff).where(t.staff.c.login == login, t.staff.c.active)
        ).first()
        return None if row is None else (staff_of(row), row.password_hash)

    def set_password(self, staff_id: int, password_hash: str) -> None:
        """Replace the password."""
        self._unit.run(
            t.staff.update().where(t.staff.c.id == staff_id).values(password_hash=password_hash)
        )

    def set_duty(self, staff_id: int, *, on_duty: bool) -> None:
        """Come on duty or go off."""
        self._unit.run(t.staff.update().where(t.staff.c.id == staff_id).values(on_duty=on_duty))

    def workloads(self, agency: str, grid_id: int | None) -> Sequence[Workload]:
        """Return members on duty for the agency with what they carry.

        While somebody is free, units that run beside this one are kept from giving the same
        free hand away twice; where all are full there is nothing to give, and nobody waits.
        """
        loads = self._workloads(agency, grid_id)
        if self._unit.shared and any(load.share < 1 for load in loads):
            self._unit.run(_HOLD, for_agency=agency)
            loads = self._workloads(agency, grid_id)
        return loads

    def _workloads(self, agency: str, grid_id: int | None) -> Sequence[Workload]:
        members = self._unit.run(_ON_DUTY, for_agency=agency).all()
        ids = [row.id for row in members]
        if not ids:
            return []
        load = self._load(ids)
        in_grid = self._in_grid(grid_id)
        return [
            Workload(staff_of(row), open_cases=load.get(row.id, 0), in_grid=row.id in in_grid)
            for row in members
        ]

    def anyone_on_duty(self) -> bool:
        """Say whether a dispatcher is there to talk."""
        row = self._unit.run(
            sa.select(t.staff.c.id)
            .where(
                t.staff.c.on_duty,
                t.staff.c.active,
                t.staff.c.role == Role.DISPATCHER.value,
            )
            .limit(1)
        ).first()
        return row is not None

    def _load(self, ids: Sequence[int]) -> dict[int, int]:
        rows = self._unit.run(_LOAD, handlers=ids)
        return {row.handler_id: row.n for row in rows}

    def _in_grid(self, grid_id: int | None) -> set[int]:
        if grid_id is None:
            return set()
        rows = self._unit.run(_IN_GRID, grid=grid_id)
        return {row.staff_id for row in rows}


def staff_of(row: sa.Row[tuple[Any, ...]]) -> Staff:
    """Return the member of a row of the staff."""
    return Staff(
        id=row.id,
        login=row.login,
        name=row.name,
        role=Role(row.role),
        agency=row.agency,
        organisation_id=row.organisation_id,
        capacity=row.capacity,
        on_duty=row.on_duty,
    )
