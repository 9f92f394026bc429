"""What an act earns within its caps."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credits.earning import Earned, disprove, earn
from credits.ledger import Ledger, Transfer, rejected, resident, treasury
from credits.policy import Activity, Policy, PolicyError
from credits.posting import post
from credits.rulebook import load_policy
from tests.credits.making import NOON, Book, Step, ids, posting
from tests.fakes.journal import MemoryJournal

SHANGHAI = ZoneInfo("Asia/Shanghai")
DECIDED = datetime(2029, 1, 5, tzinfo=UTC)  # when all is written: long after the acts


def _policy(*, points: int = 5, daily_cap: int = 12, monthly_cap: int = 20, **more: Any) -> Policy:
    codes = ("report_confirmed", "other")
    return replace(
        load_policy(),
        version=7,
        activities={
            code: Activity(
                code=code,
                name=code,
                words=code,
                points=points,
                daily_cap=daily_cap,
                monthly_cap=monthly_cap,
                **more,
            )
            for code in codes
        },
    )


def _earn(
    policy: Policy,
    acted_at: datetime,
    history: Sequence[Transfer],
    *,
    key: str = "k",
    activity: str = "report_confirmed",
    person_id: int = 1,
    zone: tzinfo = SHANGHAI,
) -> Earned:
    return earn(
        policy,
        activity,
        person_id=person_id,
        subject="case:12",
        key=key,
        acted_at=acted_at,
        actor="staff:2",
        history=history,
        zone=zone,
    )


# Five points an act, at most 12 a day and 20 a month; the acts in the order they are judged,
# by the clock in Shanghai: when, points, reason.
SCENARIOS: dict[str, list[tuple[str, int, str]]] = {
    "the third act of a day is cut, the fourth gets nothing": [
        ("2026-11-23 08:00", 5, "earned"),
        ("2026-11-23 09:00", 5, "earned"),
        ("2026-11-23 10:00", 2, "daily_cap"),
        ("2026-11-23 11:00", 0, "daily_cap"),
    ],
    "a new day begins at midnight in Shanghai, not in Greenwich": [
        ("2026-11-23 07:59", 5, "earned"),
        ("2026-11-23 08:00", 5, "earned"),
        ("2026-11-23 23:59", 2, "daily_cap"),
        ("2026-11-24 00:00", 5, "earned"),
    ],
    "the month cuts when the day would not": [
        ("2026-11-21 08:00", 5, "earned"),
        ("2026-11-21 09:00", 5, "earned"),
        ("2026-11-22 08:00", 5, "earned"),
        ("2026-11-22 09:00", 5, "earned"),
        ("2026-11-23 08:00", 0, "monthly_cap"),
        ("2026-12-01 00:00", 5, "earned"),
    ],
    "a late decision counts on the day of the act": [
        ("2026-11-23 08:00", 5, "earned"),
        ("2026-11-24 08:00", 5, "earned"),
        ("2026-11-23 09:00", 5, "earned"),
        ("2026-11-23 10:00", 2, "daily_cap"),
        ("2026-11-24 09:00", 3, "monthly_cap"),
    ],
    "the same day of another month or year is another day": [
        ("2025-11-23 08:00", 5, "earned"),
        ("2025-11-23 09:00", 5, "earned"),
        ("2025-11-23 10:00", 2, "daily_cap"),
        ("2026-10-23 08:00", 5, "earned"),
        ("2026-11-23 08:00", 5, "earned"),
        ("2026-11-23 09:00", 5, "earned"),
    ],
}


@pytest.mark.parametrize("label", SCENARIOS)
def test_scenario(label: str) -> None:
    journal, new_id, policy = MemoryJournal(), ids(), _policy()
    outcomes = []
    for number, (when, _, _) in enumerate(SCENARIOS[label]):
        acted_at = datetime.fromisoformat(when).replace(tzinfo=SHANGHAI)
        earned = _earn(policy, acted_at, journal.entries(resident(1)), key=str(number))
        outcomes.append((when, earned.points, earned.reason))
        if earned.chain:
            post(journal, *earned.chain, now=DECIDED, new_id=new_id)
    assert outcomes == SCENARIOS[label]


# label: what is special about the activity; then when, points, reason as above.
SPECIAL: dict[str, tuple[dict[str, Any], list[tuple[str, int, str]]]] = {
    "closer together than the cool-down counts once, whichever was judged first": (
        {"cooldown_minutes": 60},
        [
            ("2026-11-23 08:00", 5, "earned"),
            ("2026-11-23 08:59", 0, "too_soon"),
            ("2026-11-23 07:01", 0, "too_soon"),
            ("2026-11-23 09:00", 5, "earned"),
            ("2026-11-23 07:00", 2, "daily_cap"),
        ],
    ),
    "after so many in a month an act earns half, rounded up": (
        {"full_acts": 2},
        [
            ("2026-11-02 08:00", 5, "earned"),
            ("2026-11-03 08:00", 5, "earned"),
            ("2026-11-04 08:00", 3, "fewer"),
            ("2026-11-05 08:00", 3, "fewer"),
            ("2026-12-01 08:00", 5, "earned"),
        ],
    ),
    "half of it may be cut by the cap as well": (
        {"full_acts": 2},
        [
            ("2026-11-03 08:00", 5, "earned"),
            ("2026-11-03 09:00", 5, "earned"),
            ("2026-11-03 10:00", 2, "daily_cap"),
        ],
    ),
    "the last day is the last": (
        {"until": date(2026, 11, 23)},
        [
            ("2026-11-23 23:59", 5, "earned"),
            ("2026-11-24 00:00", 0, "ended"),
            ("2026-11-23 08:00", 5, "earned"),
        ],
    ),
}


@pytest.mark.parametrize("label", SPECIAL)
def test_special(label: str) -> None:
    more, expected = SPECIAL[label]
    journal, new_id, policy = MemoryJournal(), ids(), _policy(**more)
    outcomes = []
    for number, (when, _, _) in enumerate(expected):
        acted_at = datetime.fromisoformat(when).replace(tzinfo=SHANGHAI)
        earned = _earn(policy, acted_at, journal.entries(resident(1)), key=str(number))
        outcomes.append((when, earned.points, earned.reason))
        if earned.chain:
            post(journal, *earned.chain, now=DECIDED, new_id=new_id)
    assert outcomes == expected


# A cap of 12 a day: what was done with an act of 10 points, what the next may earn.
AFTER: dict[str, tuple[list[Step], int]] = {
    "it is pending": ([("hold", "a", "treasury", 1, 10, 99)], 2),
    "it was approved": ([("hold", "a", "treasury", 1, 10, 99), ("post", "a", 10)], 2),
    "a part was approved": ([("hold", "a", "treasury", 1, 10, 99), ("post", "a", 8)], 4),
    "it was refused": ([("hold", "a", "treasury", 1, 10, 99), ("void", "a")], 5),
    "it was given": ([("move", "a", "treasury", 1, 10)], 2),
    "it was reversed": ([("move", "a", "treasury", 1, 10), ("reverse", "a")], 5),
    "it was reversed when all was spent": (
        [("move", "a", "treasury", 1, 10), ("move", "b", 1, "treasury", 10), ("reverse", "a")],
        5,
    ),
    "an approval was reversed": (
        [("hold", "a", "treasury", 1, 10, 99), ("post", "a", 8), ("reverse", "post:00000001")],
        5,
    ),
}


@pytest.mark.parametrize("label", AFTER)
def test_caps_count_what_is_pending_and_not_what_was_taken_back(label: str) -> None:
    steps, left = AFTER[label]
    book = Book(MemoryJournal())
    for step in steps:
        assert book.take([step]) == ["written"]
    assert _earn(_policy(), NOON, book.journal.entries(resident(1))).points == left


def test_what_lapsed_uses_up_no_cap() -> None:
    book = Book(MemoryJournal())
    book.take([("hold", "a", "treasury", 1, 10, 1)])
    book.wait(1)
    book.take()
    assert _earn(_policy(), NOON, book.journal.entries(resident(1))).points == 5


def test_credit_and_vote_come_with_the_points() -> None:
    earned = _earn(_policy(credit=2, vote=3), NOON, [], key="k")
    assert [(one.key, one.debit, one.credit, one.amount) for one in earned.chain] == [
        ("k", treasury(), resident(1), 5),
        ("k:credit", treasury(Ledger.CREDIT), resident(1, Ledger.CREDIT), 2),
        ("k:vote", treasury(Ledger.VOTE), resident(1, Ledger.VOTE), 3),
    ]
    journal = MemoryJournal()
    post(journal, *earned.chain, now=DECIDED, new_id=ids())
    assert journal.balance(resident(1, Ledger.VOTE)).posted == 3


def test_a_record_that_proved_wrong_counts_in_an_account_of_its_own() -> None:
    policy = _policy(credit=2)
    (claim, _) = _earn(policy, NOON, [], key="k").chain
    wrong = disprove(policy, claim, 1, actor="staff:9")
    assert wrong is not None
    assert (wrong.key, wrong.amount, wrong.actor) == ("k:rejected", 2, "staff:9")
    assert (wrong.debit, wrong.credit) == (treasury(Ledger.CREDIT), rejected(1))
    assert (wrong.acted_at, wrong.subject) == (claim.acted_at, claim.subject)
    assert disprove(_policy(), claim, 1, actor="staff:9") is None


def test_the_posting() -> None:
    acted_at = datetime(2026, 11, 23, tzinfo=UTC)
    earned = _earn(_policy(), acted_at, [], key="report_confirmed:case:12")
    (wish,) = earned.chain
    assert (wish.debit, wish.credit, wish.amount) == (treasury(), resident(1), earned.points)
    assert (wish.key, wish.activity) == ("report_confirmed:case:12", "report_confirmed")
    assert (wish.subject, wish.actor) == ("case:12", "staff:2")
    assert (wish.policy_version, wish.acted_at) == (7, acted_at)


def test_what_leaves_an_account_or_is_not_earned_uses_up_no_cap() -> None:
    journal, new_id = MemoryJournal(), ids()
    now = datetime(2026, 11, 23, tzinfo=UTC)
    for wish in (
        posting("a", "treasury", "resident:2", 40, activity="link_accounts", acted_at=now),
        posting("b", "resident:2", "resident:1", 30, activity="link_accounts", acted_at=now),
        posting("c", "resident:1", "treasury", 12, activity="report_confirmed", acted_at=now),
    ):
        post(journal, wish, now=now, new_id=new_id)
    assert _earn(_policy(), now, journal.entries(resident(1))).points == 5


def _cut_after_two_full_acts(policy: Policy) -> Earned:
    journal, new_id, now = MemoryJournal(), ids(), datetime(2026, 11, 23, tzinfo=UTC)
    for key in ("a", "b"):
        post(journal, posting(key, acted_at=now), now=DECIDED, new_id=new_id)
    return _earn(policy, now, journal.entries(resident(1)))


def test_the_day_is_named_when_both_caps_leave_the_same() -> None:
    cut = _cut_after_two_full_acts(_policy(daily_cap=12, monthly_cap=12))
    assert (cut.points, cut.reason) == (2, "daily_cap")


@pytest.mark.parametrize("monthly_cap", [6, 20])
def test_a_cap_lowered_below_what_was_given_takes_nothing_back(monthly_cap: int) -> None:
    cut = _cut_after_two_full_acts(_policy(daily_cap=6, monthly_cap=monthly_cap))
    assert cut == Earned((), 0, "daily_cap")


def test_an_unknown_activity() -> None:
    with pytest.raises(PolicyError, match=r"activities\.singing"):
        _earn(_policy(), datetime(2026, 11, 23, tzinfo=UTC), [], activity="singing")


ZONES = [
    ZoneInfo(name)
    for name in ("Asia/Shanghai", "UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati")
]
# Around a month's end, a leap day and New York's change of clocks, to the minute about midnight.
EDGES = [datetime(2026, 11, 1, tzinfo=UTC), datetime(2028, 3, 1, tzinfo=UTC)]
moments = st.builds(
    lambda edge, days, hours, minutes: edge + timedelta(days=days, hours=hours, minutes=minutes),
    st.sampled_from(EDGES),
    st.integers(-2, 2),
    st.sampled_from([-14, -8, -6, 0, 4, 5, 10, 16]),
    st.sampled_from([-1, 0, 1, 15, 45]),
)
acts = st.tuples(moments, st.sampled_from(["report_confirmed", "other"]), st.integers(1, 2))


@settings(deadline=None, max_examples=200)
@given(
    acts=st.lists(acts, max_size=25),
    zone=st.sampled_from(ZONES),
    points=st.integers(1, 6),
    slack=st.tuples(st.integers(0, 8), st.integers(0, 12)),
)
def test_caps_hold_and_give_all_they_leave(
    acts: list[tuple[datetime, str, int]], zone: ZoneInfo, points: int, slack: tuple[int, int]
) -> None:
    daily_cap = points + slack[0]
    monthly_cap = daily_cap + slack[1]
    policy = _policy(points=points, daily_cap=daily_cap, monthly_cap=monthly_cap)
    journal, new_id = MemoryJournal(), ids()
    given_out: dict[tuple[int, str, str], int] = {}  # person, activity, day or month
    for number, (acted_at, activity, person) in enumerate(acts):
        local = acted_at.astimezone(zone)
        day = (person, activity, f"{local:%Y-%m-%d}")
        month = (person, activity, f"{local:%Y-%m}")
        left = min(daily_cap - given_out.get(day, 0), monthly_cap - given_out.get(month, 0))
        history = journal.entries(resident(person))
        key = str(number)
        earned = _earn(
            policy, acted_at, history, key=key, activity=activity, person_id=person, zone=zone
        )
        assert earned.points == min(points, left)
        assert (earned.reason == "earned") == (earned.points == points)
        for span in (day, month):
            given_out[span] = given_out.get(span, 0) + earned.points
        if earned.chain:
            assert earned.chain[0].amount == earned.points
            post(journal, *earned.chain, now=DECIDED, new_id=new_id)
    _assert_asking_again_changes_nothing(policy, acts, zone, journal)


def _assert_asking_again_changes_nothing(
    policy: Policy, acts: list[tuple[datetime, str, int]], zone: ZoneInfo, journal: MemoryJournal
) -> None:
    for transfer in list(journal.transfers):
        acted_at, activity, person = acts[int(transfer.key)]
        history = journal.entries(resident(person))
        again = _earn(
            policy,
            acted_at,
            history,
            key=transfer.key,
            activity=activity,
            person_id=person,
            zone=zone,
        )
        assert post(journal, *again.chain, now=DECIDED, new_id=ids()) is transfer
