"""Points as integers that move between two accounts, never edited and never deleted."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

TREASURY = "treasury"
_OWNER = re.compile(r"treasury|resident:[1-9][0-9]*")


class LedgerError(Exception):
    """The ledger refused; nothing of the batch was written."""


class InvalidPosting(LedgerError):  # noqa: N818 -- says what happened, as the trade does
    """The posting, or one of its accounts, is not well formed."""


class KeyConflict(LedgerError):  # noqa: N818 -- says what happened, as the trade does
    """The key already stands for a posting with another body."""


class Overdrawn(LedgerError):  # noqa: N818 -- says what happened, as the trade does
    """A resident's account would go below zero."""


class Ledger(StrEnum):
    """What is counted; nothing converts from one ledger into another."""

    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Account:
    """One owner's side of a ledger; the owner is `treasury` or `resident:<person_id>`.

    Raises InvalidPosting for any other owner.
    """

    ledger: Ledger
    owner: str

    def __post_init__(self) -> None:
        if _OWNER.fullmatch(self.owner) is None:
            raise InvalidPosting(f"{self.owner!r} is not an account owner")

    @property
    def may_go_below_zero(self) -> bool:
        """Only the treasury issues points, so only its balance may be negative."""
        return self.owner == TREASURY


def resident(person_id: int) -> Account:
    """Return the points account of a resident."""
    return Account(Ledger.POINTS, f"resident:{person_id}")


def treasury() -> Account:
    """Return the account all points come from."""
    return Account(Ledger.POINTS, TREASURY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """The wish to move `amount` from `debit` to `credit`.

    `key` makes it idempotent; `subject` is what it is about (`case:12`), `actor` who
    caused it (`resident:3`, `staff:2`, `system`), `acted_at` (aware) when the act happened.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Posting):
    """A posting that was written: `id` sorts in the order of writing, `recorded_at` is aware."""

    id: str
    recorded_at: datetime


class Journal(Protocol):
    """What the ledger needs of storage; keys and ids are unique there."""

    def by_keys(self, keys: Sequence[str]) -> Mapping[str, Transfer]:
        """Return the transfers that have one of the keys, by key; unknown keys are left out."""
        ...

    def append(self, transfers: Sequence[Transfer]) -> None:
        """Write all of them, in this order."""
        ...

    def entries(self, account: Account) -> Sequence[Transfer]:
        """Return the transfers that touch the account, in the order they were written."""
        ...

    def balance(self, account: Account) -> int:
        """Return the account's credits less its debits."""
        ...


def effect(transfer: Posting, account: Account) -> int:
    """Return what the transfer does to the account's balance; 0 if it does not touch it."""
    return transfer.amount * ((transfer.credit == account) - (transfer.debit == account))


def post(
    journal: Journal, posting: Posting, *, now: datetime, new_id: Callable[[], str]
) -> Transfer:
    """Write one posting; see `post_many`."""
    return post_many(journal, [posting], now=now, new_id=new_id)[0]


def post_many(
    journal: Journal, postings: Sequence[Posting], *, now: datetime, new_id: Callable[[], str]
) -> list[Transfer]:
    """Write the postings in order, all or none, and return a transfer for each.

    A posting whose key was written before, with the same body, gives that transfer back.
    Raises InvalidPosting, KeyConflict or Overdrawn. `now` is aware; ids come from `new_id`.
    """
    _check_aware("now", now)
    for posting in postings:
        _check(posting)
    known = dict(journal.by_keys([posting.key for posting in postings]))
    fresh: list[Transfer] = []
    for posting in postings:
        if posting.key not in known:
            known[posting.key] = _transfer(posting, new_id(), now)
            fresh.append(known[posting.key])
        elif _body(known[posting.key]) != _body(posting):
            raise KeyConflict(f"{posting.key!r} already stands for another posting")
    _check_funds(journal, fresh)
    if fresh:
        journal.append(fresh)
    return [known[posting.key] for posting in postings]


def _body(posting: Posting) -> dict[str, Any]:
    """Return what a key stands for, with the time in UTC so that equal instants are equal."""
    body = {field.name: getattr(posting, field.name) for field in fields(Posting)}
    return body | {"acted_at": posting.acted_at.astimezone(UTC)}


def _transfer(posting: Posting, transfer_id: str, now: datetime) -> Transfer:
    return Transfer(**_body(posting), id=transfer_id, recorded_at=now)


def _check(posting: Posting) -> None:
    if type(posting.amount) is not int or posting.amount < 1:
        raise InvalidPosting(f"amount {posting.amount!r} is not a whole number of at least 1")
    if type(posting.policy_version) is not int or posting.policy_version < 1:
        raise InvalidPosting(f"policy version {posting.policy_version!r} is not a version")
    if posting.debit.ledger != posting.credit.ledger:
        raise InvalidPosting("debit and credit are in different ledgers")
    if posting.debit == posting.credit:
        raise InvalidPosting("debit and credit are the same account")
    for name in ("key", "activity", "subject", "actor"):
        if not getattr(posting, name):
            raise InvalidPosting(f"{name} is empty")
    _check_aware("acted_at", posting.acted_at)


def _check_aware(name: str, moment: datetime) -> None:
    if moment.utcoffset() is None:
        raise InvalidPosting(f"{name} has no time zone")


def _check_funds(journal: Journal, fresh: Sequence[Transfer]) -> None:
    """Replay the batch on the present balances; each step must leave each resident at 0 or more."""
    debited = {t.debit for t in fresh if not t.debit.may_go_below_zero}
    # In a fixed order: a journal may lock what it reads.
    balances = {a: journal.balance(a) for a in sorted(debited, key=lambda a: a.owner)}
    for transfer in fresh:
        for account in balances.keys() & {transfer.debit, transfer.credit}:
            balances[account] += effect(transfer, account)
            if balances[account] < 0:
                raise Overdrawn(f"{transfer.key!r} would leave {account.owner} below zero")
