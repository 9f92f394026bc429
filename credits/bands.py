"""An advisory count in which proven acts weigh a little more; it tells nobody's ballot.

Weights are few and coarse, and of each at least ten ballots are published together; where there
are fewer they count as the next lower weight. So a weight leads to ten people, never to one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from credits.ballots import Paper
from credits.lines import write
from credits.tally import Tally, weigh

LEAST: Final = 10
"""Ballots of one weight."""

STEPS: Final = 2
"""Into so many steps what is added at the most is divided."""


@dataclass(frozen=True, slots=True)
class Band:
    """Ballots that weigh the same: how many there are of each choice."""

    weight: int
    choices: Mapping[str, int]

    @property
    def ballots(self) -> int:
        """Return how many there are."""
        return sum(self.choices.values())


def banded(ballots: Iterable[tuple[str, int]]) -> tuple[Band, ...]:
    """Put ballots with their weights together, the lowest weight first.

    Return none where they can't be told apart without leading to somebody.
    """
    by: dict[int, Counter[str]] = {}
    for choice, weight in ballots:
        by.setdefault(weight, Counter())[choice] += 1
    weights = sorted(by)
    for lower, weight in reversed(list(pairwise(weights))):
        if by[weight].total() < LEAST:
            by[lower] += by.pop(weight)
    found = tuple(Band(weight, dict(sorted(by[weight].items()))) for weight in sorted(by))
    return found if len(found) > 1 and found[0].ballots >= LEAST else ()


def weighed(paper: Paper, bands: Sequence[Band]) -> Tally:
    """Count them by their weight; its numbers are sums of weights, not ballots."""
    choices: Counter[str] = Counter()
    for band in bands:
        for choice, many in band.choices.items():
            choices[choice] += many * band.weight
    return weigh(paper, choices)


def line(bands: Sequence[Band]) -> str:
    """Return the line of the file, whose hash is the last leaf."""
    return write({"weighted": [_plain(band) for band in bands]})


def _plain(band: Band) -> dict[str, Any]:
    return {"weight": band.weight, "choices": dict(band.choices)}


def read(kept: Iterable[Mapping[str, Any]]) -> tuple[Band, ...]:
    """Return what `line` has written."""
    return tuple(Band(one["weight"], one["choices"]) for one in kept)
