"""Shifts as people write them: `1-5 08:00-17:00`, `6,7 09:00-12:00`, `1-7 22:00-06:00`."""

import re
from typing import Final

from bot.model.staff import Shift

_FORM: Final = re.compile(
    r"(?P<days>[1-7](?:[-,][1-7])*) +(?P<from>\d{1,2}:\d\d)-(?P<until>\d{1,2}:\d\d)"
)
_DAY_MINUTES: Final = 24 * 60


class ShiftError(ValueError):
    """The text is no shift."""


def read_shifts(text: str) -> tuple[Shift, ...]:
    """Return the shifts of one line: days of the week from Monday, 1, and hours.

    Hours that end before they begin go on into the next day.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise ShiftError(text)
    begins, ends = _minute(found["from"], text), _minute(found["until"], text)
    return tuple(
        shift for day in sorted(_days(found["days"], text)) for shift in _of_day(day, begins, ends)
    )


def _of_day(day: int, begins: int, ends: int) -> list[Shift]:
    if begins < ends:
        return [Shift(day, begins, ends)]
    parts = [Shift(day, begins, _DAY_MINUTES), Shift((day + 1) % 7, 0, ends)]
    return [shift for shift in parts if shift.from_minute < shift.until_minute]


def _days(words: str, text: str) -> set[int]:
    days: set[int] = set()
    for part in words.split(","):
        ends = part.split("-")
        first, last = int(ends[0]) - 1, int(ends[-1]) - 1
        if len(ends) > 2 or first > last:  # noqa: PLR2004  from and until
            raise ShiftError(text)
        days |= set(range(first, last + 1))
    return days


def _minute(clock: str, text: str) -> int:
    hour, minute = (int(part) for part in clock.split(":"))
    if minute > 59 or hour * 60 + minute > _DAY_MINUTES:  # noqa: PLR2004  minutes of an hour
        raise ShiftError(text)
    return hour * 60 + minute
