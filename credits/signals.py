"""Signals 提示: what a person should look at. They queue for review, they decide nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from statistics import median
from typing import Final

NEAR_BITS: Final = 8
"""Photos whose hashes differ in so many bits at most are looked at as the same."""

SPEED_KMH: Final = 60
_METRES_LEAST: Final = 300
"""Positions are not exact: below this nobody moved."""

SAME_PLACE_TIMES: Final = 4
BURST_CLAIMS: Final = 4
BURST: Final = timedelta(hours=1)
RING_LENGTH: Final = 4
RECIPROCAL_TIMES: Final = 2
NEWCOMER: Final = timedelta(days=3)
_EARTH_METRES: Final = 6_371_000


@dataclass(frozen=True, slots=True)
class Signal:
    """One reason to look twice: `kind` is the key of its sentence, `values` fill it in.

    `weight` is what it adds to the risk.
    """

    kind: str
    weight: int
    values: Mapping[str, object] = field(default_factory=dict)


def risk(signals: Iterable[Signal]) -> int:
    """Return what the signals add up to; each kind counts once, by its heaviest."""
    heaviest: dict[str, int] = {}
    for one in signals:
        heaviest[one.kind] = max(one.weight, heaviest.get(one.kind, 0))
    return sum(heaviest.values())


@dataclass(frozen=True, slots=True)
class Likeness:
    """Hashes of one photo: `looks` of it whole and cut at its edges, `mirrored` the same turned."""

    looks: tuple[int, ...]
    mirrored: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """A photo of an earlier claim."""

    claim_id: int
    own: bool
    likeness: Likeness


def distance(one: int, other: int) -> int:
    """Return in how many bits two hashes differ."""
    return (one ^ other).bit_count()


def alike(new: Likeness, old: Likeness) -> tuple[int, bool]:
    """Return the least distance of two photos, and whether it is that of a mirrored one.

    One of the two is always taken whole, so that two cuttings of one corner are not alike.
    """
    straight = min(
        *(distance(new.looks[0], one) for one in old.looks),
        *(distance(one, old.looks[0]) for one in new.looks),
    )
    turned = min(
        *(distance(new.mirrored[0], one) for one in old.looks),
        *(distance(one, old.looks[0]) for one in new.mirrored),
    )
    return (turned, True) if turned < straight else (straight, False)


def photo_again(photos: Iterable[Likeness], earlier: Sequence[Seen]) -> Signal | None:
    """Return the nearest earlier photo, if one is near: another person's weighs more."""
    found: tuple[tuple[int, bool], Seen, bool] | None = None
    for photo in photos:
        for seen in earlier:
            bits, mirrored = alike(photo, seen.likeness)
            if bits <= NEAR_BITS and (found is None or (bits, seen.own) < found[0]):
                found = ((bits, seen.own), seen, mirrored)
    if found is None:
        return None
    (bits, own), seen, mirrored = found
    kind = "photo_own" if own else "photo_other"
    weight = (30 if bits == 0 else 15) if own else 50
    how = "mirrored" if mirrored else "same" if bits == 0 else "near"
    return Signal(kind, weight, {"claim": seen.claim_id, "how": how, "bits": bits})


@dataclass(frozen=True, slots=True)
class Fix:
    """Where somebody was seen, in degrees."""

    at: datetime
    latitude: float
    longitude: float


def metres(one: Fix, other: Fix) -> float:
    """Return how far two places lie apart."""
    north, east = radians(other.latitude - one.latitude), radians(other.longitude - one.longitude)
    across = cos(radians(one.latitude)) * cos(radians(other.latitude)) * sin(east / 2) ** 2
    return 2 * _EARTH_METRES * asin(sqrt(min(1.0, sin(north / 2) ** 2 + across)))


def too_fast(fixes: Iterable[Fix]) -> Signal | None:
    """Return the fastest way between two that follow each other, if nobody gets there so fast."""
    ordered = sorted(fixes, key=lambda one: one.at)
    fastest = 0.0
    for one, other in pairwise(ordered):
        apart, hours = metres(one, other), (other.at - one.at).total_seconds() / 3600
        if apart >= _METRES_LEAST:
            fastest = max(fastest, apart / 1000 / max(hours, 1 / 3600))
    if fastest <= SPEED_KMH:
        return None
    return Signal("too_fast", 40, {"speed": round(fastest)})


def same_place(fixes: Iterable[Fix]) -> Signal | None:
    """Return a position that came again and again to the last digit: real ones waver."""
    times: dict[tuple[float, float], int] = {}
    for one in fixes:
        times[one.latitude, one.longitude] = times.get((one.latitude, one.longitude), 0) + 1
    most = max(times.values(), default=0)
    return Signal("same_place", 20, {"times": most}) if most >= SAME_PLACE_TIMES else None


def burst(made: Iterable[datetime], now: datetime) -> Signal | None:
    """Return how many claims somebody made within the hour, this one too, if they are many."""
    count = sum(now - BURST < at <= now for at in made)
    return Signal("burst", 15, {"count": count}) if count >= BURST_CLAIMS else None


