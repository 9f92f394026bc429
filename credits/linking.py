"""Two accounts of one person become one: together they hold what one could have earned."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, tzinfo
from typing import Final

from credits.ledger import Account, Transfer, effective, treasury
from credits.policy import Policy
from credits.posting import Journal

LINK: Final = "link_accounts"
"""The activity of the transfer that takes an account's points along."""


def lifetime(journal: Journal, account: Account) -> Sequence[Transfer]:
    """Return the account's entries and those of all accounts whose points were taken along."""
    entries = list(journal.entries(account))
    for link in [one for one in entries if one.activity == LINK and one.credit == account]:
        entries += lifetime(journal, link.debit)
    return sorted(entries, key=lambda entry: entry.id)


def fitting(
    policy: Policy, kept: Iterable[Transfer], joined: Iterable[Transfer], zone: tzinfo
) -> int:
    """Return how many of the joined account's points the caps leave room for.

    Both are lifetimes. Two browsers do not double what a person can earn in a day.
    """
    alone = _earned(policy, kept, zone)
    together = _earned(policy, [*kept, *joined], zone)
    return sum(
        max(0, _within(policy, code, together) - sum(days.values()))
        for code, days in ((code, alone.get(code, Counter())) for code in together)
    )


def _earned(policy: Policy, entries: Iterable[Transfer], zone: tzinfo) -> dict[str, Counter[date]]:
    """Return what was earned on each day by each activity."""
    found: dict[str, Counter[date]] = {}
    for entry in effective(entries):
        if entry.activity in policy.activities and entry.debit == treasury():
            day = entry.acted_at.astimezone(zone).date()
            found.setdefault(entry.activity, Counter())[day] += entry.amount
    return found


def _within(policy: Policy, code: str, earned: dict[str, Counter[date]]) -> int:
    activity = policy.activity(code)
    months: Counter[date] = Counter()
    for day, points in earned[code].items():
        months[day.replace(day=1)] += min(points, activity.daily_cap)
    return sum(min(points, activity.monthly_cap) for points in months.values())
