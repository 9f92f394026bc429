"""Levels 等级: a pure function of entries and policy, over a window that goes along."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from credits.ledger import Account, Ledger, Transfer, change, effective
from credits.policy import Level, Levels, Policy, VoteRules


@dataclass(frozen=True, slots=True)
class Reached:
    """The level, what was earned in the window, and the entries that count towards it.

    `next` is the level above, None at the top. `kept_until` is set while a level is kept though
    the window no longer gives it.
    """

    level: Level
    earned: int
    counted: tuple[Transfer, ...]
    next: Level | None = None
    kept_until: datetime | None = None


def level(policy: Policy, entries: Iterable[Transfer], account: Account, now: datetime) -> Reached:
    """Return where the account stands: spending lowers nothing, what was reversed is out."""
    levels = policy.levels
    earned = _earned(policy, entries, account)
    counted = _window(levels, earned, now)
    total = _sum(counted)
    reached = reached_with(levels, total)
    kept, until = _kept(levels, earned, now)
    if kept.points <= reached.points:
        kept, until = reached, None
    above = [one for one in levels.steps if one.points > kept.points]
    return Reached(kept, total, tuple(counted), above[0] if above else None, until)


def reached_with(levels: Levels, points: int) -> Level:
    """Return the highest level that so many points in the window reach."""
    return max((one for one in levels.steps if one.points <= points), key=lambda one: one.points)


def opened(policy: Policy, reached: Level) -> frozenset[str]:
    """Return all that the level and those below it open."""
    return frozenset(one.opens for one in policy.levels.steps if one.points <= reached.points)


def vote_weight(rules: VoteRules, entries: Iterable[Transfer], account: Account) -> int:
    """Return what the vote weighs: the same for all, and a little more for what was done."""
    bonus = sum(change(one, account).posted for one in effective(entries))
    return rules.base + min(rules.bonus_cap, max(0, bonus))


def _earned(policy: Policy, entries: Iterable[Transfer], account: Account) -> list[Transfer]:
    return [
        one
        for one in effective(entries)
        if one.debit.is_treasury
        and one.debit.ledger is Ledger.POINTS
        and one.activity in policy.activities
        and change(one, account).posted > 0
    ]


def _window(levels: Levels, earned: Iterable[Transfer], at: datetime) -> list[Transfer]:
    """Return what was earned within the window that ends at that moment."""
    since = at - timedelta(days=levels.window_days)
    return [one for one in earned if since < one.acted_at <= at]


def _sum(entries: Iterable[Transfer]) -> int:
    return sum(one.amount for one in entries)


def _kept(
    levels: Levels, earned: Sequence[Transfer], now: datetime
) -> tuple[Level, datetime | None]:
    """Return the best level of the days of grace, and until when it is kept.

    The sum over the window only rises when something is earned, so it is at its highest at the
    beginning or at one of those moments, and lasts until the first of its entries falls out.
    """
    grace = timedelta(days=levels.grace_days)
    moments = [now - grace, *(one.acted_at for one in earned if now - grace < one.acted_at <= now)]
    best, until = levels.steps[0], None
    for moment in moments:
        counted = sorted(_window(levels, earned, moment), key=lambda one: one.acted_at)
        reached = reached_with(levels, _sum(counted))
        ends = _falls(levels, counted, reached)
        if ends is not None and (reached.points, ends + grace) > (best.points, until or ends):
            best, until = reached, ends + grace
    return best, until


def _falls(levels: Levels, counted: Sequence[Transfer], reached: Level) -> datetime | None:
    """Return when the window that holds these, oldest first, no longer gives the level."""
    total = _sum(counted)
    for one in counted:
        total -= one.amount
        if total < reached.points:
            return one.acted_at + timedelta(days=levels.window_days)
    return None
