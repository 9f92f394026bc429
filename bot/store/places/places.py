"""The map of the community."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import sqlalchemy as sa

from bot.model.place import HELPERS, Building, Checkpoint, Organisation, OrganisationKind
from bot.model.staff import Staff
from bot.store import tables as t
from bot.store.ground.unit import Unit
from bot.store.prepared import Prepared

_BUILDING: Final = Prepared(
    sa.select(t.building)
    .where(
        t.building.c.number == sa.bindparam("of_number"),
        t.building.c.estate
        == sa.func.coalesce(sa.bindparam("of_estate", type_=sa.Text), t.building.c.estate),
    )
    .limit(2)
)


class SqlPlaces:
    """See `bot.ports.places.Places`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def estates(self) -> Sequence[str]:
        """Return the names of all estates."""
        rows = self._unit.run(sa.select(t.building.c.estate).distinct())
        return sorted(row.estate for row in rows)

    def building(self, estate: str | None, number: str) -> Building | None:
        """Return the building if there is exactly one that it can be."""
        rows = self._unit.run(_BUILDING, of_estate=estate, of_number=number).all()
        if len(rows) != 1:
            return None
        return _building(rows[0])

    def buildings(self, grid_id: int) -> Sequence[Building]:
        """Return the buildings of the grid."""
        of_grid = sa.select(t.building).where(t.building.c.grid_id == grid_id)
        return [_building(row) for row in self._unit.run(of_grid.order_by(t.building.c.id))]

    def add_organisation(
        self,
        code: str,
        name: str,
        kind: OrganisationKind,
        parent_id: int | None,
        *,
        phone: str = "",
    ) -> int:
        """Add a node to the tree."""
        values = {"code": code, "name": name, "kind": kind.value, "parent_id": parent_id}
        return self._unit.insert(t.organisation, values | {"phone": phone})

    def grids(self) -> Sequence[Organisation]:
        """Return all grids."""
        return self._of_kinds([OrganisationKind.GRID])

    def organisations(self) -> Sequence[Organisation]:
        """Return whom somebody can work for."""
        return self._of_kinds(set(OrganisationKind) - {OrganisationKind.GRID})

    def helpers(self) -> Sequence[Organisation]:
        """Return those who may be asked to help with a case."""
        return self._of_kinds(HELPERS)

    def _of_kinds(self, wanted: Iterable[OrganisationKind]) -> Sequence[Organisation]:
        kinds = [kind.value for kind in wanted]
        rows = self._unit.run(
            sa.select(t.organisation)
            .where(t.organisation.c.kind.in_(kinds))
            .order_by(t.organisation.c.kind, t.organisation.c.id)
        )
        return [_organisation(row) for row in rows]

    def organisation_of(self, staff: Staff) -> Organisation:
        """Return the organisation that the member works for."""
        mine = t.organisation.c.id == staff.organisation_id
        return _organisation(self._unit.run(sa.select(t.organisation).where(mine)).one())

    def set_phone(self, organisation_id: int, phone: str) -> None:
        """Write down where staff reach the organisation."""
        self._unit.run(
            t.organisation.update()
            .where(t.organisation.c.id == organisation_id)
            .values(phone=phone)
        )

    def organisation(self, code: str) -> int | None:
        """Return the id behind a code."""
        identifier: int | None = self._unit.run(
            sa.select(t.organisation.c.id).where(t.organisation.c.code == code)
        ).scalar()
        return identifier

    def organisation_name(self, code: str) -> str:
        """Return the name behind a code, or the code."""
        name: str | None = self._unit.run(
            sa.select(t.organisation.c.name).where(t.organisation.c.code == code)
        ).scalar()
        return name or code

    def add_building(
        self, estate: str, number: str, grid_id: int, at: tuple[float, float] | None = None
    ) -> int:
        """Add a building."""
        latitude, longitude = at or (None, None)
        values = {"estate": estate, "number": number, "grid_id": grid_id}
        return self._unit.insert(
            t.building, values | {"latitude": latitude, "longitude": longitude}
        )

    def put_building(self, estate: str, number: str, grid_id: int, at: tuple[float, float]) -> bool:
        """Change the building, or add it."""
        changed = self._unit.run(
            t.building.update()
            .where(t.building.c.estate == estate, t.building.c.number == number)
            .values(grid_id=grid_id, latitude=at[0], longitude=at[1])
        )
        if changed.rowcount:
            return False
        self.add_building(estate, number, grid_id, at)
        return True

    def add_checkpoint(self, checkpoint: Checkpoint, grid_id: int) -> None:
        """Add a checkpoint."""
        self._unit.run(
            t.checkpoint.insert().values(
                code=checkpoint.code,
                name=checkpoint.name,
                latitude=checkpoint.latitude,
                longitude=checkpoint.longitude,
                radius_metres=checkpoint.radius_metres,
                offers="\n".join(checkpoint.offers),
                grid_id=grid_id,
            )
        )


def _building(row: sa.Row[tuple[Any, ...]]) -> Building:
    known = row.latitude is not None and row.longitude is not None
    return Building(
        id=row.id,
        estate=row.estate,
        number=row.number,
        grid_id=row.grid_id,
        at=(row.latitude, row.longitude) if known else None,
    )


def _organisation(row: sa.Row[tuple[Any, ...]]) -> Organisation:
    return Organisation(
        id=row.id,
        code=row.code,
        name=row.name,
        kind=OrganisationKind(row.kind),
        phone=row.phone,
    )
