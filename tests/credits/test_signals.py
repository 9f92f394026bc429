"""Signals: each says what it sees, and stays silent a step before."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from credits.drawing import Draw, commitment, draw, is_told, is_true, roll
from credits.signals import (
    Decided,
    Fix,
    Likeness,
    Seen,
    Signal,
    Word,
    burst,
    newcomer,
    photo_again,
    records,
    ring,
    risk,
    same_place,
    too_fast,
)

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
OTHER = 0x0F0F_0F0F_0F0F_0F0F
TURNED = 0x3333_3333_3333_3333
PLAIN = Likeness((0, OTHER, OTHER), (OTHER, OTHER, OTHER))


def bits(count: int) -> int:
    return (1 << count) - 1


PHOTOS = [
    ("another's, the same", 0, False, ("photo_other", 50, "same")),
    ("her own, the same", 0, True, ("photo_own", 30, "same")),
    ("near", 8, False, ("photo_other", 50, "near")),
    ("her own, near", 8, True, ("photo_own", 15, "near")),
    ("a bit too far", 9, False, None),
]


@pytest.mark.parametrize(("label", "apart", "own", "expected"), PHOTOS)
def test_photos(label: str, apart: int, own: bool, expected: tuple[str, int, str] | None) -> None:  # noqa: FBT001
    new = Likeness((bits(apart), bits(64), bits(64)), (TURNED, TURNED, TURNED))
    found = photo_again([new], [Seen(5, own, PLAIN)])
    said = found and (found.kind, found.weight, found.values["how"])
    assert said == expected, label


def test_a_mirrored_photo_and_one_that_was_cut() -> None:
    turned = Likeness((TURNED, TURNED, TURNED), (0, TURNED, TURNED))
    found = photo_again([turned], [Seen(5, own=False, likeness=Likeness((0, 1, 3), (9, 9, 9)))])
    assert found is not None
    assert found.values["how"] == "mirrored"
    cut = Likeness((bits(30), 0, bits(30)), (TURNED, TURNED, TURNED))
    assert photo_again([cut], [Seen(5, own=False, likeness=PLAIN)]) is not None


def fix(minutes: float, north: float = 0.0) -> Fix:
    return Fix(NOW + timedelta(minutes=minutes), 33.58 + north, 114.02)


def test_speed() -> None:
    assert too_fast([fix(0), fix(60, 0.5)]) is None  # 56 km in an hour
    found = too_fast([fix(30, 0.5), fix(0)])
    assert found is not None
    assert found.values["speed"] == 111
    assert too_fast([fix(0), fix(0.001, 0.002)]) is None  # 220 metres are no way


@pytest.mark.parametrize(("times", "seen"), [(3, False), (4, True)])
def test_the_same_place(times: int, seen: bool) -> None:  # noqa: FBT001
    assert (same_place([fix(n) for n in range(times)]) is not None) is seen


@pytest.mark.parametrize(("count", "seen"), [(3, False), (4, True)])
def test_bursts(count: int, seen: bool) -> None:  # noqa: FBT001
    made = [NOW - timedelta(minutes=n) for n in range(count)] + [NOW - timedelta(hours=1)]
    assert (burst(made, NOW) is not None) is seen


def test_newcomers() -> None:
    assert newcomer(NOW - timedelta(days=2), NOW) is not None
    assert newcomer(NOW - timedelta(days=3), NOW) is None


RINGS: list[tuple[str, list[Word], int | None]] = [
    ("nobody", [], None),
    ("one way", [(2, 1), (2, 1)], None),
    ("thanks returned once", [(1, 2), (2, 1)], None),
    ("once and often", [(1, 2), (2, 1), (2, 1)], None),
    ("two, often", [(1, 2), (2, 1)] * 2, 2),
    ("three in a circle", [(1, 2), (2, 3), (3, 1)], 3),
    ("four", [(1, 2), (2, 3), (3, 4), (4, 1)], 4),
    ("five are chance", [(1, 2), (2, 3), (3, 4), (4, 5), (5, 1)], None),
    ("a ring of others", [(2, 3), (3, 4), (4, 2)], None),
]


@pytest.mark.parametrize(("label", "words", "count"), RINGS, ids=[one[0] for one in RINGS])
def test_rings(label: str, words: list[Word], count: int | None) -> None:
    found = ring(words, 1)
    assert (found and found.values["count"]) == count, label


def test_risk_counts_each_kind_once() -> None:
    assert risk([Signal("a", 5), Signal("a", 9), Signal("b", 2)]) == 11


def decided(
    staff: int, count: int, *, yes: int, seconds: int = 60, person: int = 0
) -> list[Decided]:
    return [
        Decided(staff, NOW + timedelta(seconds=n * seconds), n < yes, person or n, 2)
        for n in range(count)
    ]


def kinds(rows: list[Decided]) -> dict[int, set[str]]:
    return {one.staff_id: {each.kind for each in one.signals} for one in records(rows)}


def test_moderators_who_stand_out() -> None:
    usual = decided(1, 20, yes=14)
    assert kinds([*usual, *decided(2, 20, yes=18)]) == {1: set(), 2: set()}
    assert kinds([*usual, *decided(2, 20, yes=20)])[2] == {"approves_more"}
    assert kinds([*usual, *decided(2, 20, yes=14, seconds=7)])[2] == {"decides_fast"}
    assert kinds([*usual, *decided(2, 20, yes=14, person=5)])[2] == {"favours_one"}
    assert kinds([*usual, *decided(2, 60, yes=42)])[2] == {"decides_more"}
    assert kinds([*usual, *decided(2, 9, yes=9, seconds=1, person=5)])[2] == set()


@pytest.mark.parametrize(
    ("now", "told"),
    [("2026-11", False), ("2026-12", False), ("2027-01", True), ("2028-11", True)],
)
def test_a_secret_is_told_when_a_whole_month_has_passed(now: str, *, told: bool) -> None:
    assert is_told("2026-11", now) is told


def test_a_draw_is_bound_and_shared_fairly() -> None:
    found = draw("2026-11", "secret", 7, 20)
    assert found == Draw(claim_id=7, period="2026-11", percent=20, roll=roll("secret", 7))
    bound = commitment("2026-11", "secret")
    assert is_true(found, "secret", bound)
    assert not is_true(found, "other", bound)
    assert bound != commitment("2026-12", "secret")
    assert not is_true(found, "secret", commitment("2026-11", "other"))
    assert not is_true(replace(found, roll=found.roll + 1), "secret", bound)
    assert roll("secret", 7) != roll("other", 7)
    share = sum(draw("2026-11", "secret", n, 20).audited for n in range(5000))
    assert 900 < share < 1100
    assert all(draw("p", "s", n, 100).audited for n in range(100))
    assert not any(draw("p", "s", n, 0).audited for n in range(100))
