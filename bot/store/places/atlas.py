"""Which grid a pair lies in, and which checkpoint is near: looked up in small cells.

A cell that one grid covers wholly needs no geometry at all; for the others only the few grids
that touch the cell are asked. On a border, and where grids overlap, the lowest code wins.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, cos, floor, radians, sqrt
from operator import attrgetter
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from bot.model.evidence import METRES_A_DEGREE, distance_m
from bot.ports.positions import Mark, Near

_CELLS_EACH: Final = 24
"""How many cells a grid of middling size is cut into: a hundred metres or two in a city."""

_EDGE_LEAST, _EDGE_MOST = 0.0005, 0.05
_MARGIN: Final = 1e-9
"""Degrees by which a cell is taken larger, so that no rounding at its edge loses a grid."""

SLACK_MOST_M: Final = 50.0
"""How far a poor accuracy may stretch a checkpoint's radius."""


@dataclass(frozen=True, slots=True)
class Area:
    """A grid's polygon in WGS-84, longitude first as GeoJSON has it."""

    grid_id: int
    code: str
    name: str
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class _Part:
    """What a cell may be: the area, and whether it covers the cell wholly."""

    area: Area
    whole: bool


class Atlas:
    """All grids and checkpoints of a community, as they are at one time."""

    def __init__(self, areas: Sequence[Area], marks: Sequence[Mark]) -> None:
        self._marks: Final = tuple(marks)
        self._edge: Final = _edge_for(areas)
        self._cells: Final = _cells(areas, self._edge)
        self._near: Final = _marks_by_cell(marks, self._edge)
        self._by_grid: Final = {area.grid_id: area for area in areas}

    def area_of(self, grid_id: int) -> Area | None:
        """Return the area of the grid."""
        return self._by_grid.get(grid_id)

    def area(self, latitude: float, longitude: float) -> Area | None:
        """Return the grid's area at this pair."""
        edge = self._edge
        for part in self._cells.get((floor(latitude / edge), floor(longitude / edge)), ()):
            # The bare function: what shapely wraps around it for arrays takes longer than it does.
            if part.whole or shapely.lib.intersects_xy(part.area.shape, longitude, latitude):
                return part.area
        return None

    def mark(self, latitude: float, longitude: float, accuracy_m: float | None) -> Mark | None:
        """Return the nearest checkpoint within whose radius this is, as far as is known."""
        edge = self._edge
        marks = self._near.get((floor(latitude / edge), floor(longitude / edge)))
        if marks is None:
            return None
        slack = min(accuracy_m or 0.0, SLACK_MOST_M)
        best, best_m = None, float("inf")
        for mark in marks:
            far = distance_m(mark.latitude, mark.longitude, latitude, longitude)
            if far <= mark.radius_m + slack and far < best_m:
                best, best_m = mark, far
        return best

    def nearest(self, latitude: float, longitude: float) -> Near | None:
        """Return the nearest checkpoint, however far it is."""
        near = (
            Near(mark, distance_m(mark.latitude, mark.longitude, latitude, longitude))
            for mark in self._marks
        )
        return min(near, key=attrgetter("metres"), default=None)

    @property
    def marks(self) -> Sequence[Mark]:
        """All checkpoints."""
        return self._marks


_Key = tuple[int, int]


def _edge_for(areas: Sequence[Area]) -> float:
    """Return a cell's edge in degrees, so that there are not too many cells in all."""
    if not areas:
        return _EDGE_MOST
    total = float(shapely.area([area.shape for area in areas]).sum())
    return min(_EDGE_MOST, max(_EDGE_LEAST, sqrt(total / (len(areas) * _CELLS_EACH))))


def _cells(areas: Iterable[Area], edge: float) -> Mapping[_Key, tuple[_Part, ...]]:
    found: defaultdict[_Key, list[_Part]] = defaultdict(list)
    for area in sorted(areas, key=attrgetter("code")):
        shapely.prepare(area.shape)
        as_part, as_whole = _Part(area, whole=False), _Part(area, whole=True)
        for key, whole in _touched(area.shape, edge):
            parts = found[key]
            if not (parts and parts[-1].whole):  # whoever comes after a whole one is never asked
                parts.append(as_whole if whole else as_part)
    return {key: tuple(parts) for key, parts in found.items()}


def _touched(shape: BaseGeometry, edge: float) -> Iterable[tuple[_Key, bool]]:
    """Yield the cells that the shape touches, and whether it covers each wholly."""
    west, south, east, north = shape.bounds
    rows = np.arange(floor(south / edge), floor(north / edge) + 1)
    columns = np.arange(floor(west / edge), floor(east / edge) + 1)
    row, column = (axis.ravel() for axis in np.meshgrid(rows, columns, indexing="ij"))
    boxes = shapely.box(
        column * edge - _MARGIN,
        row * edge - _MARGIN,
        (column + 1) * edge + _MARGIN,
        (row + 1) * edge + _MARGIN,
    )
    touched = shapely.intersects(shape, boxes)
    whole = shapely.covers(shape, boxes)
    keys = zip(row[touched].tolist(), column[touched].tolist(), strict=True)
    return zip(keys, whole[touched].tolist(), strict=True)


def _marks_by_cell(marks: Iterable[Mark], edge: float) -> Mapping[_Key, tuple[Mark, ...]]:
    """Note each checkpoint in every cell from which it may be reached."""
    found: defaultdict[_Key, list[Mark]] = defaultdict(list)
    for mark in sorted(marks, key=attrgetter("code")):
        reach = (mark.radius_m + SLACK_MOST_M) / METRES_A_DEGREE
        wide = reach / max(0.01, cos(radians(mark.latitude)))
        for row in _span(mark.latitude, reach, edge):
            for column in _span(mark.longitude, wide, edge):
                found[row, column].append(mark)
    return {key: tuple(near) for key, near in found.items()}


def _span(middle: float, reach: float, edge: float) -> range:
    return range(floor((middle - reach) / edge), ceil((middle + reach) / edge) + 1)
