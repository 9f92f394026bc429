"""Counting: by hand, by another's counter, and what has to hold whatever is cast."""

import json
from collections import Counter
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits.ballots import ABSTAIN, RANKED, BallotError, Method, Paper, write
from credits.tally import count, weigh

VECTORS = json.loads(
    Path(__file__).parent.joinpath("vectors", "pref_voting.json").read_text("utf-8")
)

COUNTED = [
    ("the most votes", (Method.SINGLE, 3, 1), "1 2 2 3 -", (1, 2, 1), (2,)),
    ("a tie is a tie", (Method.SINGLE, 3, 1), "1 2 2 1 3", (2, 2, 1), (1, 2)),
    ("nobody came", (Method.SINGLE, 2, 1), "", (0, 0), ()),
    ("all abstain", (Method.SINGLE, 2, 1), "- -", (0, 0), ()),
    ("several", (Method.SEVERAL, 3, 2), "1,2 2,3 2 -", (1, 3, 1), (2,)),
    ("approval", (Method.APPROVAL, 3, 1), "1,2,3 3 2,3", (1, 2, 3), (3,)),
    ("points", (Method.SCORE, 3, 5), "5,0,3 0,4,3 - 1,1,1", (6, 5, 7), (3,)),
    ("all have nothing", (Method.SCORE, 2, 5), "0,0", (0, 0), ()),
    ("more than half", (Method.RUNOFF, 3, 1), "1>2 1>3 1 2>3", (3, 1, 0), (1,)),
    ("second places tell", (Method.RUNOFF, 3, 1), "1 1 1 1 2>3 2>3 2>3 3>2 3>2", (4, 3, 2), (2,)),
    ("who has equally few leaves together", (Method.RUNOFF, 3, 1), "1 1 2>3 3>2", (2, 1, 1), (1,)),
    ("all the same is a tie", (Method.RUNOFF, 3, 1), "1>2 2>3 3>1", (1, 1, 1), (1, 2, 3)),
    ("nobody is put first", (Method.RUNOFF, 2, 1), "-", (0, 0), ()),
    ("a duel won against each", (Method.SCHULZE, 3, 1), "1>2>3 2>1>3 3>2>1", (1, 2, 0), (2,)),
    ("a ring of three is a tie", (Method.SCHULZE, 3, 1), "1>2>3 2>3>1 3>1>2", (0, 0, 0), (1, 2, 3)),
    ("all abstain from an order", (Method.SCHULZE, 2, 1), "- -", (0, 0), ()),
]


@pytest.mark.parametrize(
    ("paper", "ballots", "totals", "winners"),
    [one[1:] for one in COUNTED],
    ids=[one[0] for one in COUNTED],
)
def test_what_is_counted(
    paper: tuple[Method, int, int], ballots: str, totals: tuple[int, ...], winners: tuple[int, ...]
) -> None:
    tally = count(Paper(*paper), ballots.split())
    assert (tally.totals, tally.winners) == (totals, winners)
    assert (tally.cast, tally.blank) == (len(ballots.split()), ballots.split().count(ABSTAIN))


def test_the_rounds_of_a_run_off_tell_who_left_when() -> None:
    ballots = "1 1 1 1 2>3 2>3 2>3 3>2 3>2"
    assert count(Paper(Method.RUNOFF, 3), ballots.split()).rounds == ((4, 3, 2), (4, 5, None))


def test_an_example_of_schulze_himself() -> None:
    """Forty-five voters, five options: M. Schulze, A new monotonic … election method, 2011."""
    ballots = {
        "1>3>2>5>4": 5, "1>4>5>3>2": 5, "2>5>4>1>3": 8, "3>1>2>5>4": 3,
        "3>1>5>2>4": 7, "3>2>1>4>5": 2, "4>3>5>2>1": 7, "5>2>1>4>3": 8,
    }  # fmt: skip
    tally = weigh(Paper(Method.SCHULZE, 5), ballots)
    assert tally.winners == (5,)
    assert tally.duels[0] == (0, 20, 26, 30, 22)
    assert tally.totals == (3, 1, 2, 0, 4)


@pytest.mark.parametrize("known", VECTORS, ids=lambda one: str(one["number"]))
def test_another_counter_finds_the_same(known: dict[str, Any]) -> None:
    for method in RANKED:
        tally = weigh(Paper(method, known["options"]), known["ballots"])
        assert list(tally.winners) == known[method.value], method


def test_a_ballot_that_is_not_well_formed_is_not_passed_over() -> None:
    with pytest.raises(BallotError):
        count(Paper(Method.SINGLE, 2), ["1", "3"])
    with pytest.raises(BallotError):
        weigh(Paper(Method.SINGLE, 2), {"1": -1})


def _cast(paper: Paper) -> st.SearchStrategy[list[str]]:
    options = list(range(1, paper.options + 1))
    if paper.method is Method.SCORE:
        one = st.lists(st.integers(0, paper.most), min_size=len(options), max_size=len(options))
    else:
        most = {Method.SINGLE: 1, Method.SEVERAL: paper.most}.get(paper.method, len(options))
        one = st.lists(st.sampled_from(options), max_size=most, unique=True)
    return st.lists(one.map(lambda numbers: write(paper, numbers)), max_size=12)


PAPERS = [
    Paper(Method.SINGLE, 4),
    Paper(Method.SEVERAL, 4, most=2),
    Paper(Method.APPROVAL, 4),
    Paper(Method.SCORE, 4, most=3),
    Paper(Method.RUNOFF, 4),
    Paper(Method.SCHULZE, 4),
]


@given(st.data(), st.sampled_from(PAPERS))
def test_neither_the_order_of_ballots_nor_the_names_of_options_matter(
    data: st.DataObject, paper: Paper
) -> None:
    cast = data.draw(_cast(paper))
    tally = count(paper, cast)
    assert count(paper, reversed(cast)) == tally
    names = data.draw(st.sampled_from(list(permutations(range(1, 5)))))
    moved = count(paper, [_renamed(paper, one, names) for one in cast])
    assert set(moved.winners) == {names[one - 1] for one in tally.winners}


@given(st.data(), st.sampled_from(PAPERS), st.integers(1, 5))
def test_if_everybody_counts_as_many_the_same_wins(
    data: st.DataObject, paper: Paper, many: int
) -> None:
    cast = data.draw(_cast(paper))
    weighed = weigh(paper, {one: n * many for one, n in Counter(cast).items()})
    assert weighed.winners == count(paper, cast).winners


@given(st.data(), st.sampled_from(PAPERS))
def test_whoever_is_alone_at_the_top_of_all_ballots_wins(data: st.DataObject, paper: Paper) -> None:
    best = data.draw(st.integers(1, 4))
    numbers = [3 if one == best else 0 for one in range(1, 5)]
    alone = write(paper, numbers if paper.method is Method.SCORE else [best])
    tally = count(paper, [alone] * data.draw(st.integers(1, 5)) + [ABSTAIN])
    assert tally.winners == (best,)


def _renamed(paper: Paper, choice: str, names: tuple[int, ...]) -> str:
    if choice == ABSTAIN:
        return choice
    if paper.method is Method.SCORE:
        points = dict(zip(names, choice.split(","), strict=True))
        return ",".join(points[one] for one in sorted(points))
    split = choice.replace(",", ">").split(">")
    return write(paper, [names[int(one) - 1] for one in split])
