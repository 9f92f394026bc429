"""How far a position proves that somebody is there: a confidence with its reasons, no verdict.

A client can send whatever it likes. What is doubtful earns nothing and says why; it is held
against nobody.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from math import copysign, cos, hypot, pi
from types import MappingProxyType
from typing import Final, NamedTuple


class Means(StrEnum):
    """What was shown, from the strongest to the weakest."""

    CHANGING_CODE = "changing_code"
    CODE_AND_PLACE = "code_and_place"
    MOVING = "moving"
    DEVICE = "device"
    CODE_ALONE = "code_alone"
    STILL = "still"
    PIN = "pin"
    HEARSAY = "hearsay"


class Doubt(StrEnum):
    """What speaks against it."""

    TOO_FAST = "too_fast"
    REPEATED = "repeated"
    CLOCK_AHEAD = "clock_ahead"
    LATE = "late"
    BACKWARDS = "backwards"
    COARSE = "coarse"
    ELSEWHERE = "elsewhere"


class Grade(StrEnum):
    """The confidence in one word. Only strong counts."""

    NONE = "none"
    WEAK = "weak"
    FAIR = "fair"
    STRONG = "strong"


class Point(NamedTuple):
    """Where and when, by the device's clock; WGS-84 degrees, the accuracy in metres."""

    latitude: float
    longitude: float
    at: datetime
    accuracy_m: float | None = None


class Trail(NamedTuple):
    """What is known of how somebody came here: figures alone, no places.

    `points` and `moves` count one share or device: all points, and those that moved. `repeats`
    is how often the last pair came again, `top_mps` the highest speed between two points of
    the person.
    """

    points: int = 0
    moves: int = 0
    moved_m: float = 0.0
    repeats: int = 0
    top_mps: float = 0.0
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a position is worth: 0 to 100, and why."""

    confidence: int
    grade: Grade
    means: Means
    doubts: tuple[Doubt, ...]

    @property
    def counts(self) -> bool:
        """Say whether it is enough to be thanked for with points."""
        return self.grade is Grade.STRONG and _NEVER.isdisjoint(self.doubts)

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the reasons, first what was shown."""
        return (self.means.value, *(doubt.value for doubt in self.doubts))


_WORTH: Final = MappingProxyType(
    {
        Means.CHANGING_CODE: 95,
        Means.CODE_AND_PLACE: 85,
        Means.MOVING: 75,
        Means.DEVICE: 55,
        Means.CODE_ALONE: 50,
        Means.STILL: 45,
        Means.PIN: 25,
        Means.HEARSAY: 0,
    }
)
_LESS: Final = MappingProxyType(
    {
        Doubt.TOO_FAST: 50,
        Doubt.REPEATED: 30,
        Doubt.CLOCK_AHEAD: 30,
        Doubt.LATE: 30,
        Doubt.BACKWARDS: 30,
        Doubt.COARSE: 30,
        Doubt.ELSEWHERE: 30,
    }
)
_STRONG, _FAIR, _WEAK = 70, 45, 15
_NEVER: Final = frozenset({Doubt.TOO_FAST, Doubt.ELSEWHERE})
"""Doubts with which nothing is earned, whatever was shown."""

_NO_MEASURE: Final = frozenset({Doubt.CLOCK_AHEAD, Doubt.LATE, Doubt.COARSE})
"""Doubts with which a point says too little of when or where to judge another by."""

FAST_MPS: Final = 45.0
"""160 km/h: nobody on errands in a community is faster."""

USEFUL_M: Final = 150.0
"""An accuracy that is worse does not tell one checkpoint from the next."""

_MOVES_LEAST: Final = 2
_MOVE_M: Final = 5.0
_WAY_M: Final = 30.0
_REPEATS_MOST: Final = 3
_AHEAD_MOST: Final = timedelta(minutes=2)
_LATE_MOST: Final = timedelta(minutes=10)
METRES_A_DEGREE: Final = 111_195.0
"""Of a great circle."""

_HALF_TURN: Final = 180.0
_HALF_RADIAN: Final = pi / 360.0
_INSTANT_SECONDS: Final = 1.0


