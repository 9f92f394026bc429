"""Where a case is in its grid: a drawing made here, without tiles from outside."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import Final

from bot.model.case import Case
from bot.model.evidence import METRES_A_DEGREE
from bot.model.place import Building
from bot.ports.positions import Pair, Whereabouts
from bot.ports.rules import Rules
from bot.ports.storage import Views
from channels.datum import wgs84_from_gcj02
from channels.message import Datum
from nlp.places.grammar import PlaceFinder

_WIDTH: Final = 280.0
_HEIGHT_MOST: Final = 320.0
_EDGE: Final = 14.0
_FOOT: Final = 26.0
"""Room under the drawing, for its scale."""

_FAR_M: Final = 2000.0
"""A point so far outside does not make the grid a speck: it is said in words alone."""

_SCALES_M: Final = (20, 50, 100, 200, 500, 1000, 2000, 5000)

Spot = tuple[float, float]
"""A place in the drawing, from its upper left."""


@dataclass(frozen=True, slots=True)
class House:
    """A building in the drawing; `here` when the case is in it."""

    number: str
    at: Spot
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMap:
    """The drawing, in units of its own; `words` say the same without it.

    `point` is where somebody said it is, with the radius of how exact that was.
    """

    grid: str
    width: float
    height: float
    outline: Sequence[str]
    houses: Sequence[House]
    point: Spot | None
    radius: float
    scale: float
    scale_m: int
    words: str


def map_of(rules: Rules, views: Views, case: Case) -> CaseMap | None:
    """Return the drawing; None where neither a building nor a position is known, or no grid."""
    said = views.positions.of_case(case.id)
    point = None if said is None else _wgs84(said)
    grid_id = case.grid_id
    if grid_id is None and point is not None:
        grid_id = views.grids.locate(*point, None).grid_id
    if grid_id is None:
        return None
    rings, houses = views.grids.outline(grid_id), views.places.buildings(grid_id)
    here = _building(views, case)
    if not rings or (point is None and (here is None or here.at is None)):
        return None
    grid = next(one.name for one in views.places.grids() if one.id == grid_id)
    return _drawn(rules, grid, rings, houses, here, point, said)


def _drawn(
    rules: Rules,
    grid: str,
    rings: Sequence[Sequence[Pair]],
    houses: Sequence[Building],
    here: Building | None,
    point: Pair | None,
    said: Whereabouts | None,
) -> CaseMap:
    corners = [pair for ring in rings for pair in ring]
    near = point is not None and min(_metres(point, corner) for corner in corners) < _FAR_M
    standing = [house.at for house in houses if house.at is not None]
    paper = _Paper([*corners, *standing, *([point] if point and near else [])])
    scale_m = max(
        (one for one in _SCALES_M if one * paper.scale < _WIDTH / 3), default=_SCALES_M[0]
    )
    return CaseMap(
        grid=grid,
        width=_WIDTH,
        height=paper.height,
        outline=[
            " ".join("{:.1f},{:.1f}".format(*paper.spot(pair)) for pair in ring) for ring in rings
        ],
        houses=[
            House(house.number, paper.spot(house.at), here is not None and house.id == here.id)
            for house in houses
            if house.at is not None
        ],
        point=paper.spot(point) if point and near else None,
        radius=(said.accuracy_m or 0.0) * paper.scale if said and near else 0.0,
        scale=scale_m * paper.scale,
        scale_m=scale_m,
        words=_words(rules, grid, houses, here, point, said),
    )


class _Paper:
    """Metres on the ground as units of the drawing, north above."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        pairs = list(pairs)
        self._north = max(latitude for latitude, _ in pairs)
        self._west = min(longitude for _, longitude in pairs)
        south, east = min(pair[0] for pair in pairs), max(pair[1] for pair in pairs)
        self._shrink = cos(radians((self._north + south) / 2))
        tall = max(self._north - south, 1e-6) * METRES_A_DEGREE
        wide = max((east - self._west) * self._shrink, 1e-6) * METRES_A_DEGREE
        room = _WIDTH - 2 * _EDGE
        self.scale = min(room / wide, (_HEIGHT_MOST - _EDGE - _FOOT) / tall)
        self.height = tall * self.scale + _EDGE + _FOOT
        self._left = (_WIDTH - wide * self.scale) / 2

    def spot(self, pair: Pair) -> Spot:
        """Return where the pair is in the drawing."""
        latitude, longitude = pair
        east = (longitude - self._west) * self._shrink * METRES_A_DEGREE
        down = (self._north - latitude) * METRES_A_DEGREE
        return round(self._left + east * self.scale, 1), round(_EDGE + down * self.scale, 1)


def _words(
    rules: Rules,
    grid: str,
    houses: Sequence[Building],
    here: Building | None,
    point: Pair | None,
    said: Whereabouts | None,
) -> str:
    say = rules.texts.say
    parts = []
    if here is not None:
        parts.append(say("desk.map.building", estate=here.estate, number=here.number))
    if point is not None:
        known = [(house, house.at) for house in houses if house.at is not None]
        if known:
            house, at = min(known, key=lambda pair: _metres(point, pair[1]))
            metres = max(10, round(_metres(point, at), -1))
            parts.append(
                say(
                    "desk.map.near",
                    estate=house.estate,
                    number=house.number,
                    metres=f"{metres:.0f}",
                )
            )
        if said is not None and said.accuracy_m:
            parts.append(say("desk.map.about", metres=f"{said.accuracy_m:.0f}"))
    return say("desk.map.words", grid=grid, what="，".join(parts) or say("desk.map.here"))


def _building(views: Views, case: Case) -> Building | None:
    place = PlaceFinder(views.places.estates()).find(case.place)
    if place.building is None:
        return None
    return views.places.building(place.estate, place.building)


def _wgs84(said: Whereabouts) -> Pair:
    return wgs84_from_gcj02(*said.pair) if said.datum == Datum.GCJ02.value else said.pair


def _metres(one: Pair, other: Pair) -> float:
    north = one[0] - other[0]
    east = (one[1] - other[1]) * cos(radians(one[0]))
    return hypot(north, east) * METRES_A_DEGREE
