"""Times as people say them, seen from the moment of the message: Thursday, 26 November, 15:20."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.times.grammar import Shape, resolved, times_in

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
    ("昨晚十点到今天早上没水", ["昨晚十点到今天早上"]),
    ("从上周开始没水", ["从上周开始"]),
    ("从年初一到现在没人管", ["从年初一到现在"]),
    ("昨天中午起没水", ["昨天中午起"]),
    ("昨天起床就没水", ["昨天"]),
    ("一连三天没水", ["一连三天"]),
    ("电梯坏了半个月了", ["半个月"]),
    ("连着三四天都有人敲", ["连着三四天"]),
    ("走了一个小时的路", []),
    ("住了十几年了", []),
    ("3天内修好", ["3天内"]),
    ("两年前就坏了", ["两年前"]),
    ("国庆那几天没人管", ["国庆那几天"]),
    ("元旦放假那三天没人管", ["元旦放假那三天"]),
    ("每个周末晚上放电影", ["每个周末晚上"]),
    ("一到夏天就臭", ["一到夏天"]),
    ("周一到周五早高峰堵死", ["周一到周五早高峰"]),
    ("今朝早上七点停电", ["今朝早上七点"]),
    ("前日下昼没水", ["前日下昼"]),
    ("上周边上那家店", []),
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
    ("昨晚十点到今天早上", "11-25 22:00", "11-26 09:00"),
    ("昨天中午到下午那会儿", "11-25 11:00", "11-25 18:00"),
    ("下午3点到5点", "11-26 15:00", "11-26 17:00"),
    ("昨晚11点到1点", "11-25 23:00", "11-26 01:00"),
    ("昨晚11点到今早6点", "11-25 23:00", "11-26 06:00"),
    ("上礼拜六下午到礼拜天", "11-21 12:00", "11-23 00:00"),
    ("从3号到今天", "11-03 00:00", "11-26 15:20"),
    ("3号到5号", "11-03 00:00", "11-06 00:00"),
    ("周五晚上到周一早上", "11-27 18:00", "11-30 09:00"),
    ("从昨天早上到现在", "11-25 06:00", "11-26 15:20"),
    ("上周", "11-16 00:00", "11-23 00:00"),
    ("上个周末", "11-21 00:00", "11-23 00:00"),
    ("上个月", "10-01 00:00", "11-01 00:00"),
    ("国庆那几天", "10-01 00:00", "10-08 00:00"),
    ("元旦", "01-01 00:00", "01-04 00:00"),
    ("半夜两点到四点", "11-26 02:00", "11-26 04:00"),
    ("半夜", "11-25 23:00", "11-26 05:00"),
    ("凌晨两三点", "11-26 02:00", "11-26 02:00"),
    ("上周五到今天", "11-20 00:00", "11-26 15:20"),
    ("下周一到下周三", "11-30 00:00", "12-03 00:00"),
]

ONWARD = [
    ("从上周开始", "11-16 00:00"),
    ("昨晚10点起", "11-25 22:00"),
    ("从昨天", "11-25 00:00"),
    ("今天早上七点以后", "11-26 07:00"),
]

LASTING = [
    ("一连三天", "11-23 00:00"),
    ("半个月", "11-11 00:00"),
    ("两个小时", "11-26 13:20"),
    ("三个晚上", "11-23 00:00"),
]

AGAIN = [
    ("每天早上七点", "11-27 07:00", "11-27 07:00"),
    ("每天早上七点到九点", "11-27 07:00", "11-27 09:00"),
    ("每晚11点-1点", "11-26 23:00", "11-27 01:00"),
    ("天天半夜", "11-26 23:00", "11-27 05:00"),
    ("每个周六", "11-28 00:00", "11-29 00:00"),
    ("每周四下午三点", "12-03 15:00", "12-03 15:00"),
]

UNKNOWN = [
    ("天天", Shape.RECURRENCE),
    ("每月5号", Shape.RECURRENCE),
    ("一到夏天", Shape.RECURRENCE),
    ("工作日白天", Shape.RECURRENCE),
    ("周一到周五早上八点", Shape.RECURRENCE),
    ("下班以后", Shape.RANGE),
    ("暑假", Shape.RANGE),
    ("31号", Shape.RANGE),
    ("端午前", Shape.RANGE),
    ("国庆前", Shape.RANGE),
    ("好几天", Shape.RANGE),
    ("两三天", Shape.DURATION),
    ("几天", Shape.DURATION),
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


@pytest.mark.parametrize(("words", "begins"), ONWARD)
def test_what_goes_on(words: str, begins: str) -> None:
    when = resolved(words, SAID_AT)

    assert when.begins is not None
    assert (when.shape, f"{when.begins:%m-%d %H:%M}", when.ends) == (Shape.RANGE, begins, None)


@pytest.mark.parametrize(("words", "begins"), LASTING)
def test_how_long_it_lasts(words: str, begins: str) -> None:
    when = resolved(words, SAID_AT)

    assert when.begins is not None
    assert (when.shape, f"{when.begins:%m-%d %H:%M}", when.ends) == (Shape.DURATION, begins, None)


@pytest.mark.parametrize(("words", "begins", "ends"), AGAIN)
def test_what_comes_again_has_its_next_time(words: str, begins: str, ends: str) -> None:
    when = resolved(words, SAID_AT)

    assert when.begins is not None
    assert when.ends is not None
    assert when.shape is Shape.RECURRENCE
    assert (f"{when.begins:%m-%d %H:%M}", f"{when.ends:%m-%d %H:%M}") == (begins, ends)


@given(
    st.text(
        alphabet="昨今明天早晚上中下午半夜每周一二三十日号月年到从起开始点个礼拜国庆0123456789:-",
        max_size=24,
    )
)
def test_whatever_is_said_ends_after_it_begins(text: str) -> None:
    for words in times_in(text):
        when = resolved(words, SAID_AT)
        assert when.begins is None or when.ends is None or when.begins <= when.ends
