"""The search for how many calls are held: bisecting between what was held and what was not."""

from dataclasses import dataclass, field

FINE = 0.04
"""So near to each other, held and not held, it is known well enough."""
_UP = 1.2
_DOWN = 0.85
"""The ramp has been there: what it found is not far from the truth."""


@dataclass(slots=True)
class Search:
    """Asks for trials from a first guess on; `most` are never exceeded."""

    guess: int
    most: int
    held: int = 0
    failed: int = field(init=False)

    def __post_init__(self) -> None:
        """Nothing has failed yet."""
        self.failed = self.most + 1

    @property
    def next(self) -> int | None:
        """Return how many to try next; None when it is known."""
        if not self.held and self.failed > self.most:
            return self.guess
        if self.failed > self.most:
            more = min(max(self.held + 1, round(self.held * _UP)), self.most)
            return more if more > self.held else None
        if not self.held:
            return max(1, int(self.failed * _DOWN)) if self.failed > 1 else None
        middle = (self.held + self.failed) // 2
        near = self.failed - self.held <= max(1, round(self.failed * FINE))
        return None if near or middle == self.held else middle

    def tried(self, calls: int, *, held: bool) -> None:
        """Learn how a trial went."""
        if held:
            self.held = max(self.held, calls)
        else:
            self.failed = min(self.failed, calls)
            self.held = self.held if self.held < calls else 0
