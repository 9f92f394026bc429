"""What a message wants, by learned words to which listed phrases add."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from nlp.matter.kinds import Kind
from nlp.tables.weighing import UNIT, WordTable
from nlp.tables.wording import sentence

_WORTH: Final = 2.0
"""Points that a learned weight of one is worth, in a sentence of one character."""

_LEAST: Final = 8.0
"""Below this nothing is known of the words."""

_SURE_LEAD: Final = 20.0
"""From this lead on a guess is sure enough to act on in the middle of a conversation."""

_SAID_LEAST: Final = 2
"""Of a single character nothing is known: 水 is no report."""

_READ: Final = 200
_DANGER: Final = "emergency"
"""What is learned as a danger, and was not judged one, is a matter."""


@dataclass(frozen=True, slots=True)
class Guessed:
    """A kind, and whether it leads clearly."""

    kind: Kind
    sure: bool


class KindGuess:
    """Guesses the kind by the words that were learned from examples."""

    def __init__(self, learned: WordTable) -> None:
        self._learned: Final = learned
        self.kinds: Final = frozenset(map(Kind, learned.labels))

    def kind(self, said: str, hints: Mapping[Kind | None, int]) -> Guessed | None:
        """Return the likeliest kind, None of nothing known; `hints` are points from elsewhere."""
        if not said:
            return None
        spoken = sentence(said[:_READ])
        known = len(said) >= _SAID_LEAST
        worth = _WORTH / UNIT / len(spoken) ** 0.5 if known else 0.0
        points: dict[Kind, float] = {}
        for label, score in self._learned.guesses(spoken):
            kind = Kind.REPORT if label == _DANGER else Kind(label)
            points[kind] = max(points.get(kind, score * worth), score * worth)
        for hinted, more in hints.items():
            if hinted is not None:
                points[hinted] = points.get(hinted, 0.0) + more
        best, second = sorted(points, key=lambda kind: -points[kind])[:2]
        sure = points[best] - points[second] >= _SURE_LEAD
        return Guessed(best, sure) if points[best] >= _LEAST else None
