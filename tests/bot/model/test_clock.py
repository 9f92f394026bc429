"""How a clock goes its way: reminder, limit, the grid's lead, the street; and how it rests."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.clock import CaseClock, Clock, OnTime, Step, postponed
from bot.model.hours import ServiceHours

ZONE = ZoneInfo("Asia/Shanghai")
HOURS = ServiceHours(ZONE)


def at(text: str) -> datetime:
    """A moment of the last week of November 2026, whose 23rd is a Monday."""
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=ZONE)


def clock(start: str, due: str) -> CaseClock:
    return CaseClock(
        id=1,
        case_id=1,
        kind=Clock.SOLVE,
        party="staff:1",
        round=0,
        started_at=at(start),
        due_at=at(due),
        paused_at=None,
        step=Step.RUNNING,
        next_at=None,
    ).wound(at(start))


NEXT = [
    ("an hour before a far limit", "23 09:00", "25 15:00", "23 09:00", Step.RUNNING, "25 14:00"),
    (
        "in the last quarter of a near one",
        "23 09:00",
        "23 10:00",
        "23 09:00",
        Step.RUNNING,
        "23 09:45",
    ),
    ("reminded", "23 09:00", "25 15:00", "25 14:10", Step.SOON, "25 15:00"),
    ("late", "23 09:00", "25 15:00", "25 15:00", Step.LATE, "25 17:00"),
    ("two hours later", "23 09:00", "25 15:00", "25 17:00", Step.LEAD, "26 15:00"),
    ("a working day later", "23 09:00", "25 15:00", "26 15:00", Step.STREET, None),
    ("over a weekend", "23 09:00", "27 17:00", "27 17:10", Step.LATE, "30 10:00"),
    ("not reminded at night", "23 09:00", "24 09:00", "24 08:05", Step.RUNNING, "24 08:30"),
    ("everything at once", "23 09:00", "24 09:00", "30 09:00", Step.STREET, None),
]


@pytest.mark.parametrize(("label", "start", "due", "now", "step", "following"), NEXT)
def test_the_way(
    label: str, start: str, due: str, now: str, step: Step, following: str | None
) -> None:
    climbed = clock(start, due).climbed(HOURS, at(now), urgent=False)
    expected = at(following) if following else None
    assert (climbed.step, climbed.next_at) == (step, expected), label


def test_what_is_urgent_climbs_at_night() -> None:
    urgent = clock("23 22:00", "23 22:15")
    steps = [
        urgent.climbed(HOURS, urgent.due_at + timedelta(minutes=minutes), urgent=True).step
        for minutes in (-3, 0, 30, 120)
    ]
    assert steps == [Step.SOON, Step.LATE, Step.LEAD, Step.STREET]


def test_a_rest_moves_the_limit_and_the_reminder() -> None:
    resting = clock("23 09:00", "23 15:00").paused(at("23 10:00"))
    assert resting.wakes_at is None
    assert resting.paused(at("23 11:00")) == resting
    again = resting.resumed(at("24 09:00"), at("23 13:00"))
    assert (again.due_at, again.next_at, again.paused_at) == (at("24 09:00"), at("24 08:00"), None)


def test_what_is_late_stays_late_over_a_rest_and_climbs_later() -> None:
    late = clock("23 09:00", "23 10:00").climbed(HOURS, at("23 10:00"), urgent=False)
    again = late.paused(at("23 11:00")).resumed(late.due_at, at("23 14:00"))
    assert (again.step, again.next_at) == (Step.LATE, at("23 15:00"))


@given(st.integers(0, 60 * 24 * 9), st.integers(0, 60 * 24 * 9), st.booleans())
def test_a_clock_never_goes_back_and_wakes_only_for_what_is_ahead(
    first: int,
    second: int,
    urgent: bool,  # noqa: FBT001  drawn
) -> None:
    one = clock("20 09:00", "23 10:00")
    early, late = (at("20 09:00") + timedelta(minutes=m) for m in sorted((first, second)))
    before = one.climbed(HOURS, early, urgent=urgent)
    after = before.climbed(HOURS, late, urgent=urgent)
    assert after.step >= before.step
    assert after.next_at is None or after.next_at > late
    assert replace(after, step=before.step) == replace(
        one.climbed(HOURS, late, urgent=urgent), step=before.step
    )


@pytest.mark.parametrize(
    ("kept", "late", "overdue", "share"), [(0, 0, 0, None), (3, 0, 1, 0.75), (0, 2, 0, 0.0)]
)
def test_the_share_that_was_kept(kept: int, late: int, overdue: int, share: float | None) -> None:
    assert OnTime(kind=Clock.SOLVE, kept=kept, late=late, overdue=overdue).share == share


POSTPONED = [
    ("within a day", "23 15:00", "23 10:00", "23 12:00", HOURS, "23 17:00"),
    ("over a night", "24 10:00", "23 16:30", "24 08:30", HOURS, "24 11:00"),
    ("begun and ended at night", "24 10:00", "23 20:00", "24 02:00", HOURS, "24 10:00"),
    ("urgent, by all the time", "23 15:00", "23 10:00", "23 12:00", None, "23 17:00"),
    ("late before", "23 09:00", "23 10:00", "23 12:00", HOURS, "23 09:00"),
    ("urgent and late before", "23 09:00", "23 10:00", "23 12:00", None, "23 09:00"),
]


@pytest.mark.parametrize(("label", "due", "since", "now", "hours", "moved"), POSTPONED)
def test_a_limit_that_rested(
    label: str, due: str, since: str, now: str, hours: ServiceHours | None, moved: str
) -> None:
    assert postponed(at(due), at(since), at(now), hours) == at(moved), label
