"""Staff and what they carry."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from bot.model.staff import Role, Staff
from bot.store import tables as t
from bot.store.ground.unit import Unit
from bot.store.prepared import Prepared

_BY_ID: Final = Prepared(sa.select(t.staff).where(t.staff.c.id == sa.bindparam("staff")))


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
        staff_id = self._unit.insert(
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
        self._unit.run(t.staff_load.insert().values(staff_id=staff_id))
        return staff_id

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