def distance_m(a_latitude: float, a_longitude: float, latitude: float, longitude: float) -> float:
    """Return the metres between two pairs, as on a flat map: a hundred kilometres to 0.1 %."""
    east = longitude - a_longitude
    if not -_HALF_TURN <= east <= _HALF_TURN:
        east -= copysign(2 * _HALF_TURN, east)
    east *= cos((a_latitude + latitude) * _HALF_RADIAN)
    return hypot(latitude - a_latitude, east) * METRES_A_DEGREE


def go_on(trail: Trail, before: Point | None, now: Point, *, trusted: bool = True) -> Trail:
    """Return the trail of a share with its next point; one that is not trusted is no move."""
    if before is None:
        return trail._replace(points=trail.points + 1)
    way = distance_m(before.latitude, before.longitude, now.latitude, now.longitude)
    moved = trusted and way > _MOVE_M
    same = before.latitude == now.latitude and before.longitude == now.longitude
    return Trail(
        trail.points + 1,
        trail.moves + moved,
        trail.moved_m + (way if moved else 0.0),
        trail.repeats + 1 if same else 0,
        trail.top_mps,
        trail.backwards or now.at < before.at,
    )


def from_elsewhere(trail: Trail, before: Point | None, now: Point) -> Trail:
    """Count the way from the person's last trusted point, whatever source told it."""
    if before is None:
        return trail
    return trail._replace(top_mps=max(trail.top_mps, speed_mps(before, now)))


def is_trusted(before: Point | None, now: Point, received_at: datetime) -> bool:
    """Say whether the next points are judged by this one, instead of the trusted one before.

    A point that could not be reached stays without effect until the time has passed that the
    way to it takes; so does one that is too rough, or whose time is wrong.
    """
    if not _NO_MEASURE.isdisjoint(_doubts(now, received_at, Trail())):
        return False
    return before is None or (now.at >= before.at and speed_mps(before, now) <= FAST_MPS)


def is_moving(trail: Trail) -> bool:
    """Say whether a share has shown somebody on the way."""
    return trail.moves >= _MOVES_LEAST and trail.moved_m >= _WAY_M


def grade(means: Means, point: Point, received_at: datetime, trail: Trail) -> Evidence:
    """Weigh what was shown."""
    return weighed(means, _doubts(point, received_at, trail))


def _doubts(point: Point, received_at: datetime, trail: Trail) -> tuple[Doubt, ...]:
    found = []
    if trail.top_mps > FAST_MPS:
        found.append(Doubt.TOO_FAST)
    if trail.repeats >= _REPEATS_MOST:
        found.append(Doubt.REPEATED)
    if point.at - received_at > _AHEAD_MOST:
        found.append(Doubt.CLOCK_AHEAD)
    if received_at - point.at > _LATE_MOST:
        found.append(Doubt.LATE)
    if trail.backwards:
        found.append(Doubt.BACKWARDS)
    if (point.accuracy_m or 0.0) > USEFUL_M:
        found.append(Doubt.COARSE)
    return tuple(found)


@cache
def weighed(means: Means, doubts: tuple[Doubt, ...] = ()) -> Evidence:
    """Return what means of this kind are worth with these doubts."""
    confidence = max(0, _WORTH[means] - sum(_LESS[doubt] for doubt in doubts))
    return Evidence(confidence, _grade(confidence), means, doubts)


def _grade(confidence: int) -> Grade:
    if confidence >= _STRONG:
        return Grade.STRONG
    if confidence >= _FAIR:
        return Grade.FAIR
    return Grade.WEAK if confidence >= _WEAK else Grade.NONE


def speed_mps(before: Point, now: Point) -> float:
    """Return the speed between two points that even the kindest reading of them needs."""
    way = distance_m(before.latitude, before.longitude, now.latitude, now.longitude)
    slack = (before.accuracy_m or 0.0) + (now.accuracy_m or 0.0)
    seconds = abs((now.at - before.at).total_seconds())
    return max(0.0, way - slack) / max(seconds, _INSTANT_SECONDS)
