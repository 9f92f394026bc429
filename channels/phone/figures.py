"""What is measured of all calls of a process: the newest of each, bounded."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

_KEPT: Final = 20_000


def _newest() -> deque[float]:
    return deque(maxlen=_KEPT)


@dataclass(slots=True)
class Figures:
    """Seconds of waiting, and how often we spoke to who was not done."""

    lags: deque[float] = field(default_factory=_newest)
    """From when a piece of speech should have been there until its words were."""
    answers: deque[float] = field(default_factory=_newest)
    """From when a turn was judged ended until the first sound of the answer went out."""
    cut_short: int = 0


def nearly_all(seconds: Sequence[float]) -> float:
    """Return what 99 of 100 did not exceed; 0 when there is nothing."""
    ordered = sorted(seconds)
    return ordered[int(len(ordered) * 0.99)] if ordered else 0.0
