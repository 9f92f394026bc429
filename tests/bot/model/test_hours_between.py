"""How much service time lies between two moments."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.model.hours import ServiceHours

ZONE = ZoneInfo("Asia/Shanghai")

BETWEEN = [
    ("within a day", (25, 9, 0), (25, 11, 30), 2.5),
    ("before it opens", (25, 6, 0), (25, 9, 30), 1.0),
    ("over a night", (25, 16, 30), (26, 9, 30), 2.0),
    ("in the night alone", (25, 20, 0), (26, 7, 0), 0.0),
    ("three days", (25, 8, 30), (27, 17, 30), 27.0),
    ("backwards", (26, 9, 0), (25, 9, 0), 0.0),
]


@pytest.mark.parametrize(("label", "start", "end", "hours"), BETWEEN)
def test_between(
    label: str, start: tuple[int, int, int], end: tuple[int, int, int], hours: float
) -> None:
    first = datetime(2026, 11, *start, tzinfo=ZONE)
    last = datetime(2026, 11, *end, tzinfo=ZONE)
    assert ServiceHours(ZONE).between(first, last) == pytest.approx(hours), label
