"""Shifts as people write them."""

from collections.abc import Iterable

import pytest

from bot.model.shifts import ShiftError, Span, read_shifts, shifts_of, spans_of
from bot.model.staff import Shift

READ = [
    ("one day", "1 08:00-17:00", [Shift(0, 480, 1020)]),
    ("days in a row", "1-2 8:00-17:00", [Shift(0, 480, 1020), Shift(1, 480, 1020)]),
    ("single days", "6,7 09:00-12:30", [Shift(5, 540, 750), Shift(6, 540, 750)]),
    ("past midnight", "7 22:00-06:00", [Shift(6, 1320, 1440), Shift(0, 0, 360)]),
    ("until midnight", "3 18:00-24:00", [Shift(2, 1080, 1440)]),
    ("until midnight, as another says it", "3 18:00-00:00", [Shift(2, 1080, 1440)]),
    ("all day", "1 00:00-24:00", [Shift(0, 0, 1440)]),
]


@pytest.mark.parametrize(("label", "text", "expected"), READ)
def test_shifts_are_read(label: str, text: str, expected: list[Shift]) -> None:
    assert list(read_shifts(text)) == expected, label


@pytest.mark.parametrize(
    "text",
    ["", "1-5", "0 08:00-17:00", "8 08:00-17:00", "5-1 08:00-17:00", "1-3-5 08:00-17:00",
     "1 08:60-17:00", "1 08:00-24:30", "周一 08:00-17:00", "1 08:00-17:00 and more"],
)  # fmt: skip
def test_what_is_no_shift_is_refused(text: str) -> None:
    with pytest.raises(ShiftError):
        read_shifts(text)


SPANS = [
    ("a week of days", ["1-5 08:00-17:00"], [(range(5), 480, 1020)]),
    ("nights stay whole", ["1-7 22:00-06:00"], [(range(7), 1320, 360)]),
    ("from Sunday into Monday", ["7 22:00-06:00"], [([6], 1320, 360)]),
    ("until midnight", ["6 16:00-24:00"], [([5], 960, 0)]),
    ("the whole day and the next", ["1-2 00:00-24:00"], [(range(2), 0, 0)]),
    (
        "morning and evening",
        ["3 08:00-12:00", "3 14:00-18:00"],
        [([2], 480, 720), ([2], 840, 1080)],
    ),
    (
        "a night and its day",
        ["1 20:00-04:00", "2 08:00-12:00"],
        [([0], 1200, 240), ([1], 480, 720)],
    ),
    ("nothing", [], []),
]


@pytest.mark.parametrize(("label", "lines", "expected"), SPANS)
def test_shifts_are_said_in_spans_and_come_back(
    label: str, lines: list[str], expected: list[tuple[Iterable[int], int, int]]
) -> None:
    shifts = frozenset(shift for line in lines for shift in read_shifts(line))
    spans = spans_of(shifts)
    assert spans == [Span(frozenset(days), begins, ends) for days, begins, ends in expected], label
    assert frozenset(shift for span in spans for shift in shifts_of(span)) == shifts
