"""What a position proves: tracks of honest people and of others, as tables."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.evidence import (
    Doubt,
    Evidence,
    Grade,
    Means,
    Point,
    Trail,
    distance_m,
    from_elsewhere,
    go_on,
    grade,
    is_moving,
    is_trusted,
    weighed,
)

START = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
METRE = 1 / 111_195


def point(north_m: float, seconds: float, accuracy_m: float | None = 10.0) -> Point:
    return Point(33.58 + north_m * METRE, 114.02, START + timedelta(seconds=seconds), accuracy_m)


def walked(*points: Point) -> Trail:
    """The trail of one share, as it is kept from point to point."""
    trail, last = Trail(points=1), points[0]
    for now in points[1:]:
        trail = from_elsewhere(go_on(trail, last, now), last, now)
        last = now
    return trail


def judged(means: Means, *points: Point, skew: float = 1.0) -> Evidence:
    return grade(means, points[-1], points[-1].at + timedelta(seconds=skew), walked(*points))


HONEST = [point(8.0 * n, 10.0 * n) for n in range(30)]
SCOOTER = [point(120.0 * n, 10.0 * n) for n in range(30)]
TELEPORT = [point(0, 0), point(10, 10), point(20, 20), point(30_000, 40)]
FROZEN = [point(0, 30.0 * n) for n in range(5)]
REWOUND = [point(0, 100), point(20, 110), point(45, 90)]
ROUGH = [point(0, 0, 800.0), point(300, 5, 800.0)]

# label, means, points, seconds of skew: confidence, grade, doubts.
JUDGED: list[tuple[str, Means, list[Point], float, int, Grade, tuple[Doubt, ...]]] = [
    ("on foot", Means.MOVING, HONEST, 1, 75, Grade.STRONG, ()),
    ("on a scooter", Means.MOVING, SCOOTER, 1, 75, Grade.STRONG, ()),
    ("a share that stands", Means.STILL, HONEST[:1], 1, 45, Grade.FAIR, ()),
    ("a browser", Means.DEVICE, HONEST[:1], 1, 55, Grade.FAIR, ()),
    ("a pin", Means.PIN, HONEST[:1], 1, 25, Grade.WEAK, ()),
    ("forwarded", Means.HEARSAY, HONEST[:1], 1, 0, Grade.NONE, ()),
    ("a code and the place", Means.CODE_AND_PLACE, HONEST[:1], 1, 85, Grade.STRONG, ()),
    ("the display's code", Means.CHANGING_CODE, HONEST[:1], 1, 95, Grade.STRONG, ()),
    ("teleported", Means.MOVING, TELEPORT, 1, 25, Grade.WEAK, (Doubt.TOO_FAST,)),
    ("a code after that", Means.CODE_AND_PLACE, TELEPORT, 1, 35, Grade.WEAK, (Doubt.TOO_FAST,)),
    ("always the same pair", Means.DEVICE, FROZEN, 1, 25, Grade.WEAK, (Doubt.REPEATED,)),
    ("the same pair three times", Means.DEVICE, FROZEN[:3], 1, 55, Grade.FAIR, ()),
    ("a clock that is ahead", Means.DEVICE, HONEST[:1], -300, 25, Grade.WEAK, (Doubt.CLOCK_AHEAD,)),
    ("a minute ahead", Means.DEVICE, HONEST[:1], -60, 55, Grade.FAIR, ()),
    ("from an hour ago", Means.DEVICE, HONEST[:1], 3600, 25, Grade.WEAK, (Doubt.LATE,)),
    ("back in time", Means.MOVING, REWOUND, 1, 45, Grade.FAIR, (Doubt.BACKWARDS,)),
    ("from the mast only", Means.DEVICE, ROUGH, 1, 25, Grade.WEAK, (Doubt.COARSE,)),
    ("everything wrong", Means.STILL, [*FROZEN, *TELEPORT[-1:]], 7200, 0, Grade.NONE,
     (Doubt.TOO_FAST, Doubt.LATE, Doubt.BACKWARDS)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("label", "means", "points", "skew", "confidence", "grade_", "doubts"), JUDGED
)
def test_a_track_is_judged(
    label: str,
    means: Means,
    points: list[Point],
    skew: float,
    confidence: int,
    grade_: Grade,
    doubts: tuple[Doubt, ...],
) -> None:
    found = judged(means, *points, skew=skew)
    assert (found.confidence, found.grade, found.doubts) == (confidence, grade_, doubts), label
    assert found.codes[0] == means.value


def test_moving_needs_two_moves_and_some_way() -> None:
    assert not is_moving(walked(*HONEST[:2]))
    assert not is_moving(walked(point(0, 0), point(1, 10), point(2, 20), point(3, 30)))
    assert not is_moving(walked(point(0, 0), point(500, 60)))
    assert is_moving(walked(*HONEST))


def test_the_last_point_of_another_source_counts() -> None:
    far = point(100_000, -60)
    trail = from_elsewhere(Trail(points=1), far, point(0, 0))
    assert grade(Means.DEVICE, point(0, 0), START, trail).doubts == (Doubt.TOO_FAST,)


# label, the trusted point before, the next, seconds until it is received: is it trusted?
TRUSTED: list[tuple[str, Point | None, Point, float, bool]] = [
    ("the first", None, point(0, 0), 1, True),
    ("a walk", point(0, 0), point(50, 40), 1, True),
    ("a jump", point(0, 0), point(30_000, 40), 1, False),
    ("the jump, when it could be", point(0, 0), point(30_000, 700), 1, True),
    ("rough", point(0, 0), point(0, 10, 500.0), 1, False),
    ("rough, and the first", None, point(0, 0, 500.0), 1, False),
    ("ahead of time", None, point(0, 0), -300, False),
    ("from an hour ago", None, point(0, 0), 3600, False),
    ("older than the one before", point(0, 60), point(10, 0), 1, False),
]


@pytest.mark.parametrize(("label", "before", "now", "skew", "expected"), TRUSTED)
def test_what_the_next_point_is_judged_by(
    label: str, before: Point | None, now: Point, skew: float, *, expected: bool
) -> None:
    assert is_trusted(before, now, now.at + timedelta(seconds=skew)) is expected, label


def test_a_point_that_is_not_trusted_is_no_move() -> None:
    trail = go_on(Trail(points=1), point(0, 0), point(500, 10), trusted=False)
    assert (trail.points, trail.moves, trail.moved_m) == (2, 0, 0.0)


def test_two_rough_points_at_once_are_no_teleport() -> None:
    trail = from_elsewhere(Trail(), point(0, 0, 400.0), point(700, 1, 400.0))
    assert trail.top_mps == 0


def test_the_order_of_means_is_the_order_of_their_worth() -> None:
    worth = [weighed(means).confidence for means in Means]
    assert worth == sorted(worth, reverse=True)
    assert [weighed(means).counts for means in Means] == [True] * 3 + [False] * 5


@given(
    st.sampled_from(Means),
    st.lists(
        st.tuples(
            st.floats(-90, 90), st.floats(-180, 180), st.floats(-1e6, 1e6),
            st.none() | st.floats(0, 1e6),
        ),
        min_size=1,
        max_size=6,
    ),
    st.floats(-1e6, 1e6),
)  # fmt: skip
def test_every_track_gets_a_grade(
    means: Means, raw: list[tuple[float, float, float, float | None]], skew: float
) -> None:
    points = [Point(a, o, START + timedelta(seconds=s), m) for a, o, s, m in raw]
    found = judged(means, *points, skew=skew)
    assert 0 <= found.confidence <= weighed(means).confidence
    assert found.counts == (found.confidence >= 70)
    assert not found.counts or not {Doubt.TOO_FAST, Doubt.ELSEWHERE} & set(found.doubts)
    assert (found.confidence == weighed(means).confidence) or found.doubts


def test_distances() -> None:
    assert distance_m(33.58, 114.02, 33.58, 114.02) == 0
    assert distance_m(0, 0, 0, 180) == pytest.approx(20_015_000, rel=1e-3)
    assert distance_m(31.2304, 121.4737, 39.9042, 116.4074) == pytest.approx(1_067_000, rel=5e-3)
