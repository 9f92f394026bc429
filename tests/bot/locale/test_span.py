"""From when to when, as people say it: the day once where it is one."""

from datetime import UTC, datetime

import pytest

from tests.bot.community import rules

NOW = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)  # ten in the morning there
SPANS = [
    ("within a day", (27, 8, 0), (27, 10, 30), "今天下午4点到晚上6点半"),
    ("past midnight", (27, 14, 0), (27, 17, 0), "今天晚上10点到明天凌晨1点"),
]


@pytest.mark.parametrize(("label", "first", "last", "words"), SPANS)
def test_the_day_is_said_once_where_it_is_one(
    label: str, first: tuple[int, int, int], last: tuple[int, int, int], words: str
) -> None:
    begins, ends = (
        datetime(2026, 11, day, hour, minute, tzinfo=UTC) for day, hour, minute in (first, last)
    )
    assert rules().texts.span(begins, ends, NOW) == words, label
