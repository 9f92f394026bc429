"""Shifts as people write them: `1-5 08:00-17:00`, `6,7 09:00-12:00`, `1-7 22:00-06:00`."""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Span:
    """The same hours on some days; those that end before they begin go on into the next day.

    Days count from Monday, 0. Minutes are those of the day; `ends` is 0 at midnight.
    """

    days: frozenset[int]
    begins: int
    ends: int


def shifts_of(span: Span) -> frozenset[Shift]:
    """Return the span day by day."""
    return frozenset(
        shift for day in span.days for shift in _of_day(day, span.begins, span.ends % _DAY_MINUTES)
    )


def spans_of(shifts: Iterable[Shift]) -> Sequence[Span]:
    """Return the shifts as people say them: days of the same hours together, nights whole."""
    left = set(shifts)
    days: dict[tuple[int, int], set[int]] = {}
    for shift in sorted(left, key=lambda one: (-one.until_minute, one.weekday, one.from_minute)):
        if shift not in left:
            continue
        left.discard(shift)
        morning = _morning_after(shift, left)
        left.discard(morning or shift)
        ends = morning.until_minute if morning else shift.until_minute % _DAY_MINUTES
        days.setdefault((shift.from_minute, ends), set()).add(shift.weekday)
    spans = [Span(frozenset(on), begins, ends) for (begins, ends), on in days.items()]
    return sorted(spans, key=lambda one: (min(one.days), one.begins))


def _morning_after(shift: Shift, left: AbstractSet[Shift]) -> Shift | None:
    if shift.until_minute != _DAY_MINUTES or shift.from_minute == 0:
        return None
    for other in left:
        goes_on = other.weekday == (shift.weekday + 1) % 7 and other.from_minute == 0
        if goes_on and other.until_minute < shift.from_minute:
            return other
    return None
