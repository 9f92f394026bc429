"""How good guesses are: plain figures over labels wanted and labels found."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from nlp.tables.weighing import Guess

_SAMPLES: Final = 200
_OUTER: Final = 0.025


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was wanted, and what was found: the best, the next, and how sure it was."""

    wanted: str
    found: str
    second: str = ""
    margin: float = 0.0

    @property
    def right(self) -> bool:
        """Whether the best was it."""
        return self.wanted == self.found


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """Of one label: how much of what was found is right, and of what was wanted is found."""

    label: str
    wanted: int
    precision: float
    recall: float
    f1: float


Figure = Callable[[Sequence[Outcome]], float]


def outcome(wanted: str, guesses: Sequence[Guess]) -> Outcome:
    """Return what came of it; how sure: the lead of the best, as a share of all that was said."""
    (best, most), (second, next_most), *_ = guesses
    said = sum(score**2 for _, score in guesses) ** 0.5
    return Outcome(wanted, best, second, (most - next_most) / (said or 1))


def accuracy(outcomes: Sequence[Outcome]) -> float:
    """Return the share that is right."""
    return sum(one.right for one in outcomes) / len(outcomes)


def top_two(outcomes: Sequence[Outcome]) -> float:
    """Return the share with the right label among the first two."""
    return sum(one.wanted in (one.found, one.second) for one in outcomes) / len(outcomes)


def by_label(outcomes: Sequence[Outcome]) -> list[LabelFigures]:
    """Return the figures of each label that was wanted or found."""
    wanted = Counter(one.wanted for one in outcomes)
    found = Counter(one.found for one in outcomes)
    right = Counter(one.wanted for one in outcomes if one.right)
    return [
        LabelFigures(
            label,
            wanted[label],
            right[label] / found[label] if found[label] else 0.0,
            right[label] / wanted[label] if wanted[label] else 0.0,
            2 * right[label] / (wanted[label] + found[label]),
        )
        for label in sorted(wanted | found)
    ]


def macro_f1(outcomes: Sequence[Outcome]) -> float:
    """Return the mean over the labels that were wanted."""
    figures = [one.f1 for one in by_label(outcomes) if one.wanted]
    return sum(figures) / len(figures)


def surest(outcomes: Sequence[Outcome], share: float) -> list[Outcome]:
    """Return the share that was most certain."""
    ordered = sorted(outcomes, key=lambda one: -one.margin)
    return ordered[: max(1, round(len(ordered) * share))]


def confusions(outcomes: Sequence[Outcome]) -> list[tuple[str, str, int]]:
    """Return what was taken for what, the most frequent first."""
    pairs = Counter((one.wanted, one.found) for one in outcomes if not one.right)
    return [(wanted, found, times) for (wanted, found), times in pairs.most_common()]


def interval(outcomes: Sequence[Outcome], figure: Figure) -> tuple[float, float]:
    """Return between what the figure lies with 95 %, by drawing the messages anew."""
    lots = Random(0)  # noqa: S311  no secret hangs on it
    drawn = sorted(figure(lots.choices(outcomes, k=len(outcomes))) for _ in range(_SAMPLES))
    return drawn[int(_OUTER * _SAMPLES)], drawn[int((1 - _OUTER) * _SAMPLES)]
