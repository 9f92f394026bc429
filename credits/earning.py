"""What an act earns within the rules, and what a record that proved wrong counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import takewhile
from typing import Literal

from credits.ledger import Ledger, Posting, Transfer, effective, rejected, resident, treasury
from credits.policy import Activity, Policy

Reason = Literal["earned", "fewer", "daily_cap", "monthly_cap", "too_soon", "ended"]


@dataclass(frozen=True, slots=True)
class Earned:
    """What an act earns: the chain is empty if nothing is left of it.

    Its first posting are the points; those of credit and vote follow. `reason` is "earned" for
    the full points, else why there are fewer or none.
    """

    chain: tuple[Posting, ...]
    points: int
    reason: Reason


def earn(  # noqa: PLR0913 -- an act has this many facts, all but two by keyword
    policy: Policy,
    activity_code: str,
    *,
    person_id: int,
    subject: str,
    key: str,
    acted_at: datetime,
    actor: str,
    history: Sequence[Transfer],
    zone: tzinfo,
    times: int = 1,
) -> Earned:
    """Return what the act earns; one that lasted several hours is as many acts at once.

    `history` is the resident's entries in the order they were written, with those of accounts
    whose points were taken along (`credits.linking.lifetime`). Caps, cool-down and the number of
    acts count what stands of it, pending or posted, by the time of the act in `zone`. An act
    whose key is in `history` is judged as it was then, so that asking again gives the same
    chain. Raises PolicyError for an unknown activity.
    """
    activity = policy.activity(activity_code)
    before = takewhile(lambda transfer: transfer.key != key, history)
    same = [t for t in effective(before) if (t.activity, t.debit) == (activity_code, treasury())]
    points, reason = _points(activity, same, acted_at, zone, times)
    if points == 0:
        return Earned((), 0, reason)
    posting = Posting(
        key=key,
        debit=treasury(),
        credit=resident(person_id),
        amount=points,
        activity=activity_code,
        subject=subject,
        policy_version=policy.version,
        acted_at=acted_at,
        actor=actor,
    )
    return Earned((posting, *_beside(activity, posting, person_id)), points, reason)


def disprove(policy: Policy, claim: Posting, person_id: int, *, actor: str) -> Posting | None:
    """Return what a record that proved wrong counts in the credit ledger; None if nothing."""
    activity = policy.activity(claim.activity)
    if not activity.credit:
        return None
    return claim._replace(
        key=f"{claim.key}:rejected",
        debit=treasury(Ledger.CREDIT),
        credit=rejected(person_id),
        amount=activity.credit,
        policy_version=policy.version,
        actor=actor,
    )


def _beside(activity: Activity, posting: Posting, person_id: int) -> Iterable[Posting]:
    """Return what the same act counts in the other ledgers."""
    for ledger, amount in ((Ledger.CREDIT, activity.credit), (Ledger.VOTE, activity.vote)):
        if amount:
            yield posting._replace(
                key=f"{posting.key}:{ledger}",
                debit=treasury(ledger),
                credit=resident(person_id, ledger),
                amount=amount,
            )


def _points(
    activity: Activity, same: Sequence[Transfer], acted_at: datetime, zone: tzinfo, times: int
) -> tuple[int, Reason]:
    day = acted_at.astimezone(zone).date()
    if activity.until is not None and day > activity.until:
        return 0, "ended"
    apart = timedelta(minutes=activity.cooldown_minutes)
    if any(abs(acted_at - one.acted_at) < apart for one in same):
        return 0, "too_soon"
    dated = [(one.acted_at.astimezone(zone).date(), one.amount) for one in same]
    month = [amount for acted, amount in dated if acted.replace(day=1) == day.replace(day=1)]
    worth = activity.points * times
    if activity.full_acts and len(month) >= activity.full_acts:
        worth = (worth + 1) // 2
    points, cap = _within_caps(activity, worth, dated, sum(month), day)
    if points < worth:
        return points, cap
    return points, "earned" if worth == activity.points * times else "fewer"


def _within_caps(
    activity: Activity, worth: int, dated: Iterable[tuple[date, int]], month: int, day: date
) -> tuple[int, Reason]:
    today = sum(amount for acted, amount in dated if acted == day)
    left_today = max(0, activity.daily_cap - today)
    left_month = max(0, activity.monthly_cap - month)
    cap: Reason = "daily_cap" if left_today <= left_month else "monthly_cap"
    return min(worth, left_today, left_month), cap
