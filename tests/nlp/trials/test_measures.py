"""Figures over what was wanted and found, against ones reckoned by hand."""

import pytest

from nlp.learning.folds import FOLDS, blocked, grouped
from nlp.learning.labelled import Labelled
from nlp.trials.measures import Outcome, accuracy, confusions, interval, macro_f1, surest, top_two

FOUND = [
    Outcome("a", "a", "b", 0.9),
    Outcome("a", "b", "a", 0.1),
    Outcome("b", "b", "a", 0.8),
    Outcome("b", "b", "a", 0.7),
]


def test_figures() -> None:
    assert accuracy(FOUND) == 0.75
    assert top_two(FOUND) == 1.0
    assert macro_f1(FOUND) == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert accuracy(surest(FOUND, 0.75)) == 1.0
    assert confusions(FOUND) == [("a", "b", 1)]


def test_the_figure_lies_in_its_interval() -> None:
    low, high = interval(FOUND * 10, accuracy)
    assert low <= 0.75 <= high


def test_near_duplicates_stay_together() -> None:
    examples = [Labelled("a", "", "x", group=str(number // 3)) for number in range(30)]
    folds = grouped(examples)
    assert set(folds) == set(range(FOLDS))
    assert all(len(set(folds[at : at + 3])) == 1 for at in range(0, 30, 3))


def test_blocks_are_neighbours_of_one_label() -> None:
    examples = [Labelled(label, "", "x") for label in "ab" for _ in range(FOLDS)]
    assert blocked(examples) == [*range(FOLDS)] * 2
