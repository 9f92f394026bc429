"""From when to when, as people say it: the day once where it is one."""

from datetime import UTC, datetime

import pytest

from tests.bot.community import rules

NOW = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)  # ten in the morning there
SPANS = [
    ("within a day", (27, 8, 0), (27, 10, 30), "今天下午4点到晚上6点半"),
    ("past midnight", (27, 14, 0), (27, 17, 0), "今天晚上10点到明天凌晨1点"),
    ("until midnight", (27, 10, 0), (27, 16, 0), "今天晚上6点到12点"),
    ("within the morning", (27, 1, 30), (27, 3, 4), "今天上午9点半到11点04分"),
]
MOMENTS = [
    ("midnight", (27, 16, 0), "今天晚上12点"),
    ("midnight of yesterday", (26, 16, 0), "昨天晚上12点"),
    ("after midnight", (26, 16, 15), "今天凌晨0点15分"),
    ("before dawn", (26, 20, 59), "今天凌晨4点59分"),
    ("early", (26, 21, 0), "今天早上5点"),
    ("morning", (27, 0, 0), "今天上午8点"),
    ("late in the morning", (27, 3, 4), "今天上午11点04分"),
    ("half an hour before noon", (27, 3, 30), "今天上午11点半"),
    ("noon", (27, 4, 0), "今天中午12点"),
    ("after noon", (27, 4, 59), "今天中午12点59分"),
    ("one o'clock", (27, 5, 0), "今天下午1点"),
    ("end of the afternoon", (27, 9, 59), "今天下午5点59分"),
    ("evening", (27, 10, 0), "今天晚上6点"),
    ("night", (27, 15, 30), "今天晚上11点半"),
]


@pytest.mark.parametrize(("label", "when", "words"), MOMENTS)
def test_a_moment_is_said_by_its_part_of_the_day(
    label: str, when: tuple[int, int, int], words: str
) -> None:
    day, hour, minute = when
    moment = datetime(2026, 11, day, hour, minute, tzinfo=UTC)
    assert rules().texts.moment(moment, NOW) == words, label


@pytest.mark.parametrize(("label", "first", "last", "words"), SPANS)
def test_the_day_is_said_once_where_it_is_one(
    label: str, first: tuple[int, int, int], last: tuple[int, int, int], words: str
) -> None:
    begins, ends = (
        datetime(2026, 11, day, hour, minute, tzinfo=UTC) for day, hour, minute in (first, last)
    )
    assert rules().texts.span(begins, ends, NOW) == words, label
