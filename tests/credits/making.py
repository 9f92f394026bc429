"""Short ways to say what the scenarios are made of."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

from credits.ledger import Account, Ledger, Posting

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # noon in Shanghai


def account(owner: str) -> Account:
    return Account(Ledger.POINTS, owner)


def posting(
    key: str = "k",
    debit: str = "treasury",
    credit: str = "resident:1",
    amount: int = 5,
    *,
    activity: str = "report_confirmed",
    acted_at: datetime = NOON,
) -> Posting:
    return Posting(
        key=key,
        debit=account(debit),
        credit=account(credit),
        amount=amount,
        activity=activity,
        subject="case:12",
        policy_version=1,
        acted_at=acted_at,
        actor="staff:2",
    )


def ids() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"{next(numbers):08}"
