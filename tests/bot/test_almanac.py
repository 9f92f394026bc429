"""The operator's calendar file: what it changes, and what is said of a wrong one."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.almanac import CalendarError, load_hours

ZONE = ZoneInfo("Asia/Shanghai")

OWN = """
opens = "9:00"
closes = 18:00:00
break = ["12:00", "14:00"]
quiet = ["0:30", "6:00"]
calls = ["9:30", "19:00"]
nap = ["12:30", "14:30"]
weekdays = [1, 2, 3, 4, 5, 6]
[year.2027]
holidays = [2027-01-01]
workdays = [2027-01-03]
"""

WRONG = [
    ("no TOML", "opens =", "not valid TOML"),
    ("an unknown entry", 'opening = "9:00"', "opening must be one of"),
    ("no time", 'opens = "9"', "opens must be a time"),
    ("no such time", 'opens = "25:00"', "opens must be a time"),
    ("a number", "opens = 9", "opens must be a time"),
    ("closed before it opens", 'opens = "18:00"', "closes must be later"),
    ("half a break", 'break = ["12:00"]', "break must be two times"),
    ("a break at night", 'break = ["22:00", "23:00"]', "within the opening hours"),
    ("calls that end before they begin", 'calls = ["20:00", "9:00"]', "calls must be two times"),
    ("a nap that ends before it begins", 'nap = ["14:00", "12:00"]', "nap must be two times"),
    ("a nap all day", 'nap = ["0:00", "23:59"]', "leave time to call"),
    ("quiet hours all day", 'quiet = ["8:00", "21:00"]', "leave time to call"),
    ("no weekday at all", "weekdays = []", "weekdays must be"),
    ("an eighth weekday", "weekdays = [8]", "weekdays must be"),
    ("a year that is none", "[year.next]", "a table such as"),
    ("years as a list", "year = [2027]", "year must be tables"),
    ("a day in quotes", '[year.2027]\nholidays = ["2027-01-01"]', "without quotes"),
    ("a day of another year", "[year.2027]\nholidays = [2028-01-01]", "days of 2027"),
    ("something else in a year", "[year.2027]\nfeasts = []", "holidays and workdays"),
    (
        "both at once",
        "[year.2027]\nholidays = [2027-01-01]\nworkdays = [2027-01-01]",
        "not both",
    ),
]


def test_the_file_sets_hours_and_years() -> None:
    hours = load_hours(ZONE, OWN)
    assert (hours.opens, hours.closes, hours.quiet_from) == (time(9), time(18), time(0, 30))
    calendar = hours.calendar
    days = [date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3), date(2027, 1, 10)]
    assert [calendar.works(day) for day in days] == [False, True, True, False]
    assert 2027 in calendar.years
    assert not calendar.works(date(2026, 10, 1)), "years it does not name stay as published"


def test_the_file_says_when_people_may_be_called() -> None:
    hours = load_hours(ZONE, OWN)
    at_noon = datetime(2026, 11, 25, 13, 0, tzinfo=ZONE)
    assert hours.when_callable(at_noon) == at_noon.replace(hour=14, minute=30)
    assert hours.when_callable(at_noon.replace(hour=8)) == at_noon.replace(hour=9, minute=30)


def test_a_year_in_the_file_replaces_what_is_published() -> None:
    calendar = load_hours(ZONE, "[year.2026]").calendar
    assert calendar.works(date(2026, 10, 1))
    assert not calendar.works(date(2025, 10, 1))


def test_quiet_hours_may_begin_after_midnight() -> None:
    hours = load_hours(ZONE, OWN)
    midnight = datetime(2026, 11, 25, 0, 10, tzinfo=ZONE)
    assert hours.when_awake(midnight) == midnight
    one = midnight.replace(hour=1)
    assert hours.when_awake(one) == one.replace(hour=6, minute=0)


@pytest.mark.parametrize(("label", "text", "said"), WRONG)
def test_a_wrong_file_is_named(label: str, text: str, said: str) -> None:
    with pytest.raises(CalendarError, match="the calendar file") as wrong:
        load_hours(ZONE, text)
    assert said in str(wrong.value), label
