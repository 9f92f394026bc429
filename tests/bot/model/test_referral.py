"""The table of a referral, as a table: every edge, and everything that is no edge."""

from itertools import product

import pytest

from bot.model.case import RefusedError
from bot.model.referral import LIVE, By, Move, ReferralState, next_referral_state

S = ReferralState

EDGES = {
    (S.SENT, Move.OPEN, By.GUEST): S.OPENED,
    (S.SENT, Move.ACCEPT, By.GUEST): S.ACCEPTED,
    (S.OPENED, Move.ACCEPT, By.GUEST): S.ACCEPTED,
    (S.SENT, Move.ANSWER, By.GUEST): S.ANSWERED,
    (S.OPENED, Move.ANSWER, By.GUEST): S.ANSWERED,
    (S.ACCEPTED, Move.ANSWER, By.GUEST): S.ANSWERED,
    (S.ANSWERED, Move.ANSWER, By.GUEST): S.ANSWERED,
    (S.SENT, Move.FINISH, By.GUEST): S.DONE,
    (S.OPENED, Move.FINISH, By.GUEST): S.DONE,
    (S.ACCEPTED, Move.FINISH, By.GUEST): S.DONE,
    (S.ANSWERED, Move.FINISH, By.GUEST): S.DONE,
    (S.SENT, Move.REFUSE, By.GUEST): S.REFUSED,
    (S.OPENED, Move.REFUSE, By.GUEST): S.REFUSED,
    (S.ACCEPTED, Move.REFUSE, By.GUEST): S.REFUSED,
    (S.ANSWERED, Move.REFUSE, By.GUEST): S.REFUSED,
    (S.SENT, Move.RECALL, By.STAFF): S.RECALLED,
    (S.OPENED, Move.RECALL, By.STAFF): S.RECALLED,
    (S.ACCEPTED, Move.RECALL, By.STAFF): S.RECALLED,
    (S.ANSWERED, Move.RECALL, By.STAFF): S.RECALLED,
    (S.SENT, Move.RECALL, By.SYSTEM): S.RECALLED,
    (S.OPENED, Move.RECALL, By.SYSTEM): S.RECALLED,
    (S.ACCEPTED, Move.RECALL, By.SYSTEM): S.RECALLED,
    (S.ANSWERED, Move.RECALL, By.SYSTEM): S.RECALLED,
    (S.SENT, Move.EXPIRE, By.SYSTEM): S.EXPIRED,
    (S.OPENED, Move.EXPIRE, By.SYSTEM): S.EXPIRED,
    (S.ACCEPTED, Move.EXPIRE, By.SYSTEM): S.EXPIRED,
    (S.ANSWERED, Move.EXPIRE, By.SYSTEM): S.EXPIRED,
}

REASONS = {
    S.DONE: "referral_done",
    S.REFUSED: "referral_refused",
    S.RECALLED: "referral_recalled",
    S.EXPIRED: "referral_expired",
}


@pytest.mark.parametrize(("state", "move", "by"), list(product(ReferralState, Move, By)))
def test_the_table_leads_on_or_refuses(state: ReferralState, move: Move, by: By) -> None:
    if (state, move, by) in EDGES:
        assert next_referral_state(state, move, by) is EDGES[state, move, by]
        return
    with pytest.raises(RefusedError) as refused:
        next_referral_state(state, move, by)
    if state in REASONS:
        assert refused.value.reason == REASONS[state]
    else:
        somebody_may = any((state, move, other) in EDGES for other in By)
        assert refused.value.reason == ("not_allowed" if somebody_may else "referral_taken")


def test_what_goes_on_can_end_and_what_ended_is_an_end() -> None:
    assert {state for state, _, _ in EDGES} == LIVE
    assert set(EDGES.values()) == set(ReferralState) - {S.SENT}
