"""One position reckoned whole, against the bare STRtree look-up of 10,000 grids."""

import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median

import shapely

from bench.figure import Figure
from bot.model.evidence import Evidence, Means, Point, Trail, from_elsewhere, go_on, grade
from bot.ports.positions import Mark
from bot.store.places.atlas import Area, Atlas
from channels.datum import in_wgs84
from channels.message import Datum, Position, PositionSource

SIDE = 100
EDGE = 0.003
WEST, SOUTH = 114.0, 33.5
CHECKPOINTS = 500
POSITIONS = 20_000
ROUNDS = 7
REFERENCE = "bare STRtree look-up, 10,000 grids"
NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
MARGIN = 0.02

Reckoned = tuple[Area | None, Mark | None, Evidence]


async def run() -> list[Figure]:
    """Measure both by turns; the medians are the figures."""
    draw = random.Random(20261125)  # noqa: S311  the same map in every run
    areas = _areas(draw)
    atlas = Atlas(areas, _marks(draw))
    tree = shapely.STRtree([area.shape for area in areas])
    positions = [_position(draw, n) for n in range(POSITIONS)]
    pairs = [in_wgs84(position) for position in positions]
    _check(atlas, areas, tree, positions)
    rates = [
        (_rate(lambda: _ours(atlas, positions)), _rate(lambda: _bare(tree, pairs)))
        for _ in range(ROUNDS)
    ]
    ours, bare = (median(rate) for rate in zip(*rates, strict=True))
    return [Figure("positions", "positions_per_second", ours, bare, REFERENCE, "1/s")]


def _ours(atlas: Atlas, positions: Sequence[Position]) -> list[Reckoned]:
    """Datum, grid, checkpoint, way from the point before, grade: one position after the other."""
    found: list[Reckoned] = []
    before: Point | None = None
    trail = Trail()
    for position in positions:
        latitude, longitude = in_wgs84(position)
        point = Point(latitude, longitude, position.at, position.accuracy_m)
        trail = from_elsewhere(go_on(trail, before, point), before, point)
        evidence = grade(Means.DEVICE, point, NOW, trail)
        mark = atlas.mark(latitude, longitude, position.accuracy_m)
        found.append((atlas.area(latitude, longitude), mark, evidence))
        before = point
    return found


def _bare(tree: shapely.STRtree, pairs: Sequence[tuple[float, float]]) -> None:
    for latitude, longitude in pairs:
        tree.query(shapely.Point(longitude, latitude), predicate="intersects")


def _check(
    atlas: Atlas, areas: Sequence[Area], tree: shapely.STRtree, positions: Sequence[Position]
) -> None:
    """Both must find the same grids."""
    for position, (area, _, _) in zip(positions, _ours(atlas, positions), strict=True):
        latitude, longitude = in_wgs84(position)
        hits = tree.query(shapely.Point(longitude, latitude), predicate="intersects").tolist()
        codes = [areas[hit].code for hit in hits]
        if min(codes, default=None) != (area.code if area else None):
            raise AssertionError(f"the grids differ at {latitude}, {longitude}")


def _rate(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return POSITIONS / (time.perf_counter() - started)


def _areas(draw: random.Random) -> list[Area]:
    """A quilt of grids of ten corners whose common borders are crooked."""
    corner = {
        (row, column): (
            WEST + (column + draw.uniform(-0.15, 0.15)) * EDGE,
            SOUTH + (row + draw.uniform(-0.15, 0.15)) * EDGE,
        )
        for row in range(2 * SIDE + 1)
        for column in range(2 * SIDE + 1)
    }
    around = ((0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0))
    return [
        Area(
            row * SIDE + column,
            f"grid-{row * SIDE + column:05}",
            "网格",
            shapely.Polygon([corner[2 * row + y, 2 * column + x] for y, x in around]),
        )
        for row in range(SIDE)
        for column in range(SIDE)
    ]


def _marks(draw: random.Random) -> list[Mark]:
    return [Mark(n, f"mark-{n}", "驿站", *_anywhere(draw), 80) for n in range(CHECKPOINTS)]


def _position(draw: random.Random, number: int) -> Position:
    """Every other one is in GCJ-02."""
    latitude, longitude = _anywhere(draw)
    datum = Datum.GCJ02 if number % 2 else Datum.WGS84
    return Position(
        latitude=latitude,
        longitude=longitude,
        datum=datum,
        source=PositionSource.DEVICE,
        at=NOW - timedelta(seconds=number % 60),
        accuracy_m=draw.uniform(3, 40),
        share="bench",
    )


def _anywhere(draw: random.Random) -> tuple[float, float]:
    wide = 2 * SIDE * EDGE
    return SOUTH + draw.uniform(-MARGIN, wide + MARGIN), WEST + draw.uniform(-MARGIN, wide + MARGIN)
