"""Credit 信用: how reliable somebody's records proved. It never takes a service away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credits.ledger import Ledger, Transfer, effective
from credits.policy import Band, CreditRules, Policy

WHOLE: Final = 1000
"""A record of today, in thousandths; whole numbers give the same on every machine."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A record that was judged, and what it still counts, in thousandths of one."""

    entry: Transfer
    confirmed: bool
    weight: int


@dataclass(frozen=True, slots=True)
class Credit:
    """Of a hundred records, how many would prove right; with all that was judged, newest first."""

    percent: int
    band: Band
    judged: tuple[Judged, ...]


def credit(policy: Policy, entries: Iterable[Transfer], now: datetime) -> Credit:
    """Work out a person's credit from the entries of both of her accounts in the credit ledger."""
    rules = policy.credit
    judged = [
        Judged(entry, _confirmed(entry), _weight(rules, entry, now))
        for entry in effective(entries)
        if entry.debit.ledger is Ledger.CREDIT and entry.debit.is_treasury
    ]
    right = rules.prior_confirmed * WHOLE + sum(one.weight for one in judged if one.confirmed)
    wrong = rules.prior_rejected * WHOLE + sum(one.weight for one in judged if not one.confirmed)
    percent = 100 * right // (right + wrong)
    newest = sorted(judged, key=lambda one: one.entry.acted_at, reverse=True)
    return Credit(percent, band_of(rules, percent), tuple(newest))


def band_of(rules: CreditRules, percent: int) -> Band:
    """Return the highest band that the credit reaches."""
    return max(
        (band for band in rules.bands if band.from_percent <= percent),
        key=lambda band: band.from_percent,
    )


def _confirmed(entry: Transfer) -> bool:
    return entry.credit.owner.startswith("resident:")


def _weight(rules: CreditRules, entry: Transfer, now: datetime) -> int:
    """A record counts less with each full day, and nothing when it has faded."""
    days = max(0, (now - entry.acted_at).days)
    return entry.amount * WHOLE * max(0, rules.fades_days - days) // rules.fades_days
