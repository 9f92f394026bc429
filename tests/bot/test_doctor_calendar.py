"""doctor looks ahead: is the coming year's calendar known?"""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.app import make_texts
from bot.console.doctor import calendar
from bot.console.finding import Finding
from bot.model.hours import Calendar, ServiceHours
from bot.settings import Settings

ZONE = ZoneInfo("Asia/Shanghai")
TEXTS = make_texts(Settings())


def found(subject: str, level: str, key: str, **values: object) -> Finding:
    return Finding(subject, level, TEXTS.say(f"console.doctor.{key}", **values))


@pytest.mark.parametrize(
    ("day", "known", "level", "year"),
    [
        ((2026, 10, 1), {2025, 2026}, "ok", "2026"),
        ((2026, 11, 20), {2025, 2026}, "advice", "2027"),
        ((2026, 11, 20), {2026, 2027}, "ok", "2027"),
        ((2027, 3, 1), {2025, 2026}, "advice", "2027"),
    ],
)
def test_a_year_that_is_near_and_unknown_is_told(
    day: tuple[int, int, int], known: set[int], level: str, year: str
) -> None:
    hours = ServiceHours(ZONE, calendar=Calendar(years=frozenset(known)))
    finding = calendar(hours, datetime(*day, 12, tzinfo=ZONE), found)
    assert (finding.level, year in finding.words) == (level, True)
