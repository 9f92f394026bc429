"""The table of transitions, as a table."""

import pytest

from bot.model.case import DUTIES, TRANSITIONS, Party, RefusedError, State, Trigger, next_state

ENDS = {State.ARCHIVED, State.MERGED, State.OUT_OF_SCOPE, State.WITHDRAWN}

CHAIN = [
    (
        "a case is found and given to somebody",
        State.FOUND,
        Trigger.ASSIGN,
        Party.SYSTEM,
        State.ASSIGNED,
    ),
    ("a dispatcher gives it", State.FOUND, Trigger.ASSIGN, Party.DISPATCHER, State.ASSIGNED),
    ("a worker takes it", State.FOUND, Trigger.TAKE, Party.HANDLER, State.ASSIGNED),
    ("the worker is there", State.ASSIGNED, Trigger.ARRIVE, Party.HANDLER, State.ON_SITE),
    ("it is solved on site", State.ON_SITE, Trigger.RESOLVE, Party.HANDLER, State.FOLLOW_UP),
    ("it is solved by telephone", State.ASSIGNED, Trigger.RESOLVE, Party.HANDLER, State.FOLLOW_UP),
    ("the reporter confirms", State.FOLLOW_UP, Trigger.CONFIRM, Party.REPORTER, State.ARCHIVED),
    ("nobody answers", State.FOLLOW_UP, Trigger.LAPSE, Party.SYSTEM, State.ARCHIVED),
    ("it is not solved", State.FOLLOW_UP, Trigger.DISPUTE, Party.REPORTER, State.REOPENED),
    ("it broke again", State.ARCHIVED, Trigger.DISPUTE, Party.REPORTER, State.REOPENED),
    ("it is ours after all", State.OUT_OF_SCOPE, Trigger.DISPUTE, Party.REPORTER, State.REOPENED),
    ("it is given again", State.REOPENED, Trigger.ASSIGN, Party.SYSTEM, State.ASSIGNED),
    ("a colleague takes over", State.ON_SITE, Trigger.HAND_OVER, Party.HANDLER, State.ASSIGNED),
    (
        "it is somebody else's business",
        State.FOUND,
        Trigger.REDIRECT,
        Party.SYSTEM,
        State.OUT_OF_SCOPE,
    ),
    ("two are one", State.ASSIGNED, Trigger.MERGE, Party.DISPATCHER, State.MERGED),
    ("she takes it back", State.ON_SITE, Trigger.WITHDRAW, Party.REPORTER, State.WITHDRAWN),
]

REFUSED = [
    ("a reporter can't close", State.ON_SITE, Trigger.RESOLVE, Party.REPORTER, "not_yours"),
    ("staff can't confirm for her", State.FOLLOW_UP, Trigger.CONFIRM, Party.HANDLER, "not_yours"),
    (
        "nothing is confirmed before it is solved",
        State.ASSIGNED,
        Trigger.CONFIRM,
        Party.REPORTER,
        "not_now",
    ),
    ("an end is an end", State.WITHDRAWN, Trigger.TAKE, Party.HANDLER, "not_now"),
    ("a merged case goes on elsewhere", State.MERGED, Trigger.RESOLVE, Party.HANDLER, "not_now"),
    ("confirmed once", State.ARCHIVED, Trigger.CONFIRM, Party.REPORTER, "not_now"),
]


@pytest.mark.parametrize(("label", "state", "trigger", "party", "target"), CHAIN)
def test_the_table_leads_on(
    label: str, state: State, trigger: Trigger, party: Party, target: State
) -> None:
    assert next_state(state, trigger, party) is target, label


@pytest.mark.parametrize(("label", "state", "trigger", "party", "reason"), REFUSED)
def test_the_table_refuses(
    label: str, state: State, trigger: Trigger, party: Party, reason: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        next_state(state, trigger, party)
    assert refused.value.reason == reason, label


def test_every_state_can_be_reached_and_every_open_one_has_a_duty() -> None:
    reached = {State.FOUND} | {row.target for row in TRANSITIONS}
    assert reached == set(State)
    assert set(DUTIES) == set(State) - ENDS


def test_every_open_state_can_be_left() -> None:
    left = {state for row in TRANSITIONS for state in row.sources}
    assert left >= set(DUTIES)
