"""Times in words: 昨天半夜, 每天早上七点, 上礼拜三下午; and when that is, seen from a message.

Places are to be taken out first: 3号楼 holds 3号, which is a day as well.
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from nlp.times.words import TIME


class Shape(StrEnum):
    """What a time is: a moment, a stretch, how long it lasts already, or what comes again."""

    POINT = "point"
    RANGE = "range"
    DURATION = "duration"
    RECURRENCE = "recurrence"


@dataclass(frozen=True, slots=True)
class When:
    """A time as it was said, and what it means as far as that is certain.

    A point begins and ends at the same moment, a range does not; one that goes on has no end, and
    a duration began about then. A recurrence has the next of its times. What nobody can know
    (下班以后) has neither.
    """

    words: str
    shape: Shape
    begins: datetime | None = None
    ends: datetime | None = None


def times_in(text: str) -> list[str]:
    """Return the words of all times in the text, in order; places should be blanks in it."""
    return [match.group().strip(",的") for match in TIME.finditer(text)]


def without_times(text: str) -> str:
    """Return what the text says besides times."""
    return TIME.sub("", text)


def resolved(words: str, said_at: datetime) -> When:
    """Return what the words mean to somebody who says them then, in the time zone of `said_at`."""
    if _AGAIN.search(words):
        return When(words, Shape.RECURRENCE, *(_next_time(words, said_at) or ()))
    ago = _ago(words, said_at)
    if ago is not None:
        return When(words, Shape.POINT, ago, ago)
    return _lasting(words, said_at) or _stretch(words, said_at)


_AGAIN: Final = re.compile(
    r"每|天天|夜夜|平时|平常|(?<![周期拜])一到|整天|成日|隔三差五|(?<![上下这本])周.到|工作日"
    r"|上下[学班]|高峰|[早中晚午]饭|接送"
)
_TO: Final = re.compile(r"[到至~—-](?=.)")
_UNTIL_NOW: Final = re.compile(r"至今$")
_ONWARD: Final = re.compile(r"^(?:从|自从|打)|(?:开始|以来|以后|之后|过后|起)$")
_NOW: Final = frozenset({"", "今", "现在", "如今", "而今", "目前", "这会儿", "今天", "今日"})
_DIGITS: Final = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
_CLOCK: Final = re.compile(
    r"(?P<hour>[零一二两三四五六七八九十\d]{1,3})(?:点|:)(?P<minute>半|一刻|三刻|\d{2})?"
)
_MINUTES: Final = {None: 0, "半": 30, "一刻": 15, "三刻": 45}
_DAYS: Final = {
    "大前天": -3,
    "前天": -2,
    "前日": -2,
    "前儿": -2,
    "昨": -1,
    "尋晚": -1,
    "琴": -1,
    "今": 0,
    "明": 1,
    "听日": 1,
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
    "下昼": (12, 18),
    "上昼": (8, 12),
    "后晌": (12, 18),
    "傍晚": (17, 20),
    "晚": (18, 24),
    "白天": (8, 18),
    "夜": (21, 30),
}
"""From the first to the last hour, counted from the beginning of the day that is named."""

_WEEKLY: Final = re.compile(r"每个?(?:周|星期|礼拜)[一二三四五六日天末](?![到至])")
_DAILY: Final = re.compile(r"每[天日晚早夜]|天天|夜夜")
_AGO: Final = re.compile(
    r"(?P<many>[一二两三四五六七八九十\d]+)个?多?(?P<unit>小时|钟头|分钟|天|星期|礼拜)以?前"
)
_UNITS: Final = {
    "分钟": timedelta(minutes=1),
    "小时": timedelta(hours=1),
    "钟头": timedelta(hours=1),
    "天": timedelta(days=1),
    "宿": timedelta(days=1),
    "晚上": timedelta(days=1),
    "周": timedelta(weeks=1),
    "星期": timedelta(weeks=1),
    "礼拜": timedelta(weeks=1),
    "月": timedelta(days=30),
    "年": timedelta(days=365),
}
_WEEKDAY: Final = re.compile(
    r"(?P<week>上上|上|下|这|本)?个?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])"
)
_WEEKS: Final = {"上上": -2, "上": -1, "下": 1}
_MONTH_DAY: Final = re.compile(
    r"(?:(?P<month>\d{1,2}|十?[一二三四五六七八九十])月)?(?P<day>\d{1,2}|[二三]?十?[一二三四五六七八九十])[号日]"
)
_LASTING: Final = re.compile(
    r"(?:一连|接连|连续|连着|整整|快|将近|差不多)?(?P<many>十几|几十|[一二两俩三四五六七八九十几半\d]{1,3})(?:来|个)?多?"
    r"(?P<unit>小时|钟头|天|宿|晚上|周|星期|礼拜|月|年)"
)
_UNCERTAIN: Final = re.compile(r"几|[一二两三四五六七八九]{2}")
_HALF: Final = "半"
_WEEK: Final = re.compile(
    r"(?P<week>上上|上|下|这|本)?(?:一个|个)?(?:周|星期|礼拜)(?P<end>末)?(?![一二三四五六日天])"
)
_MONTH: Final = re.compile(r"(?P<which>上|这|本|下)个?月")
_HOLIDAYS: Final = {"元旦": (1, 3), "五一": (5, 5), "国庆": (10, 7)}
"""The month on whose first day each begins, and how many days it lasts."""

_AROUND: Final = re.compile(r"[前后]$")
_NOON: Final = 12
_MIDNIGHT: Final = 24
_SATURDAY: Final = 5
_HALF_DAY: Final = timedelta(hours=12)


def _stretch(words: str, said_at: datetime) -> When:
    first, *last = _TO.split(words, 1)
    begins, ends = _span(first, said_at) or (None, None)
    if begins is not None and (last or _UNTIL_NOW.search(words)):
        ends = _until(last[0] if last else "", begins, said_at)
    elif _ONWARD.search(words):
        ends = None
    moment = begins is not None and begins == ends
    return When(words, Shape.POINT if moment else Shape.RANGE, begins, ends)


def _span(
    words: str, said_at: datetime, *, day: datetime | None = None
) -> tuple[datetime, datetime] | None:
    """Return from when to when the words mean: twice the same for a moment.

    What names no day is on `day`; a night without one is the last that has begun.
    """
    named = _day(words, said_at, near=day or said_at)
    part, clock = _part(words), _CLOCK.search(words)
    if named is None and part is None and clock is None:
        return _days(words, said_at)
    on = named or day or said_at
    if clock is not None:
        moment = _at(on, _hour(clock, part), _minute(clock))
        begins, ends = moment, moment
    else:
        first, last = part or (0, 24)
        begins, ends = _at(on, first, 0), _at(on, last, 0)
    if part is not None and part[1] > _MIDNIGHT and not (named or day) and begins > said_at:
        return begins - timedelta(days=1), ends - timedelta(days=1)
    return begins, ends


def _until(words: str, begins: datetime, said_at: datetime) -> datetime | None:
    """Return the end of what began then: 到下午 is of the same day, 到一点 behind it."""
    if words in _NOW:
        return max(begins, said_at)
    found = _span(words, said_at, day=begins)
    if found is None:
        return None
    _, ends = found
    step = timedelta(weeks=1) if _WEEKDAY.search(words) else timedelta(days=1)
    if _part(words) is None and _day(words, said_at, near=begins) is None:
        step = _HALF_DAY  # 下午三点到五点
    while ends <= begins:
        ends += step
    return ends


def _days(words: str, said_at: datetime) -> tuple[datetime, datetime] | None:
    """Return the days of a week, a weekend, a month or a holiday."""
    today = _at(said_at, 0, 0)
    week = _WEEK.search(words)
    if week is not None and (week["week"] or week["end"]):
        monday = today - timedelta(days=today.weekday())
        monday += timedelta(weeks=_WEEKS.get(week["week"], 0))
        return monday + timedelta(days=_SATURDAY if week["end"] else 0), monday + timedelta(days=7)
    month = _MONTH.search(words)
    if month is not None:
        first = _month_beside(today, _WEEKS.get(month["which"], 0))
        return first, _month_beside(first, 1)
    holiday = next((days for name, days in _HOLIDAYS.items() if name in words), None)
    if holiday is None or _AROUND.search(words):
        return None
    month_of, days = holiday
    years = (today.year - 1, today.year, today.year + 1)
    begins = min(
        (today.replace(year=one, month=month_of, day=1) for one in years),
        key=lambda one: abs(one - today),
    )
    return begins, begins + timedelta(days=days)


def _lasting(words: str, said_at: datetime) -> When | None:
    """Return since when it lasts: 半个月 began two weeks ago, as far as that can be known."""
    match = _LASTING.fullmatch(words)
    if match is None:
        return None
    if _UNCERTAIN.search(match["many"]):
        return When(words, Shape.DURATION)
    many = 0.5 if match["many"] == _HALF else float(_number(match["many"].replace("俩", "两")))
    begins = said_at - many * _UNITS[match["unit"]]
    exact = _UNITS[match["unit"]] < timedelta(days=1)
    return When(words, Shape.DURATION, begins if exact else _at(begins, 0, 0))


def _next_time(words: str, said_at: datetime) -> tuple[datetime, datetime] | None:
    """Return the next time of what comes every day, or on one day of every week."""
    weekly = _WEEKLY.search(words) is not None
    if not weekly and not _DAILY.search(words):
        return None
    if not weekly and _part(words) is None and _CLOCK.search(words) is None:
        return None
    first, *last = _TO.split(words, 1)
    found = _span(first, said_at)
    if found is None:
        return None
    begins, ends = found
    if last:
        ends = _until(last[0], begins, said_at) or ends
    while begins <= said_at:
        begins, ends = (one + timedelta(days=7 if weekly else 1) for one in (begins, ends))
    return begins, ends


def _ago(words: str, said_at: datetime) -> datetime | None:
    if words.startswith(("刚", "方才")):
        return said_at
    match = _AGO.search(words)
    return match and said_at - _number(match["many"]) * _UNITS[match["unit"]]


def _day(words: str, said_at: datetime, *, near: datetime) -> datetime | None:
    """Return a moment of the day that is named, in the week and the month of `near` if unsaid."""
    week = _WEEKDAY.search(words)
    if week is not None:
        weekday = "一二三四五六日".index(week["day"].replace("天", "日"))
        of = said_at if week["week"] else near
        return of + timedelta(days=weekday - of.weekday(), weeks=_WEEKS.get(week["week"], 0))
    date = _MONTH_DAY.search(words)
    if date is not None:
        month = _number(date["month"]) if date["month"] else near.month
        try:
            return near.replace(month=month, day=_number(date["day"]))
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


def _part(words: str) -> tuple[int, int] | None:
    return next((hours for said, hours in _PARTS.items() if said in words), None)


def _month_beside(day: datetime, many: int) -> datetime:
    """Return the first day of the month so many after that of the day."""
    years, month = divmod(day.month - 1 + many, 12)
    return day.replace(year=day.year + years, month=month + 1, day=1)


def _minute(clock: re.Match[str]) -> int:
    return _MINUTES.get(clock["minute"]) or int(clock["minute"] or 0)


def _at(day: datetime, hour: int, minute: int) -> datetime:
    midnight = datetime.combine(day.date(), time(), day.tzinfo)
    return midnight + timedelta(hours=hour, minutes=minute)


def _number(words: str) -> int:
    """Read a number below a hundred; of two, the lower: 两三点 is two."""
    if words.isdecimal():
        return int(words)
    tens, ten, ones = words.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones[:1], 0)