def newcomer(first_seen: datetime, now: datetime) -> Signal | None:
    """Return that nobody knows her yet: a reason to look, and no reproach."""
    return Signal("newcomer", 5) if now - first_seen < NEWCOMER else None


Word = tuple[int, int]
"""Who gave her word for whom, by number of the person."""


def ring(words: Iterable[Word], person_id: int) -> Signal | None:
    """Return the smallest ring of persons who vouch for each other round to this one.

    Two who thank each other once are neighbours; two are a ring when each did so more often.
    """
    times: dict[Word, int] = {}
    for word in words:
        times[word] = times.get(word, 0) + 1
    ways: dict[int, list[int]] = {}
    for giver, taker in times:
        ways.setdefault(giver, []).append(taker)
    paths: list[tuple[int, ...]] = [(person_id,)]
    for _ in range(RING_LENGTH):
        for path in paths:
            if len(path) > 1 and person_id in ways.get(path[-1], ()) and _often(path, times):
                return Signal("ring", 35, {"count": len(path)})
        paths = [
            (*path, other)
            for path in paths
            for other in ways.get(path[-1], ())
            if other not in path
        ]
    return None


def _often(path: tuple[int, ...], times: Mapping[Word, int]) -> bool:
    if len(path) > 2:  # noqa: PLR2004  three or more in a circle is no chance
        return True
    one, other = path
    return min(times[one, other], times[other, one]) >= RECIPROCAL_TIMES


@dataclass(frozen=True, slots=True)
class Decided:
    """One first decision of a moderator."""

    staff_id: int
    at: datetime
    approved: bool
    person_id: int
    points: int


@dataclass(frozen=True, slots=True)
class Record:
    """What a moderator decided in a while, and what stands out beside the others."""

    staff_id: int
    decided: int
    approved: int
    points: int
    seconds: int | None
    signals: tuple[Signal, ...]


_ENOUGH: Final = 10
_QUICK_SECONDS: Final = 8
_SITTING: Final = timedelta(minutes=15)
"""Longer between two decisions is a pause, not the time a decision took."""

_SHARE_MORE: Final = 25
_OFTEN_SAME: Final = 40


def records(decided: Iterable[Decided]) -> list[Record]:
    """Return what each moderator decided, those first who stand out most."""
    by_member: dict[int, list[Decided]] = {}
    for one in sorted(decided, key=lambda one: one.at):
        by_member.setdefault(one.staff_id, []).append(one)
    found = [_record(member, own, by_member) for member, own in by_member.items()]
    return sorted(found, key=lambda one: (-risk(one.signals), -one.decided, one.staff_id))


def _record(
    staff_id: int, own: Sequence[Decided], by_member: Mapping[int, Sequence[Decided]]
) -> Record:
    approved = [one for one in own if one.approved]
    seconds = _seconds(own)
    signals: list[Signal] = []
    if len(own) >= _ENOUGH:
        others = [one for member, theirs in by_member.items() if member != staff_id
                  for one in theirs]  # fmt: skip
        signals += filter(None, [_share(own, others), _quick(seconds), _same(approved)])
        signals += filter(None, [_many(own, staff_id, by_member)])
    points = sum(one.points for one in approved)
    return Record(staff_id, len(own), len(approved), points, seconds, tuple(signals))


def _percent(part: int, whole: int) -> int:
    return 100 * part // whole


def _share(own: Sequence[Decided], others: Sequence[Decided]) -> Signal | None:
    if len(others) < _ENOUGH:
        return None
    mine = _percent(sum(one.approved for one in own), len(own))
    theirs = _percent(sum(one.approved for one in others), len(others))
    if mine - theirs < _SHARE_MORE:
        return None
    return Signal("approves_more", 30, {"own": mine, "others": theirs})


def _many(
    own: Sequence[Decided], staff_id: int, by_member: Mapping[int, Sequence[Decided]]
) -> Signal | None:
    others = [len(theirs) for member, theirs in by_member.items() if member != staff_id]
    usual = median(others) if others else 0
    if not others or len(own) < 3 * max(usual, _ENOUGH):
        return None
    return Signal("decides_more", 10, {"own": len(own), "others": round(usual)})


def _quick(seconds: int | None) -> Signal | None:
    if seconds is None or seconds >= _QUICK_SECONDS:
        return None
    return Signal("decides_fast", 25, {"seconds": seconds})


def _same(approved: Sequence[Decided]) -> Signal | None:
    """Of all that was approved, how much went to one person."""
    times: dict[int, int] = {}
    for one in approved:
        times[one.person_id] = times.get(one.person_id, 0) + 1
    most = max(times.values(), default=0)
    if len(approved) < _ENOUGH or _percent(most, len(approved)) < _OFTEN_SAME:
        return None
    return Signal("favours_one", 40, {"percent": _percent(most, len(approved)), "times": most})


def _seconds(own: Collection[Decided]) -> int | None:
    """Return the middle time between two decisions of one sitting."""
    moments = [one.at for one in own]
    apart = [b - a for a, b in pairwise(moments) if b - a < _SITTING]
    return round(median(one.total_seconds() for one in apart)) if apart else None
