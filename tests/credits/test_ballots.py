"""What may stand on a ballot, and how it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits.ballots import ABSTAIN, BallotError, Method, Paper, read, write

SINGLE = Paper(Method.SINGLE, 3)
SEVERAL = Paper(Method.SEVERAL, 4, most=2)
APPROVAL = Paper(Method.APPROVAL, 3)
SCORE = Paper(Method.SCORE, 3, most=5)
RANKED = Paper(Method.SCHULZE, 12)

WRITTEN = [
    (SINGLE, (2,), "2"),
    (SEVERAL, (3, 1), "1,3"),
    (APPROVAL, (3, 1, 2), "1,2,3"),
    (SCORE, (5, 0, 3), "5,0,3"),
    (RANKED, (12, 1, 3), "12>1>3"),
    *((paper, (), ABSTAIN) for paper in (SINGLE, SEVERAL, APPROVAL, SCORE, RANKED)),
]


@pytest.mark.parametrize(("paper", "numbers", "choice"), WRITTEN)
def test_a_ballot_has_one_way_to_be_written(
    paper: Paper, numbers: tuple[int, ...], choice: str
) -> None:
    assert write(paper, numbers) == choice
    assert set(read(paper, choice)) == set(numbers)
    assert write(paper, read(paper, choice)) == choice


REFUSED = [
    (SINGLE, (1, 2), "one"),
    (SINGLE, (4,), "option"),
    (SINGLE, (0,), "option"),
    (SEVERAL, (1, 2, 3), "many"),
    (APPROVAL, (2, 2), "twice"),
    (SCORE, (5, 0), "scores"),
    (SCORE, (6, 0, 0), "score"),
    (SCORE, (-1, 0, 0), "score"),
    (RANKED, (1, 2, 1), "twice"),
    (RANKED, (13,), "option"),
]


@pytest.mark.parametrize(("paper", "numbers", "reason"), REFUSED)
def test_what_may_not_be_cast_is_refused(
    paper: Paper, numbers: tuple[int, ...], reason: str
) -> None:
    with pytest.raises(BallotError, match=f"^{reason}$"):
        write(paper, numbers)


ODD = ["", " 2", "02", "2,", "+2", "２", "3,1", "1>2", "1000", "2\n", "--", "a"]


@pytest.mark.parametrize("choice", ODD)
def test_what_has_another_way_to_be_written_is_refused(choice: str) -> None:
    with pytest.raises(BallotError):
        read(APPROVAL, choice)


@given(st.text(max_size=8), st.sampled_from([SINGLE, SEVERAL, APPROVAL, SCORE, RANKED]))
def test_whatever_is_read_is_written_the_same(choice: str, paper: Paper) -> None:
    try:
        numbers = read(paper, choice)
    except BallotError:
        return
    assert write(paper, numbers) == choice


PAPERS = [
    ((Method.SINGLE, 1, 1), "options"),
    ((Method.SINGLE, 21, 1), "options"),
    ((Method.SINGLE, 2, 2), "most"),
    ((Method.SEVERAL, 3, 4), "most"),
    ((Method.SEVERAL, 3, 0), "most"),
    ((Method.SCORE, 3, 11), "most"),
    ((Method.RUNOFF, 3, 3), "most"),
]


@pytest.mark.parametrize(("paper", "reason"), PAPERS)
def test_a_paper_that_nobody_could_vote_on_is_refused(
    paper: tuple[Method, int, int], reason: str
) -> None:
    with pytest.raises(BallotError, match=f"^{reason}$"):
        Paper(*paper)
