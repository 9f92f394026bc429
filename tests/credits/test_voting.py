"""A vote's states, as a table of every edge."""

import pytest

from credits.voting import ENDED, STEPS, VoteError, VoteMove, VoteParty, VoteState, after

LEADS = {
    ("planned", "change", "staff"): "planned",
    ("planned", "offer", "staff"): "offered",
    ("offered", "refuse", "second"): "planned",
    ("offered", "open", "second"): "open",
    ("open", "close", "system"): "closed",
    ("closed", "count", "system"): "counted",
    ("planned", "cancel", "staff"): "cancelled",
    ("offered", "cancel", "staff"): "cancelled",
    ("open", "cancel", "second"): "cancelled",
}


@pytest.mark.parametrize("state", list(VoteState))
@pytest.mark.parametrize("move", list(VoteMove))
@pytest.mark.parametrize("party", list(VoteParty))
def test_where_each_move_leads(state: VoteState, move: VoteMove, party: VoteParty) -> None:
    expected = LEADS.get((state.value, move.value, party.value))
    if expected is None:
        with pytest.raises(VoteError, match="not_now"):
            after(state, move, party)
    else:
        assert after(state, move, party) == expected


def test_from_an_end_nothing_leads_on() -> None:
    assert not {source for step in STEPS for source in step.sources} & ENDED
