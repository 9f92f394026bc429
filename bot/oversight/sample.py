"""What a sample says of the whole it was drawn from."""

from dataclasses import dataclass
from math import sqrt
from typing import Final

_Z: Final = 1.959964
"""Of a hundred intervals made with it, ninety-five hold the true share."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share as it was found, and the interval that holds the true one (95 %); 0 to 1."""

    found: float
    least: float
    most: float


def share(right: int, of: int) -> Share:
    """Return Wilson's interval (1927), which is sound for small samples; `of` is above 0."""
    if of <= 0 or not 0 <= right <= of:
        raise ValueError(f"{right} of {of} is no share")
    found, square = right / of, _Z * _Z
    whole = 1 + square / of
    middle = (found + square / (2 * of)) / whole
    half = _Z / whole * sqrt(found * (1 - found) / of + square / (4 * of * of))
    return Share(found, max(0.0, middle - half), min(1.0, middle + half))
