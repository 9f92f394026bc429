"""When a time limit counts: nights, weekends, holidays, make-up days, the break at noon."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.almanac import published
from bot.model.hours import Break, Calendar, ServiceHours

ZONE = ZoneInfo("Asia/Shanghai")
CHINA = ServiceHours(ZONE, calendar=published())
NOON = ServiceHours(ZONE, rest=Break(begins=time(12), ends=time(13, 30)), calendar=CHINA.calendar)
WEEKDAYS = ServiceHours(ZONE)
DAILY = ServiceHours(ZONE, calendar=Calendar(weekdays=frozenset(range(7))))

AFTER = [
    ("within a day", CHINA, "2026-11-25 10:00", 4.0, "2026-11-25 14:00"),
    ("to the very end of a day", CHINA, "2026-11-25 15:30", 2.0, "2026-11-25 17:30"),
    ("over a night", CHINA, "2026-11-25 16:30", 2.0, "2026-11-26 09:30"),
    ("from the night", CHINA, "2026-11-25 23:00", 1.0, "2026-11-26 09:30"),
    ("nothing, from the night", CHINA, "2026-11-25 23:00", 0.0, "2026-11-26 08:30"),
    ("over a weekend", CHINA, "2026-11-27 16:30", 2.0, "2026-11-30 09:30"),
    ("where weekends are worked", DAILY, "2026-11-27 16:30", 2.0, "2026-11-28 09:30"),
    ("over 31 December", CHINA, "2025-12-31 16:30", 2.0, "2026-01-04 09:30"),
    (
        "into a year nobody knows yet",
        ServiceHours(ZONE),
        "2026-12-31 16:30",
        2.0,
        "2027-01-01 09:30",
    ),
    ("over spring festival", CHINA, "2026-02-14 16:30", 2.0, "2026-02-24 09:30"),
    ("a Saturday that is worked", CHINA, "2026-02-27 16:30", 2.0, "2026-02-28 09:30"),
    ("and the Sunday after it is not", CHINA, "2026-02-28 16:30", 2.0, "2026-03-02 09:30"),
    ("over the break at noon", NOON, "2026-11-25 11:00", 2.0, "2026-11-25 14:30"),
    ("from the break", NOON, "2026-11-25 12:40", 1.0, "2026-11-25 14:30"),
]

BETWEEN = [
    ("within a day", CHINA, "2026-11-25 09:00", "2026-11-25 11:30", 2.5),
    ("before it opens", CHINA, "2026-11-25 06:00", "2026-11-25 09:30", 1.0),
    ("over a night", CHINA, "2026-11-25 16:30", "2026-11-26 09:30", 2.0),
    ("in the night alone", CHINA, "2026-11-25 20:00", "2026-11-26 07:00", 0.0),
    ("three days", CHINA, "2026-11-25 08:30", "2026-11-27 17:30", 27.0),
    ("a weekend", CHINA, "2026-11-27 17:30", "2026-11-30 08:30", 0.0),
    ("spring festival", CHINA, "2026-02-14 17:30", "2026-02-24 08:30", 0.0),
    ("a day with a break", NOON, "2026-11-25 00:00", "2026-11-26 00:00", 7.5),
    ("backwards", CHINA, "2026-11-26 09:00", "2026-11-25 09:00", 0.0),
]

AWAKE = [
    ("in the day", CHINA, "2026-11-25 10:00", "2026-11-25 10:00"),
    ("late", CHINA, "2026-11-25 22:00", "2026-11-26 07:30"),
    ("early", CHINA, "2026-11-25 06:00", "2026-11-25 07:30"),
]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(("label", "hours", "start", "span", "due"), AFTER)
def test_after(label: str, hours: ServiceHours, start: str, span: float, due: str) -> None:
    assert hours.after(at(start), span) == at(due), label


@pytest.mark.parametrize(("label", "hours", "start", "end", "span"), BETWEEN)
def test_between(label: str, hours: ServiceHours, start: str, end: str, span: float) -> None:
    assert hours.between(at(start), at(end)) == pytest.approx(span), label


NIGHT_SHIFT = ServiceHours(ZONE, quiet_from=time(7), quiet_until=time(9, 15))
CALLABLE = [
    ("in the morning", CHINA, "2026-11-25 10:00", "2026-11-25 10:00"),
    ("on a Sunday", CHINA, "2026-11-29 10:00", "2026-11-29 10:00"),
    ("early", CHINA, "2026-11-25 07:45", "2026-11-25 08:30"),
    ("in the nap", CHINA, "2026-11-25 12:00", "2026-11-25 14:00"),
    ("after the nap", CHINA, "2026-11-25 14:00", "2026-11-25 14:00"),
    ("late", CHINA, "2026-11-25 20:30", "2026-11-26 08:30"),
    ("in the night", CHINA, "2026-11-25 23:00", "2026-11-26 08:30"),
    ("after midnight", CHINA, "2026-11-26 03:00", "2026-11-26 08:30"),
    ("where it is quiet for longer", NIGHT_SHIFT, "2026-11-25 21:00", "2026-11-26 09:15"),
]


@pytest.mark.parametrize(("label", "hours", "moment", "called"), CALLABLE)
def test_people_are_called_by_day(
    label: str, hours: ServiceHours, moment: str, called: str
) -> None:
    assert hours.when_callable(at(moment)) == at(called), label


@pytest.mark.parametrize(("label", "hours", "moment", "awake"), AWAKE)
def test_news_wait_for_the_morning(
    label: str, hours: ServiceHours, moment: str, awake: str
) -> None:
    assert hours.when_awake(at(moment)) == at(awake), label


@pytest.mark.parametrize(
    ("moment", "there"),
    [
        ("2026-11-25 10:00", True),
        ("2026-11-25 12:30", False),
        ("2026-11-25 17:30", False),
        ("2026-11-28 10:00", False),
        ("2026-02-28 10:00", True),
        ("2026-02-17 10:00", False),
    ],
)
def test_who_is_there(moment: str, there: bool) -> None:  # noqa: FBT001  a column of the table
    assert NOON.open_at(at(moment)) is there


def test_so_long_before_a_limit_but_not_before_its_start() -> None:
    start, due = at("2026-11-27 16:30"), at("2026-11-30 11:30")
    assert CHINA.before(due, 1.0, since=start) == at("2026-11-30 10:30")
    assert CHINA.before(due, 3.5, since=start) == at("2026-11-27 17:00")
    assert CHINA.before(due, 99.0, since=start) == start


def test_a_week_without_a_working_day_is_refused() -> None:
    with pytest.raises(ValueError, match="working day"):
        Calendar(weekdays=frozenset())


moments = st.datetimes(datetime(2025, 12, 1), datetime(2027, 2, 28)).map(  # noqa: DTZ001  given a zone here
    lambda naive: naive.replace(microsecond=0, tzinfo=UTC)
)
spans = st.integers(0, 60 * 200).map(lambda minutes: minutes / 60)
some_hours = st.sampled_from([CHINA, NOON, DAILY])


@given(some_hours, moments, spans, spans)
def test_more_hours_never_end_earlier(
    hours: ServiceHours, start: datetime, one: float, other: float
) -> None:
    less, more = sorted((one, other))
    assert start <= hours.after(start, less) <= hours.after(start, more)


@given(some_hours, moments, spans)
def test_between_is_the_inverse_of_after(hours: ServiceHours, start: datetime, span: float) -> None:
    assert hours.between(start, hours.after(start, span)) == pytest.approx(span)


@given(some_hours, moments, moments, moments)
def test_a_way_is_as_long_as_its_parts(
    hours: ServiceHours, one: datetime, two: datetime, three: datetime
) -> None:
    first, middle, last = sorted((one, two, three))
    parts = hours.between(first, middle) + hours.between(middle, last)
    assert hours.between(first, last) == pytest.approx(parts)


@given(some_hours, moments, spans)
def test_no_limit_falls_into_closed_time(hours: ServiceHours, start: datetime, span: float) -> None:
    due = hours.after(start, span)
    assert hours.open_at(due) or hours.open_at(due - timedelta(microseconds=1))


@given(some_hours, moments)
def test_nobody_is_there_on_a_day_off(hours: ServiceHours, moment: datetime) -> None:
    if hours.open_at(moment):
        assert hours.calendar.works(moment.astimezone(ZONE).date())


def test_what_is_published_knows_this_year_with_its_make_up_days() -> None:
    calendar = published()
    assert {2025, 2026} <= calendar.years
    assert calendar.works(date(2026, 2, 14))
    assert not calendar.works(date(2026, 2, 16))
