"""What the ledger is made of: whole numbers that move between two accounts, never edited."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

TREASURY: Final = "treasury"
_OWNER: Final = re.compile(r"treasury|(resident|rejected):[1-9][0-9]*")


class LedgerError(Exception):
    """The ledger refused; nothing of the posting, nor of the chain it is in, was written."""


class InvalidPosting(LedgerError):  # noqa: N818 -- says what happened, as the trade does
    """The posting, or one of its accounts, is not well formed."""


class KeyConflict(LedgerError):  # noqa: N818 -- says what happened, as the trade does
    """The key already stands for a posting with another body."""


class Overdrawn(LedgerError):  # noqa: N818 -- says what happened, as the trade does
    """A resident's account would go below zero, what is held included."""


class UnknownTransfer(LedgerError):  # noqa: N818 -- says what happened, as the trade does
    """The posting follows a transfer that does not exist, or none that can be followed so."""


class AlreadyFollowed(LedgerError):  # noqa: N818 -- says what happened, as the trade does
    """The hold was posted, voided or lapsed before, or the transfer was reversed before."""


class Ledger(StrEnum):
    """What is counted; nothing converts from one ledger into another."""

    POINTS = "points"
    """Can be spent."""
    CREDIT = "credit"
    """How often somebody's records proved right, and in accounts of their own how often not."""
    VOTE = "vote"
    """What is added to the vote that everybody has."""


class Kind(StrEnum):
    """What a transfer does. All but the first two follow an earlier one."""

    TRANSFER = "transfer"
    """Moves at once."""
    HOLD = "hold"
    """Sets an amount aside until it is posted, voided, or its time is up."""
    POST = "post"
    """Moves what was held, or a part of it; the rest is free again."""
    VOID = "void"
    """Frees what was held."""
    LAPSE = "lapse"
    """Frees what was held, because its time was up."""
    REVERSAL = "reversal"
    """Gives back what a transfer or a post moved, as far as it is still there."""

    @property
    def frees(self) -> bool:
        """Say whether it ends a hold."""
        return self in _FREES

    @property
    def can_follow(self) -> frozenset["Kind"]:
        """Return which kinds it can follow; those that follow nothing have none."""
        return _FOLLOWED.get(self, frozenset())


_FREES: Final = frozenset({Kind.POST, Kind.VOID, Kind.LAPSE})
_FOLLOWED: Final = dict.fromkeys(_FREES, frozenset({Kind.HOLD})) | {
    Kind.REVERSAL: frozenset({Kind.TRANSFER, Kind.POST})
}


@dataclass(frozen=True, slots=True)
class Account:
    """One owner's side of a ledger: `treasury`, `resident:<person_id>` or `rejected:<person_id>`.

    What a person's records proved wrong is counted under `rejected`, in the credit ledger only,
    so that no account goes below zero. Raises InvalidPosting for any other owner.
    """

    ledger: Ledger
    owner: str

    def __post_init__(self) -> None:
        found = _OWNER.fullmatch(self.owner)
        if found is None or (found[1] == "rejected" and self.ledger is not Ledger.CREDIT):
            raise InvalidPosting(f"{self.owner!r} is not an account owner")

    def __hash__(self) -> int:
        return hash(self.owner)

    @property
    def is_treasury(self) -> bool:
        """Only the treasury issues, so only it may be below zero, and it has no row."""
        return self.owner == TREASURY

    @property
    def person_id(self) -> int:
        """Return whose account it is; ValueError for the treasury's."""
        return int(self.owner.partition(":")[2])


def resident(person_id: int, ledger: Ledger = Ledger.POINTS) -> Account:
    """Return an account of a resident, by default the points."""
    return Account(ledger, f"resident:{person_id}")


def rejected(person_id: int) -> Account:
    """Return the account in which a resident's records that proved wrong are counted."""
    return Account(Ledger.CREDIT, f"rejected:{person_id}")


