"""Ballots by weight: none of a weight that leads to few people."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits.bands import LEAST, Band, banded, line, read
from credits.lines import read as read_line

CASES: list[tuple[str, dict[int, int], dict[int, int]]] = [
    ("nobody", {}, {}),
    ("all weigh the same", {100: 40}, {}),
    ("two weights", {100: 40, 120: 10}, {100: 40, 120: 10}),
    ("too few of the highest", {100: 40, 110: 10, 120: 9}, {100: 40, 110: 19}),
    ("few together are enough", {100: 40, 110: 3, 120: 9}, {100: 40, 110: 12}),
    ("too few of all but one", {100: 40, 120: 9}, {}),
    ("too few of the lowest", {100: 9, 120: 40}, {}),
]


@pytest.mark.parametrize(
    ("weights", "expected"), [one[1:] for one in CASES], ids=[one[0] for one in CASES]
)
def test_weights_of_few_are_put_to_the_next_lower(
    weights: dict[int, int], expected: dict[int, int]
) -> None:
    ballots = [("1", weight) for weight, many in weights.items() for _ in range(many)]
    assert {band.weight: band.ballots for band in banded(ballots)} == expected


@given(st.lists(st.tuples(st.sampled_from("123-"), st.sampled_from([100, 110, 120])), max_size=80))
def test_what_is_told_is_of_at_least_ten_and_of_all(ballots: list[tuple[str, int]]) -> None:
    found = banded(ballots)
    assert all(band.ballots >= LEAST for band in found)
    if found:
        every = sum((Counter(band.choices) for band in found), Counter[str]())
        assert every == Counter(choice for choice, _ in ballots)
        kept = read_line(line(found).encode(), weighted=list)["weighted"]
        assert read(kept) == found


def test_a_band_counts_its_ballots() -> None:
    assert Band(100, {"1": 2, "-": 1}).ballots == 3
