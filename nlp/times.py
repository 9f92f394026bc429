"""Times in words: 昨天半夜, 每天早上七点, 上礼拜三下午; and when that is, seen from a message.

Places are to be taken out first: 3号楼 holds 3号, which is a day as well.
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from nlp.time_words import TIME


class Shape(StrEnum):
    """What a time is: one moment, a stretch, or something that comes again."""

    POINT = "point"
    RANGE = "range"
    RECURRENCE = "recurrence"


@dataclass(frozen=True, slots=True)
class When:
    """A time as it was said, and what it means as far as that is certain.

    A point begins and ends at the same moment, a range does not. A recurrence has neither, and
    what nobody can know (下班以后) has neither as well.
    """

    words: str
    shape: Shape
    begins: datetime | None = None
    ends: datetime | None = None


def times_in(text: str) -> list[str]:
    """Return the words of all times in the text, in order; places should be blanks in it."""
    return [match.group().strip(",的") for match in TIME.finditer(text)]


def resolved(words: str, said_at: datetime) -> When:
    """Return what the words mean to somebody who says them then, in the time zone of `said_at`."""
    if _AGAIN.search(words):
        return When(words, Shape.RECURRENCE)
    ago = _ago(words, said_at)
    if ago is not None:
        return When(words, Shape.POINT, ago, ago)
    day = _day(words, said_at)
    part = next((hours for said, hours in _PARTS.items() if said in words), None)
    clock = _CLOCK.search(words)
    if day is None and part is None and clock is None:
        return When(words, Shape.RANGE)
    day = said_at if day is None else day
    if clock is not None:
        moment = _at(day, _hour(clock, part), _minute(clock))
        return When(words, Shape.POINT, moment, moment)
    first, last = part or (0, 24)
    return When(words, Shape.RANGE, _at(day, first, 0), _at(day, last, 0))


_AGAIN: Final = re.compile(
    r"每|天天|夜夜|平时|平常|一到|整天|成日|隔三差五|周.到|工作日|上下[学班]|高峰"
)
_DIGITS: Final = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
_CLOCK: Final = re.compile(
    r"(?P<hour>[零一二两三四五六七八九十\d]{1,3})(?:点|:)(?P<minute>半|一刻|三刻|\d{2})?"
)
_MINUTES: Final = {None: 0, "半": 30, "一刻": 15, "三刻": 45}
_DAYS: Final = {
    "大前天": -3,
    "前天": -2,
    "前儿": -2,
    "昨": -1,
    "尋晚": -1,
    "今": 0,
    "明": 1,
    "大后天": 3,
    "后天": 2,
}
_PARTS: Final = {
    "凌晨": (0, 6),
    "后半夜": (24, 30),
    "半夜": (23, 29),
    "三更": (23, 29),
    "夜里": (21, 30),
    "深夜": (22, 27),
    "早": (6, 9),
    "清晨": (5, 8),
    "上午": (8, 12),
    "中午": (11, 14),
    "晌午": (11, 14),
    "下午": (12, 18),
    "后晌": (12, 18),
    "傍晚": (17, 20),
    "晚": (18, 24),
    "白天": (8, 18),
    "夜": (21, 30),
}
"""From the first to the last hour, counted from the beginning of the day that is named."""

_AGO: Final = re.compile(
    r"(?P<many>[一二两三四五六七八九十\d]+)个?多?(?P<unit>小时|钟头|分钟|天|星期|礼拜)以?前"
)
_UNITS: Final = {
    "小时": timedelta(hours=1),
    "钟头": timedelta(hours=1),
    "分钟": timedelta(minutes=1),
    "天": timedelta(days=1),
    "星期": timedelta(weeks=1),
    "礼拜": timedelta(weeks=1),
}
_WEEKDAY: Final = re.compile(
    r"(?P<week>上上|上|下|这|本)?个?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])"
)
_WEEKS: Final = {"上上": -2, "上": -1, "下": 1}
_MONTH_DAY: Final = re.compile(
    r"(?:(?P<month>\d{1,2}|十?[一二三四五六七八九十])月)?(?P<day>\d{1,2}|[二三]?十?[一二三四五六七八九十])[号日]"
)
_NOON: Final = 12


def _ago(words: str, said_at: datetime) -> datetime | None:
    if words.startswith(("刚", "方才")):
        return said_at
    match = _AGO.search(words)
    return match and said_at - _number(match["many"]) * _UNITS[match["unit"]]


def _day(words: str, said_at: datetime) -> datetime | None:
    """Return a moment of the day that is named."""
    week = _WEEKDAY.search(words)
    if week is not None:
        weekday = "一二三四五六日".index(week["day"].replace("天", "日"))
        ahead = timedelta(days=weekday - said_at.weekday(), weeks=_WEEKS.get(week["week"], 0))
        return said_at + ahead
    date = _MONTH_DAY.search(words)
    if date is not None:
        month = _number(date["month"]) if date["month"] else said_at.month
        try:
            return said_at.replace(month=month, day=_number(date["day"]))
        except ValueError:  # 31号 of a short month
            return None
    days = next((days for said, days in _DAYS.items() if said in words), None)
    return None if days is None else said_at + timedelta(days=days)


def _hour(clock: re.Match[str], part: tuple[int, int] | None) -> int:
    """Return the hour: 下午三点 is 15, 半夜三点 is 27, counted from the day that is named."""
    hour = _number(clock["hour"])
    if part is None or hour > _NOON:
        return hour
    first, last = part
    return next((one for one in (hour, hour + 12, hour + 24) if first <= one <= last), hour)


def _minute(clock: re.Match[str]) -> int:
    return _MINUTES.get(clock["minute"]) or int(clock["minute"] or 0)


def _at(day: datetime, hour: int, minute: int) -> datetime:
    midnight = datetime.combine(day.date(), time(), day.tzinfo)
    return midnight + timedelta(hours=hour, minutes=minute)


def _number(words: str) -> int:
    """Read a number below a hundred."""
    if words.isdecimal():
        return int(words)
    tens, ten, ones = words.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)
