"""GCJ-02 to WGS-84: maps in mainland China are off by a hundred to seven hundred metres.

The offset is the published formula. The inverse repeats it: the offset changes by less
than a hundredth of the way, so that each round adds two digits. It ends when a round moves less
than a millimetre, and what is left is below 1e-10 degrees.
"""

from math import cos, fabs, pi, sin, sqrt
from typing import Final

from channels.message import Datum, Position

_AXIS: Final = 6378245.0  # Krasovsky 1940, in metres
_FLATNESS: Final = 0.00669342162296594323  # its eccentricity, squared
_SOUTH, _NORTH = 0.8293, 55.8271
_WEST, _EAST = 72.004, 137.8347
_DEGREE: Final = 180.0 / pi
_ROUNDS_MOST: Final = 12
_SMALL: Final = 1e-8

Pair = tuple[float, float]
"""Latitude and longitude in degrees."""


def in_wgs84(position: Position) -> Pair:
    """Return the position's pair for reckoning; the position keeps what was sent."""
    if position.datum is Datum.GCJ02:
        return wgs84_from_gcj02(position.latitude, position.longitude)
    return position.latitude, position.longitude


def wgs84_from_gcj02(latitude: float, longitude: float) -> Pair:
    """Return the pair that Chinese maps show as this one; outside China it is the same."""
    if not _in_china(latitude, longitude):
        return latitude, longitude
    north, east = _offset(latitude, longitude)
    for _ in range(_ROUNDS_MOST):
        last = north, east
        north, east = _offset(latitude - north, longitude - east)
        if fabs(north - last[0]) < _SMALL and fabs(east - last[1]) < _SMALL:
            break
    return latitude - north, longitude - east


def _in_china(latitude: float, longitude: float) -> bool:
    """Say whether the offset applies: a rectangle, as maps do it."""
    return _SOUTH <= latitude <= _NORTH and _WEST <= longitude <= _EAST


def _offset(latitude: float, longitude: float) -> Pair:
    """Return by how many degrees maps move a WGS-84 pair north and east."""
    x, y = longitude - 105.0, latitude - 35.0
    product, root, turn = x * y, sqrt(fabs(x)), pi * x
    waves = 20.0 * (sin(6.0 * turn) + sin(2.0 * turn))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * product + 0.2 * root
    turn_y = pi * y
    third = turn_y / 3.0
    sines = waves + 20.0 * sin(turn_y) + 40.0 * sin(third)
    north += (sines + 160.0 * sin(third / 4.0) + 320.0 * sin(third / 10.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * product + 0.1 * root
    third = turn / 3.0
    sines = waves + 20.0 * sin(turn) + 40.0 * sin(third)
    east += (sines + 150.0 * sin(third / 4.0) + 300.0 * sin(third / 10.0)) * 2.0 / 3.0
    angle = latitude / _DEGREE
    bend = 1.0 - _FLATNESS * sin(angle) ** 2
    metres_north = _AXIS * (1.0 - _FLATNESS) / (bend * sqrt(bend))
    metres_east = _AXIS / sqrt(bend) * cos(angle)
    return north * _DEGREE / metres_north, east * _DEGREE / metres_east
