"""The table of an initiative, as a table: every edge, and everything that is no edge."""

from datetime import UTC, datetime
from itertools import product

import pytest

from bot.model.case import RefusedError
from bot.model.initiative import (
    ENDED,
    By,
    InitiativeState,
    Move,
    Pledge,
    PledgeKind,
    PledgeState,
    Progress,
    Wish,
    next_initiative_state,
    progress_of,
)

S = InitiativeState

EDGES = {
    (S.DRAFT, Move.SUBMIT, By.AUTHOR): S.SUBMITTED,
    (S.RETURNED, Move.SUBMIT, By.AUTHOR): S.SUBMITTED,
    (S.RETURNED, Move.APPEAL, By.AUTHOR): S.SUBMITTED,
    (S.SUBMITTED, Move.TAKE, By.STAFF): S.IN_REVIEW,
    (S.IN_REVIEW, Move.TAKE, By.STAFF): S.IN_REVIEW,
    (S.IN_REVIEW, Move.PUBLISH, By.STAFF): S.PUBLISHED,
    (S.IN_REVIEW, Move.RETURN, By.STAFF): S.RETURNED,
    (S.PUBLISHED, Move.RETURN, By.STAFF): S.RETURNED,
    (S.GATHERING, Move.RETURN, By.STAFF): S.RETURNED,
    (S.READY, Move.RETURN, By.STAFF): S.RETURNED,
    (S.DECIDED, Move.RETURN, By.STAFF): S.RETURNED,
    (S.IN_PROGRESS, Move.RETURN, By.STAFF): S.RETURNED,
    (S.PUBLISHED, Move.GATHER, By.SYSTEM): S.GATHERING,
    (S.GATHERING, Move.FILL, By.SYSTEM): S.READY,
    (S.READY, Move.DECIDE, By.STAFF): S.DECIDED,
    (S.DECIDED, Move.BEGIN, By.AUTHOR): S.IN_PROGRESS,
    (S.DECIDED, Move.BEGIN, By.STAFF): S.IN_PROGRESS,
    (S.IN_PROGRESS, Move.FINISH, By.STAFF): S.DONE,
    (S.DRAFT, Move.WITHDRAW, By.AUTHOR): S.WITHDRAWN,
    (S.SUBMITTED, Move.WITHDRAW, By.AUTHOR): S.WITHDRAWN,
    (S.IN_REVIEW, Move.WITHDRAW, By.AUTHOR): S.WITHDRAWN,
    (S.RETURNED, Move.WITHDRAW, By.AUTHOR): S.WITHDRAWN,
    (S.PUBLISHED, Move.WITHDRAW, By.AUTHOR): S.WITHDRAWN,
    (S.GATHERING, Move.WITHDRAW, By.AUTHOR): S.WITHDRAWN,
    (S.PUBLISHED, Move.LAPSE, By.SYSTEM): S.LAPSED,
    (S.GATHERING, Move.LAPSE, By.SYSTEM): S.LAPSED,
    (S.PUBLISHED, Move.MERGE, By.STAFF): S.MERGED,
    (S.GATHERING, Move.MERGE, By.STAFF): S.MERGED,
}


@pytest.mark.parametrize(("state", "move", "by"), list(product(InitiativeState, Move, By)))
def test_the_table_leads_on_or_refuses(state: InitiativeState, move: Move, by: By) -> None:
    if (state, move, by) in EDGES:
        assert next_initiative_state(state, move, by) is EDGES[state, move, by]
        return
    with pytest.raises(RefusedError) as refused:
        next_initiative_state(state, move, by)
    somebody_may = any((state, move, other) in EDGES for other in By)
    assert refused.value.reason == ("not_allowed" if somebody_may else "initiative_not_now")


def test_what_ended_is_an_end_and_the_rest_goes_on() -> None:
    assert {state for state, _, _ in EDGES} == set(InitiativeState) - ENDED
    assert set(EDGES.values()) == set(InitiativeState) - {S.DRAFT}


def pledge(person_id: int, kind: PledgeKind, amount: int, state: str = "open") -> Pledge:
    return Pledge(
        id=0, initiative_id=1, person_id=person_id, kind=kind, amount=amount, words="", hold_id="",
        state=PledgeState(state), at=datetime(2027, 3, 1, tzinfo=UTC),
    )  # fmt: skip


H, P, T = PledgeKind

PROGRESS = [
    ("nothing", [], Progress()),
    ("one neighbour with two kinds is one", [pledge(2, H, 3), pledge(2, P, 10)],
     Progress(1, 3, 10, 0)),
    ("what its author gives counts, she herself does not", [pledge(1, H, 3), pledge(2, T, 1)],
     Progress(1, 3, 0, 1)),
    ("what went back is gone", [pledge(2, H, 3, "back"), pledge(3, P, 5)], Progress(1, 0, 5, 0)),
    ("what was given and done still stands", [pledge(2, H, 3, "helped"), pledge(3, P, 5, "given")],
     Progress(2, 3, 5, 0)),
]  # fmt: skip


@pytest.mark.parametrize(("label", "pledges", "expected"), PROGRESS)
def test_what_stands_is_added_up(label: str, pledges: list[Pledge], expected: Progress) -> None:
    assert progress_of(pledges, author_id=1) == expected, label


@pytest.mark.parametrize(
    ("progress", "enough"),
    [
        (Progress(3, 8, 40), True),
        (Progress(2, 8, 40), False),
        (Progress(3, 7, 40), False),
        (Progress(3, 8, 39), False),
    ],
)
def test_enough_takes_people_hours_and_points(progress: Progress, *, enough: bool) -> None:
    assert progress.enough(Wish(hours=8, points=40), people_least=3) is enough
