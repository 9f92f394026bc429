"""A claim's states, and who may decide: as tables."""

from collections.abc import Collection

import pytest

from credits.claims import (
    ClaimError,
    ClaimState,
    Concerned,
    Deed,
    Judge,
    after,
    check_judge,
    check_second,
    check_witness,
)

LEADS = {
    ("waiting", "approve"): "approved",
    ("waiting", "reject"): "rejected",
    ("waiting", "ask"): "asked",
    ("waiting", "add"): "waiting",
    ("waiting", "withdraw"): "withdrawn",
    ("asked", "add"): "waiting",
    ("asked", "approve"): "approved",
    ("asked", "reject"): "rejected",
    ("asked", "withdraw"): "withdrawn",
    ("rejected", "appeal"): "appealed",
    ("appealed", "approve"): "approved",
    ("appealed", "reject"): "rejected",
    ("appealed", "add"): "appealed",
    ("approved", "reverse"): "reversed",
}
HER, HIM = Concerned(1, 7), Concerned(2)


@pytest.mark.parametrize("state", list(ClaimState))
@pytest.mark.parametrize("deed", list(Deed))
def test_where_each_deed_leads(state: ClaimState, deed: Deed) -> None:
    expected = LEADS.get((state.value, deed.value))
    if expected is None:
        with pytest.raises(ClaimError, match="not_now"):
            after(state, deed, appealed=False)
    else:
        assert after(state, deed, appealed=False) == expected


def test_nobody_appeals_twice() -> None:
    with pytest.raises(ClaimError, match="appealed_already"):
        after(ClaimState.REJECTED, Deed.APPEAL, appealed=True)


JUDGES = [
    (Judge(1), "resident:1", (), ""),
    (Judge(1, {1}), "resident:1", (), "own_claim"),
    (Judge(1, {3}, {7}), "resident:1", (), "own_claim"),
    (Judge(1, {3}, {8}), "resident:1", (), ""),
    (Judge(1), "staff:1", (), "submitted"),
    (Judge(1), "staff:2", (), ""),
    (Judge(1), "resident:1", {1, 2}, "decided_before"),
    (Judge(1), "resident:1", {2}, ""),
]


@pytest.mark.parametrize(("judge", "submitted_by", "decided_by", "refused"), JUDGES)
def test_who_may_decide(
    judge: Judge, submitted_by: str, decided_by: Collection[int], refused: str
) -> None:
    said = ""
    try:
        check_judge(judge, [HER], submitted_by=submitted_by, decided_by=decided_by)
    except ClaimError as error:
        said = error.reason
    assert said == refused


def test_persons_without_a_household_are_no_household() -> None:
    check_judge(Judge(1, {3}), [HIM], submitted_by="")
    check_witness(HIM, Concerned(3))


SECONDS = [
    (Judge(1), Judge(2), ""),
    (Judge(1), Judge(1), "same_person"),
    (Judge(1, {1}), Judge(2), "own_claim"),
    (Judge(1), Judge(2, {1}), "own_claim"),
    (Judge(1, (), {7}), Judge(2), "own_claim"),
]


@pytest.mark.parametrize(("first", "second", "refused"), SECONDS)
def test_who_may_be_the_second(first: Judge, second: Judge, refused: str) -> None:
    said = ""
    try:
        check_second(first, second, [HER])
    except ClaimError as error:
        said = error.reason
    assert said == refused


def test_whose_word_counts() -> None:
    check_witness(HER, HIM)
    with pytest.raises(ClaimError, match="witness_oneself"):
        check_witness(HER, HER)
    with pytest.raises(ClaimError, match="witness_home"):
        check_witness(HER, Concerned(2, 7))
