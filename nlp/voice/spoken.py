"""How a text is read aloud: numbers counted or spelled, codes letter by letter, signs left out."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

_DIGITS: Final = "零一二三四五六七八九"
_SPELLED: Final = "零幺二三四五六七八九"
"""On the telephone one is 幺, which nobody mistakes for seven."""

WORDS: Final = (*_DIGITS, "幺", "两", "十", "百", "千", "万", "点", "杠")
"""What numbers are made of: each can be recorded."""

UNITS: Final = ("号楼", "号", "栋", "幢", "单元", "门", "层", "楼", "室", "户")
"""What stands behind the numbers of a place."""

_POWERS: Final = ((10**8, "亿"), (10**4, "万"), (1_000, "千"), (100, "百"), (10, "十"))
_LONG: Final = 5
_PAUSE: Final = "，"

_SIGNS: Final = re.compile(r"https?://\S+|[“”‘’「」〔〕【】《》()（）\[\]<>_|]")
_KEYS: Final = str.maketrans({"*": "星号", "#": "井号"})
_BREAKS: Final = re.compile(r"[✓●○·•\n\r\t]+")
_PERCENT: Final = re.compile(r"(\d{1,15}(?:\.\d+)?)%")
_DASHED: Final = re.compile(r"(?<=\d)[-－—](?=\d)")

_EMERGENCY: Final = r"1(?:10|19|20|22)(?![\d元块个人号天次件米度]|公斤|小时|分钟)"
_ROOM: Final = r"\d{3,4}(?=室|房|号房)|(?<=[单元楼层杠])\d{3,4}(?!\d|[元块个人天次件米度号])"
_KINDS: Final = {
    "code": r"(?=[A-Z\d]*[A-Z])[A-Z\d]{2,12}(?![A-Za-z\d])",
    "letter": r"[A-Z](?![A-Za-z])",
    "listed": r"\d(?:[，,、] ?\d)+(?!\d)",
    "year": r"\d{4}(?=年)",
    "clock": r"\d{1,2}[:：]\d{2}(?!\d)",
    "decimal": r"\d{1,12}\.\d{1,6}(?![\d.])",
    "spelled": rf"{_EMERGENCY}|{_ROOM}|0\d+|\d{{{_LONG},}}",
    "pair": r"2(?=[点个位次天件户家周年人遍条]|小时|分钟)",
    "counted": r"\d{1,4}",
}
_NUMBER: Final = re.compile(
    r"(?<![A-Za-z\d.])(?:"
    + "|".join(f"(?P<{name}>{pattern})" for name, pattern in _KINDS.items())
    + r")|(?P<minutes>(?<=点)0\d(?=分))"
)


@dataclass(frozen=True, slots=True)
class Run:
    """A part of what is read; of a number each character is a word that can be recorded."""

    text: str
    number: bool = False


def read_aloud(text: str) -> Iterator[Run]:
    """Give the runs of a text as they are spoken: 3号楼 is 三 and 号楼, K4 is K，四."""
    text = _BREAKS.sub(_PAUSE, _SIGNS.sub("", text))
    text = text.translate(_KEYS)
    text = _DASHED.sub("杠", _PERCENT.sub(r"百分之\1", text))
    end = 0
    for match in _NUMBER.finditer(text):
        if match.start() > end:
            yield Run(text[end : match.start()])
        yield Run(_READERS[match.lastgroup or "counted"](match.group()), number=True)
        end = match.end()
    if end < len(text):
        yield Run(text[end:])


def counted(number: int) -> str:
    """Return a number as it is counted: 12 is 十二, 305 is 三百零五."""
    said = _counted(number)
    return said.removeprefix("一") if said.startswith("一十") else said


def _counted(number: int) -> str:
    for power, name in _POWERS:
        if number >= power:
            count, rest = divmod(number, power)
            gap = "零" if 0 < rest < power // 10 else ""
            return _counted(count) + name + (gap + _counted(rest) if rest else "")
    return _DIGITS[number]


def _spelled(number: str) -> str:
    return "".join(_SPELLED[int(digit)] for digit in number)


def _grouped(number: str) -> str:
    """Spell a number; a long one as people do, four at a time from its end, with pauses."""
    if len(number) <= _LONG:
        return _spelled(number)
    starts = sorted({0, *range(len(number) % 4, len(number), 4)})
    ends = [*starts[1:], len(number)]
    return _PAUSE.join(_spelled(number[start:end]) for start, end in zip(starts, ends, strict=True))


def _code(code: str) -> str:
    return _PAUSE.join(
        _SPELLED[int(character)] if character.isdigit() else character for character in code
    )


def _decimal(number: str) -> str:
    whole, _, part = number.partition(".")
    return f"{counted(int(whole))}点{''.join(_DIGITS[int(digit)] for digit in part)}"


def _clock(time: str) -> str:
    hour, minute = (int(part) for part in re.split("[:：]", time))
    said = f"{'两' if hour == 2 else counted(hour)}点"  # noqa: PLR2004  two o'clock is 两点
    return said if minute == 0 else f"{said}{_minutes(f'{minute:02d}')}分"


def _minutes(minutes: str) -> str:
    return f"{'零' if minutes.startswith('0') else ''}{counted(int(minutes))}"


_READERS: Final[dict[str, Callable[[str], str]]] = {
    "code": _code,
    "letter": str,
    "listed": lambda digits: _code("".join(filter(str.isdecimal, digits))),
    "year": lambda year: "".join(_DIGITS[int(digit)] for digit in year),
    "clock": _clock,
    "decimal": _decimal,
    "spelled": _grouped,
    "pair": lambda _: "两",
    "counted": lambda number: counted(int(number)),
    "minutes": _minutes,
}
