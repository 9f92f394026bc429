"""The cells against brute force: polygons of any form, borders, holes, overlaps."""

import math
import random
from collections.abc import Sequence

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from bot.model.evidence import distance_m
from bot.ports.positions import Mark
from bot.store.places.atlas import SLACK_MOST_M, Area, Atlas

WEST, SOUTH = 114.0, 33.5


def area(number: int, shape: BaseGeometry) -> Area:
    return Area(number, f"g-{number:03}", f"第{number}网格", shape)


def by_force(areas: Sequence[Area], latitude: float, longitude: float) -> Area | None:
    spot = shapely.Point(longitude, latitude)
    hits = [one for one in areas if shapely.intersects(one.shape, spot)]
    return min(hits, key=lambda one: one.code, default=None)


def star(draw: random.Random, reach: float) -> shapely.Polygon:
    """A polygon of any form, perhaps with a hole."""
    x, y = WEST + draw.random() * 0.1, SOUTH + draw.random() * 0.1
    ring = [
        (x + reach * far * math.cos(angle), y + reach * far * math.sin(angle))
        for angle, far in ((n * math.tau / 9, draw.uniform(0.3, 1)) for n in range(9))
    ]
    hole = [(x + reach * dx, y + reach * dy) for dx, dy in ((0.1, 0), (0, 0.1), (-0.1, -0.1))]
    return shapely.Polygon(ring, [hole] if draw.random() < 0.5 else [])


def quilt(side: int, edge: float) -> list[Area]:
    """Grids that share their borders."""
    return [
        area(row * side + column, shapely.box(*(
            WEST + column * edge, SOUTH + row * edge,
            WEST + (column + 1) * edge, SOUTH + (row + 1) * edge,
        )))
        for row in range(side)
        for column in range(side)
    ]  # fmt: skip


@given(st.randoms(use_true_random=False), st.sampled_from([0.0008, 0.01, 0.06]))
@settings(max_examples=25, deadline=None)
def test_cells_and_brute_force_agree(draw: random.Random, reach: float) -> None:
    areas = [area(n, star(draw, reach)) for n in range(12)]
    draw.shuffle(areas)
    atlas = Atlas(areas, [])
    spots = [(SOUTH + draw.random() * 0.1, WEST + draw.random() * 0.1) for _ in range(60)]
    for one in areas:
        inside = shapely.point_on_surface(one.shape)
        corners = shapely.get_coordinates(one.shape)
        spots += [(y, x) for x, y in [*corners.tolist(), (inside.x, inside.y)]]
    for spot in spots:
        assert atlas.area(*spot) == by_force(areas, *spot)


def test_on_a_border_the_lowest_code_wins() -> None:
    areas = quilt(4, 0.01)
    atlas = Atlas(areas[::-1], [])
    lines = [WEST + n * 0.01 for n in range(5)], [SOUTH + n * 0.01 for n in range(5)]
    between = [WEST + 0.005 + n * 0.01 for n in range(4)]
    for y in lines[1]:
        for x in (*lines[0], *between):
            assert atlas.area(y, x) == by_force(areas, y, x)
    middle = atlas.area(SOUTH + 0.01, WEST + 0.01)
    assert middle is not None
    assert middle.code == "g-000"


def test_a_hole_belongs_to_whom_fills_it() -> None:
    ring = shapely.box(114, 33, 115, 34) - shapely.box(114.4, 33.4, 114.6, 33.6)
    areas = [area(1, ring), area(2, shapely.box(114.4, 33.4, 114.6, 33.6))]
    for atlas, expected in ((Atlas(areas, []), 2), (Atlas(areas[:1], []), None)):
        found = atlas.area(33.5, 114.5)
        assert (found.grid_id if found else None) == expected
    border = Atlas(areas, []).area(33.4, 114.5)
    assert border is not None
    assert border.code == "g-001"


def test_where_grids_overlap_the_lowest_code_wins() -> None:
    areas = [area(2, shapely.box(114, 33, 115, 34)), area(1, shapely.box(114.5, 33, 115.5, 34))]
    atlas = Atlas(areas, [])
    for x, expected in ((114.2, 2), (114.7, 1), (115.2, 1)):
        found = atlas.area(33.5, x)
        assert found is not None
        assert found.grid_id == expected


def test_an_empty_map() -> None:
    atlas = Atlas([], [])
    assert atlas.area(33, 114) is None
    assert atlas.mark(33, 114, None) is None
    assert atlas.nearest(33, 114) is None


def mark(number: int, latitude: float, longitude: float, radius_m: float = 80) -> Mark:
    return Mark(number, f"m-{number:03}", f"驿站{number}", latitude, longitude, radius_m)


REACH = [
    ("in the middle", 0, None, True),
    ("within the radius", 79, None, True),
    ("just outside", 82, None, False),
    ("outside, but for the accuracy", 110, 35.0, True),
    ("an accuracy stretches only so far", 79 + SLACK_MOST_M + 4, 5000.0, False),
]


@pytest.mark.parametrize(("label", "metres", "accuracy", "there"), REACH)
def test_the_radius_of_a_checkpoint(
    label: str, metres: float, accuracy: float | None, *, there: bool
) -> None:
    atlas = Atlas([], [mark(1, 33.5, 114.0)])
    found = atlas.mark(33.5 + metres / 111_195, 114.0, accuracy)
    assert (found is not None) == there, label


@given(st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_nearest_checkpoint_is_the_nearest(draw: random.Random) -> None:
    marks = [
        mark(n, SOUTH + draw.random() * 0.02, WEST + draw.random() * 0.02, draw.uniform(20, 400))
        for n in range(20)
    ]
    atlas = Atlas(quilt(3, 0.007), marks)
    for _ in range(40):
        spot = SOUTH + draw.random() * 0.02, WEST + draw.random() * 0.02
        far = {one.code: distance_m(one.latitude, one.longitude, *spot) for one in marks}
        reached = [one for one in marks if far[one.code] <= one.radius_m]
        expected = min(reached, key=lambda one: far[one.code], default=None)
        assert atlas.mark(*spot, None) == expected
        near = atlas.nearest(*spot)
        assert near is not None
        assert near.metres == min(far.values())
