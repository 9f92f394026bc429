"""Parting labelled texts so that a table is tried on what it has not learned."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from nlp.learning.labelled import Labelled

FOLDS: Final = 5

Parting = Callable[[Sequence[Labelled]], list[int]]
"""Gives each text the number of its fold."""


def grouped(examples: Sequence[Labelled]) -> list[int]:
    """Keep near-duplicates together; the largest groups go first, each to the emptiest fold."""
    sizes = Counter(one.group for one in examples)
    filled = [0] * FOLDS
    fold_of: dict[str, int] = {}
    for group, size in sizes.most_common():
        fold_of[group] = filled.index(min(filled))
        filled[fold_of[group]] += size
    return [fold_of[one.group] for one in examples]


def blocked(examples: Sequence[Labelled]) -> list[int]:
    """Keep neighbours of a label together: they share topics, so that a fold has new ones."""
    sizes = Counter(one.label for one in examples)
    seen: Counter[str] = Counter()
    folds = []
    for one in examples:
        folds.append(seen[one.label] * FOLDS // sizes[one.label])
        seen[one.label] += 1
    return folds
