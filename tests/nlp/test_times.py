"""Times as people say them, seen from the moment of the message: Thursday, 26 November, 15:20."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from nlp.times import Shape, resolved, times_in

ZONE = ZoneInfo("Asia/Shanghai")
SAID_AT = datetime(2026, 11, 26, 15, 20, tzinfo=ZONE)

FOUND = [
    ("昨天半夜有人撬门", ["昨天半夜"]),
    ("每天早上七点开始吵", ["每天早上七点"]),
    ("上礼拜三下午报的,到今天没人来", ["上礼拜三下午", "今天"]),
    ("下午3点到5点停水", ["下午3点到5点"]),
    ("刚才停电", ["刚才"]),
    ("快一点来", []),
    ("一点都不好", []),
    ("等了三个人", []),
    ("电梯坏了", []),
    ("楼上半夜还在拖椅子", ["半夜"]),
    ("车上半夜总响", ["半夜"]),
    ("楼下半夜打麻将", ["半夜"]),
    ("昨天上半夜没电", ["昨天上半夜"]),
    ("上半夜还好,下半夜漏得厉害", ["上半夜", "下半夜"]),
]

MEANT = [
    ("昨天下午三点", "11-25 15:00", "11-25 15:00"),
    ("昨天半夜", "11-25 23:00", "11-26 05:00"),
    ("前天半夜三点多", "11-25 03:00", "11-25 03:00"),
    ("今早", "11-26 06:00", "11-26 09:00"),
    ("上礼拜三下午", "11-18 12:00", "11-18 18:00"),
    ("周一早上八点半", "11-23 08:30", "11-23 08:30"),
    ("下个星期一早上九点", "11-30 09:00", "11-30 09:00"),
    ("下午3点", "11-26 15:00", "11-26 15:00"),
    ("21号下午一点半", "11-21 13:30", "11-21 13:30"),
    ("十月一号", "10-01 00:00", "10-02 00:00"),
    ("昨晚", "11-25 18:00", "11-26 00:00"),
    ("三个小时前", "11-26 12:20", "11-26 12:20"),
    ("刚才", "11-26 15:20", "11-26 15:20"),
    ("两天前", "11-24 15:20", "11-24 15:20"),
    ("今天", "11-26 00:00", "11-27 00:00"),
    ("21:45", "11-26 21:45", "11-26 21:45"),
]

UNKNOWN = [
    ("每天早上七点", Shape.RECURRENCE),
    ("天天", Shape.RECURRENCE),
    ("工作日白天", Shape.RECURRENCE),
    ("周一到周五早上八点", Shape.RECURRENCE),
    ("下班以后", Shape.RANGE),
    ("暑假", Shape.RANGE),
    ("31号", Shape.RANGE),
]


@pytest.mark.parametrize(("text", "words"), FOUND)
def test_times_are_found(text: str, words: list[str]) -> None:
    assert times_in(text) == words


@pytest.mark.parametrize(("words", "begins", "ends"), MEANT)
def test_what_is_meant(words: str, begins: str, ends: str) -> None:
    when = resolved(words, SAID_AT)

    assert when.begins is not None
    assert when.ends is not None
    assert (f"{when.begins:%m-%d %H:%M}", f"{when.ends:%m-%d %H:%M}") == (begins, ends)
    assert when.shape is (Shape.POINT if begins == ends else Shape.RANGE)
    assert when.begins.tzinfo is ZONE


@pytest.mark.parametrize(("words", "shape"), UNKNOWN)
def test_what_has_no_moment(words: str, shape: Shape) -> None:
    when = resolved(words, SAID_AT)

    assert (when.shape, when.begins, when.ends) == (shape, None, None)