def treasury(ledger: Ledger = Ledger.POINTS) -> Account:
    """Return the account all of a ledger comes from."""
    return Account(ledger, TREASURY)


class Posting(NamedTuple):
    """The wish to move `amount` from `debit` to `credit`.

    `key` makes it idempotent; `subject` is what it is about (`case:12`), `actor` who
    caused it (`resident:3`, `staff:2`, `system`), `acted_at` (aware) when the act happened.
    `follows` is the id of the hold that is ended or of the transfer that is reversed;
    `expires_at` (aware) is when a hold lapses, and only a hold has it.
    """

    key: str
    debit: Account
    credit: Account
    amount: int
    activity: str
    subject: str
    policy_version: int
    acted_at: datetime
    actor: str
    kind: Kind = Kind.TRANSFER
    follows: str | None = None
    expires_at: datetime | None = None


class Transfer(NamedTuple):
    """A posting that was written: its fields, and behind them what it has since.

    `id` was made by who posted, `recorded_at` (aware) is when. `rest` is what of a hold was not
    posted and is free again, or what a reversal could not get back and is written off.
    """

    key: str
    debit: Account
    credit: Account
    amount: int
    activity: str
    subject: str
    policy_version: int
    acted_at: datetime
    actor: str
    kind: Kind
    follows: str | None
    expires_at: datetime | None
    id: str
    recorded_at: datetime
    rest: int = 0

    @property
    def wish(self) -> Posting:
        """Return the posting that it was written for."""
        asked = Posting._make(self[: len(Posting._fields)])
        if self.kind is Kind.REVERSAL:
            return asked._replace(amount=self.amount + self.rest)
        return asked


class Balance(NamedTuple):
    """What an account has: `posted`, of which `held` is set aside; `coming` is held for it."""

    posted: int = 0
    held: int = 0
    coming: int = 0

    @property
    def free(self) -> int:
        """Return what can be moved or held."""
        return self.posted - self.held

    def __add__(self, other: "Balance") -> "Balance":  # type: ignore[override]  # not two in a row
        posted, held, coming = other
        return Balance(self.posted + posted, self.held + held, self.coming + coming)

    def __neg__(self) -> "Balance":
        return Balance(-self.posted, -self.held, -self.coming)


def sides(transfer: Transfer) -> tuple[Balance, Balance]:
    """Return what the transfer does to the balance of its debit, and to that of its credit."""
    amount, kind = transfer.amount, transfer.kind
    if kind is Kind.TRANSFER or kind is Kind.REVERSAL:
        return _moved(amount)
    if kind is Kind.HOLD:
        return Balance(0, amount), Balance(0, 0, amount)
    if kind is Kind.POST:
        freed = amount + transfer.rest
        return Balance(-amount, -freed), Balance(amount, 0, -freed)
    return Balance(0, -amount), Balance(0, 0, -amount)


@lru_cache(maxsize=256)
def _moved(amount: int) -> tuple[Balance, Balance]:
    """Most transfers do this, and most of them with one of few amounts."""
    return Balance(-amount), Balance(amount)


def change(transfer: Transfer, account: Account) -> Balance:
    """Return what the transfer does to the account's balance."""
    debit, credit = sides(transfer)
    if transfer.debit == account:
        return debit
    return credit if transfer.credit == account else Balance()


def effect(transfer: Transfer, account: Account) -> int:
    """Return what the transfer posts to the account; 0 if it does not touch it, or only holds."""
    return change(transfer, account).posted


def replay(entries: Iterable[Transfer], account: Account) -> Balance:
    """Return the account's balance, worked out from its entries."""
    return sum((change(entry, account) for entry in entries), Balance())


def effective(entries: Iterable[Transfer]) -> list[Transfer]:
    """Return the entries that stand: not reversed, and of the holds those still open."""
    entries = list(entries)
    followed = {entry.follows for entry in entries}
    standing = {Kind.TRANSFER, Kind.POST, Kind.HOLD}
    return [entry for entry in entries if entry.kind in standing and entry.id not in followed]
