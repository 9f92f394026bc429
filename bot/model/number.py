"""Case numbers: four characters that can be said on the phone without mistake."""

from collections.abc import Sequence
from typing import Final

ALPHABET: Final = "2345689ACEFHJKMNPRTUWXY"
"""Without 0/O/D, 1/I/L, 7, B/V, G, Q, S, Z: each is heard or read as another."""

_BASE: Final[int] = len(ALPHABET)
_SPACE: Final = _BASE**4
_STEP: Final = 103_387  # coprime to _SPACE, so neighbours look different and none repeats
_START: Final = 61_723


_DIGITS: Final = 6
_DIGITS_MOST: Final = 12


_STEP_BACK: Final[int] = pow(_STEP, -1, _SPACE)


def case_number(case_id: int) -> str:
    """Return the number of the case: a permutation for the first 279,841, longer after them."""
    round_, place = divmod(case_id, _SPACE)
    value = (_START + place * _STEP) % _SPACE
    digits = [ALPHABET[value // _BASE**power % _BASE] for power in (3, 2, 1, 0)]
    while round_:
        round_, digit = divmod(round_, _BASE)
        digits.append(ALPHABET[digit])
    return "".join(digits)


def spoken_number(case_id: int) -> str:
    """Return the case number in digits alone, for telephones: six, more after many cases."""
    round_, place = divmod(case_id, _SPACE)
    return f"{round_ * _SPACE + (_START + place * _STEP) % _SPACE:0{_DIGITS}d}"


def spoken_case_id(digits: str) -> int | None:
    """Return the id behind digits as somebody said them, or None if it can't be one."""
    if not _DIGITS <= len(digits) <= _DIGITS_MOST or not digits.isdecimal():
        return None
    round_, value = divmod(int(digits), _SPACE)
    return round_ * _SPACE + (value - _START) * _STEP_BACK % _SPACE


def case_id(number: str) -> int | None:
    """Return the id behind a case number as somebody wrote it, or None if it can't be one."""
    digits = [ALPHABET.find(letter) for letter in number.upper()]
    if len(digits) < 4 or min(digits) < 0:  # noqa: PLR2004  four characters make a number
        return None
    value = _read(digits[:4])
    round_ = _read(digits[:3:-1])
    return round_ * _SPACE + (value - _START) * _STEP_BACK % _SPACE


def _read(digits: Sequence[int]) -> int:
    value = 0
    for digit in digits:
        value = value * _BASE + digit
    return value
