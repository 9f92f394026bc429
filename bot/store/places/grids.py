"""The map as it is stored: polygons of grids, checkpoints, and the codes on their plates."""

import json
from collections.abc import Sequence
from typing import Final
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from shapely.geometry import shape

from bot.model.number import ALPHABET
from bot.model.place import OrganisationKind
from bot.ports.positions import Mark, Near, Pair, Plate, Spot
from bot.store import tables as t
from bot.store.ground.unit import Unit
from bot.store.places.atlas import Area, Atlas

_REVISION: Final = sa.select(
    sa.select(sa.func.max(t.grid_area.c.revision)).scalar_subquery().label("areas"),
    sa.select(sa.func.max(t.checkpoint.c.id)).scalar_subquery().label("checkpoints"),
)
_AREAS: Final = sa.select(
    t.grid_area.c.grid_id, t.organisation.c.code, t.organisation.c.name, t.grid_area.c.geojson
).join(t.organisation, t.organisation.c.id == t.grid_area.c.grid_id)

_PRINTED, _TURNING = 5, 4
_TURN_SECONDS: Final = 60

_Revision = tuple[int | None, int | None]
_loaded: WeakKeyDictionary[sa.Engine, tuple[_Revision, Atlas]] = WeakKeyDictionary()
"""The atlas of each database, made anew when somebody imported another map."""


class SqlGrids:
    """See `bot.ports.positions.Grids`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def locate(self, latitude: float, longitude: float, accuracy_m: float | None) -> Spot:
        """Return the grid and the checkpoint at the pair."""
        atlas = self._atlas()
        area = atlas.area(latitude, longitude)
        mark = atlas.mark(latitude, longitude, accuracy_m)
        return Spot(area.grid_id, area.name, mark) if area else Spot(mark=mark)

    def outline(self, grid_id: int) -> Sequence[Sequence[Pair]]:
        """Return the rings of the grid's polygon."""
        area = self._atlas().area_of(grid_id)
        if area is None:
            return []
        parts = getattr(area.shape, "geoms", [area.shape])
        rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
        return [[(latitude, longitude) for longitude, latitude in ring.coords] for ring in rings]

    def nearest(self, latitude: float, longitude: float) -> Near | None:
        """Return the nearest checkpoint, however far."""
        return self._atlas().nearest(latitude, longitude)

    def marks(self) -> Sequence[Mark]:
        """Return all checkpoints."""
        return self._atlas().marks

    def is_free(self, code: str) -> bool:
        """Say whether the code is a grid's, or nobody's."""
        kind: str | None = self._unit.run(
            sa.select(t.organisation.c.kind).where(t.organisation.c.code == code)
        ).scalar()
        return kind in {None, OrganisationKind.GRID.value}

    def set_area(self, code: str, name: str, geojson: str) -> bool:
        """Keep the polygon of a grid, which is made when there is none of that code."""
        found: int | None = self._unit.run(
            sa.select(t.organisation.c.id).where(t.organisation.c.code == code)
        ).scalar()
        grid_id = self._add_grid(code, name) if found is None else found
        values = {"grid_id": grid_id, "geojson": geojson, "revision": self._next_revision()}
        self._unit.put(t.grid_area, ("grid_id",), values)
        return found is None

    def read_plate(self, code: str) -> Plate | None:
        """Return the checkpoint whose code this is; a display's holds for a minute or two."""
        letters = "".join(letter for letter in code.upper() if letter in ALPHABET)
        printed, turning = letters[:_PRINTED], letters[_PRINTED:]
        mark = next((m for m in self.marks() if self._letters("plate", m, "") == printed), None)
        if mark is None or not turning:
            return None if mark is None else Plate(mark, changing=False)
        now = self._turn()
        fresh = turning in {self._turned(mark, now), self._turned(mark, now - 1)}
        return Plate(mark, changing=True) if fresh else None

    def code_of(self, mark: Mark, *, changing: bool) -> str:
        """Return the code on the plate, or the one on the display at this minute."""
        printed = self._letters("plate", mark, "")
        return f"{printed}-{self._turned(mark, self._turn())}" if changing else printed

    def display_key(self, mark: Mark) -> str:
        """Return what opens the page of the checkpoint's display."""
        return self._unit.personal.fingerprint("display", mark.code)[:32]

    def _turn(self) -> int:
        return int(self._unit.now.timestamp()) // _TURN_SECONDS

    def _turned(self, mark: Mark, turn: int) -> str:
        return self._letters("turn", mark, str(turn))[:_TURNING]

    def _letters(self, purpose: str, mark: Mark, salt: str) -> str:
        value = int(self._unit.personal.fingerprint(purpose, f"{mark.code}\0{salt}"), 16)
        letters = []
        for _ in range(_PRINTED):
            value, digit = divmod(value, len(ALPHABET))
            letters.append(ALPHABET[digit])
        return "".join(letters)

    def _atlas(self) -> Atlas:
        row = self._unit.run(_REVISION).one()
        revision = (row.areas, row.checkpoints)
        engine = self._unit.connection.engine
        known = _loaded.get(engine)
        if known is None or known[0] != revision:
            known = (revision, self._load())
            _loaded[engine] = known
        return known[1]

    def _load(self) -> Atlas:
        areas = [
            Area(row.grid_id, row.code, row.name, shape(json.loads(row.geojson)))
            for row in self._unit.run(_AREAS)
        ]
        marks = [
            Mark(
                id=row.id,
                code=row.code,
                name=row.name,
                latitude=row.latitude,
                longitude=row.longitude,
                radius_m=row.radius_metres,
                offers=tuple(row.offers.split("\n")) if row.offers else (),
            )
            for row in self._unit.run(sa.select(t.checkpoint))
        ]
        return Atlas(areas, marks)

    def _add_grid(self, code: str, name: str) -> int:
        """Make the grid under the community; the community is the oldest of its kind."""
        parent: int | None = self._unit.run(
            sa.select(sa.func.min(t.organisation.c.id)).where(
                t.organisation.c.kind == OrganisationKind.COMMUNITY.value
            )
        ).scalar()
        return self._unit.insert(
            t.organisation,
            {
                "code": code,
                "name": name,
                "kind": OrganisationKind.GRID.value,
                "parent_id": parent,
            },
        )

    def _next_revision(self) -> int:
        newest: int | None = self._unit.run(sa.select(sa.func.max(t.grid_area.c.revision))).scalar()
        return (newest or 0) + 1
