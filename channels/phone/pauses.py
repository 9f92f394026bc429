"""When somebody has ended: old people pause, and none pauses like another."""

from collections import deque
from typing import Final

LEAST_SECONDS: Final = 1.5
MOST_SECONDS: Final = 2.5
_A_PAUSE_SECONDS: Final = 0.3
_SPARE: Final = 1.5
_REMEMBERED: Final = 12


class Pauses:
    """How long one caller pauses in the middle of her speech; it is kept for the whole call."""

    def __init__(self) -> None:
        self._seen: deque[float] = deque(maxlen=_REMEMBERED)
        self._patient = False

    def saw(self, seconds: float) -> None:
        """She paused so long, and went on."""
        if seconds >= _A_PAUSE_SECONDS:
            self._seen.append(seconds)

    def cut_short(self) -> None:
        """She went on after we had taken her for done: from now on we wait as long as we may."""
        self._patient = True

    def limit(self, silence_seconds: float) -> float:
        """Return how much silence means that she is done: between 1.5 and 2.5 seconds."""
        if self._patient:
            return MOST_SECONDS
        wanted = max(silence_seconds, _SPARE * max(self._seen, default=0.0))
        return min(max(wanted, LEAST_SECONDS), MOST_SECONDS)
