"""What an act earns within its caps."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credits.ledger import Transfer, resident, treasury
from credits.policy import Activity, Earned, Policy, PolicyError, earn
from credits.posting import post
from tests.credits.making import ids, posting
from tests.fakes.journal import MemoryJournal

SHANGHAI = ZoneInfo("Asia/Shanghai")
DECIDED = datetime(2029, 1, 5, tzinfo=UTC)  # when all is written: long after the acts


def _policy(*, points: int = 5, daily_cap: int = 12, monthly_cap: int = 20) -> Policy:
    codes = ("report_confirmed", "other")
    return Policy(
        version=7,
        activities={
            code: Activity(
                code=code,
                name=code,
                words=code,
                points=points,
                daily_cap=daily_cap,
                monthly_cap=monthly_cap,
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
        if earned.posting:
            post(journal, earned.posting, now=DECIDED, new_id=new_id)
    assert outcomes == SCENARIOS[label]


def test_the_posting() -> None:
    acted_at = datetime(2026, 11, 23, tzinfo=UTC)
    earned = _earn(_policy(), acted_at, [], key="report_confirmed:case:12")
    wish = earned.posting
    assert wish is not None
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
    assert cut == Earned(None, 0, "daily_cap")


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
        if earned.posting:
            assert earned.posting.amount == earned.points
            post(journal, earned.posting, now=DECIDED, new_id=new_id)
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
        assert again.posting is not None
        assert post(journal, again.posting, now=DECIDED, new_id=ids()) is transfer
