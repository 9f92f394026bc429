"""The search for how many calls are held."""

import pytest

from bench.phone_search import Search

SEARCHES = [
    ("the ramp was right", 40, 40, 4),
    ("it is a little more", 40, 47, 4),
    ("it is a little less", 40, 35, 4),
    ("it is half of it", 40, 20, 6),
    ("it is twice as much", 20, 40, 7),
    ("nothing is held", 8, 0, 20),
    ("more is held than is tried", 100, 500, 9),
]


@pytest.mark.parametrize(("label", "guess", "truth", "trials"), SEARCHES)
def test_it_comes_near_the_truth(label: str, guess: int, truth: int, trials: int) -> None:
    search = Search(guess, 120)
    for _ in range(trials):
        calls = search.next
        if calls is None:
            break
        assert 1 <= calls <= 120
        search.tried(calls, held=calls <= truth)
    most = min(truth, 120)
    assert 0.93 * most <= search.held <= most, label


def test_it_ends() -> None:
    search = Search(33, 120)
    asked = []
    while (calls := search.next) is not None:
        asked.append(calls)
        search.tried(calls, held=calls <= 37)
    assert len(set(asked)) == len(asked) <= 6
    assert search.held in {36, 37}
