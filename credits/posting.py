"""The one way into the ledger: chains of postings, each written whole or refused whole."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from credits.checking import check, check_aware, check_follower, check_times, in_utc, same_body
from credits.ledger import (
    Account,
    AlreadyFollowed,
    Balance,
    KeyConflict,
    Kind,
    Ledger,
    LedgerError,
    Overdrawn,
    Posting,
    Transfer,
    UnknownTransfer,
    sides,
)
from credits.moves import lapse

Chain = Sequence[Posting]
Outcome = tuple[Transfer, ...] | LedgerError
"""The transfers of a chain in its order, or why all of it was refused."""

LAPSES_MOST: Final = 1000
"""How many holds whose time is up are freed before a batch; a service has far fewer open."""


class Journal(Protocol):
    """What the ledger needs of storage; keys and ids are unique there, and so is `follows`."""

    def by_keys(self, keys: Sequence[str]) -> Mapping[str, Transfer]:
        """Return the transfers that have one of the keys, by key; unknown keys are left out."""
        ...

    def by_ids(self, ids: Sequence[str]) -> Mapping[str, Transfer]:
        """Return the transfers that have one of the ids, by id."""
        ...

    def followed(self, ids: Sequence[str]) -> set[str]:
        """Return those of the ids that a transfer follows already."""
        ...

    def overdue(self, now: datetime, limit: int) -> Sequence[Transfer]:
        """Return open holds that have expired at `now`, the oldest first."""
        ...

    def lock(self, accounts: Sequence[Account]) -> Mapping[Account, Balance]:
        """Return the balances; nobody else changes them until the transaction ends.

        The accounts come in a fixed order, the treasury is never among them.
        """
        ...

    def append(self, transfers: Sequence[Transfer], balances: Mapping[Account, Balance]) -> None:
        """Write all of them, in this order, and the balances they lead to."""
        ...

    def entries(self, account: Account) -> Sequence[Transfer]:
        """Return the transfers that touch the account, in the order they were written."""
        ...

    def balance(self, account: Account) -> Balance:
        """Return what the account has."""
        ...

    def issued(self) -> Mapping[Ledger, int]:
        """Return what all accounts but the treasury's have together, in each ledger."""
        ...

    def holders(self, after: str, limit: int) -> Sequence[Account]:
        """Return the accounts of residents who have points, by owner, those after that owner."""
        ...


def post(journal: Journal, *chain: Posting, now: datetime, new_id: Callable[[], str]) -> Transfer:
    """Write postings all or none, and return the transfer of the first; see `post_many`.

    Raises what `post_many` would have returned.
    """
    outcome = post_many(journal, [chain], now=now, new_id=new_id)[0]
    if isinstance(outcome, LedgerError):
        raise outcome
    return outcome[0]


def post_many(
    journal: Journal, chains: Sequence[Chain], *, now: datetime, new_id: Callable[[], str]
) -> list[Outcome]:
    """Write the chains in order and return an outcome for each; a refused one hinders no other.

    A chain whose keys were written before, with the same bodies, gives those transfers back.
    What has expired is freed first. `now` is aware; ids come from `new_id`.
    """
    check_aware("now", now)
    postings = [posting for chain in chains for posting in chain]
    lapsing = [lapse(hold) for hold in journal.overdue(now, LAPSES_MOST)]
    # What is read after the lock is what others wrote who had it before.
    before = journal.lock(_to_lock([*postings, *lapsing]))
    known = dict(journal.by_keys([posting.key for posting in postings]))
    ids = [posting.follows for posting in (*postings, *lapsing) if posting.follows]
    originals = dict(journal.by_ids(ids)) if ids else {}
    followed = journal.followed(ids) if ids else set()
    desk = _Desk(known, originals, followed, dict(before), now, new_id)
    for one in lapsing:
        if one.follows not in followed:
            desk.write(one)
    outcomes = [_attempt(desk, chain) for chain in chains]
    if desk.fresh:
        after = {one: held for one, held in desk.balances.items() if held is not before[one]}
        journal.append(desk.fresh, after)
    return outcomes


def _to_lock(postings: Sequence[Posting]) -> list[Account]:
    """Return the residents' accounts, in the order in which everybody locks them."""
    touched = {account for posting in postings for account in (posting.debit, posting.credit)}
    found = [account for account in touched if not account.is_treasury]
    return sorted(found, key=lambda account: (account.owner, account.ledger))


def _attempt(desk: "_Desk", chain: Chain) -> Outcome:
    try:
        return desk.take(chain)
    except LedgerError as refusal:
        return refusal


@dataclass(slots=True)
class _Desk:
    """A batch at work: what the journal knew of it, with what the batch has done so far."""

    known: dict[str, Transfer]
    originals: dict[str, Transfer]
    followed: set[str]
    balances: dict[Account, Balance]
    now: datetime
    new_id: Callable[[], str]
    fresh: list[Transfer] = field(default_factory=list)

    def take(self, chain: Chain) -> tuple[Transfer, ...]:
        """Write the chain or give back what it was before; on a refusal nothing of it is left."""
        for posting in chain:
            check(posting)
        before = [self.known.get(posting.key) for posting in chain]
        if any(before):
            return _again(chain, before)
        start = len(self.fresh)
        try:
            return tuple([self.write(posting) for posting in chain])
        except LedgerError:
            self._undo(start)
            raise

    def write(self, posting: Posting) -> Transfer:
        """Write one posting whose key is new; raise LedgerError if it can't be."""
        if posting.key in self.known:
            raise KeyConflict(f"{posting.key!r} stands twice in one chain")
        check_times(posting, self.now)
        moved, rest = posting.amount, 0
        if posting.follows is not None:
            moved, rest = self._following(posting, posting.follows)
        transfer = _transfer(posting, moved, rest, self.new_id(), self.now)
        self._apply(transfer)
        self.known[transfer.key] = transfer
        self.fresh.append(transfer)
        if transfer.follows is not None:
            self.followed.add(transfer.follows)
        return transfer

    def _following(self, posting: Posting, original_id: str) -> tuple[int, int]:
        """Return how much of the original is moved, and how much is left over."""
        original = self.originals.get(original_id)
        if original is None:
            raise UnknownTransfer(f"{posting.key!r} follows {original_id!r}, which is not there")
        check_follower(posting, original, self.now)
        if original_id in self.followed:
            raise AlreadyFollowed(f"{original_id!r} was resolved before {posting.key!r}")
        if posting.kind is Kind.POST:
            return posting.amount, original.amount - posting.amount
        if posting.kind is Kind.REVERSAL and not posting.debit.is_treasury:
            moved = min(posting.amount, self.balances[posting.debit].free)
            return moved, posting.amount - moved
        return posting.amount, 0

    def _apply(self, transfer: Transfer) -> None:
        taken, given = sides(transfer)
        balances, debit, credit = self.balances, transfer.debit, transfer.credit
        if not debit.is_treasury:
            after = balances[debit] + taken
            if after.free < 0:
                raise Overdrawn(f"{transfer.key!r} would leave {debit.owner} below zero")
            balances[debit] = after
        if not credit.is_treasury:
            balances[credit] += given

    def _undo(self, start: int) -> None:
        for transfer in self.fresh[start:]:
            for account, done in zip(
                (transfer.debit, transfer.credit), sides(transfer), strict=True
            ):
                if not account.is_treasury:
                    self.balances[account] += -done
            del self.known[transfer.key]
            self.followed.discard(transfer.follows or "")
        del self.fresh[start:]


def _again(chain: Chain, before: Sequence[Transfer | None]) -> tuple[Transfer, ...]:
    """Return the transfers of a chain that was written before."""
    written = []
    for posting, transfer in zip(chain, before, strict=True):
        if transfer is None or not same_body(posting, transfer):
            raise KeyConflict(f"{posting.key!r} or its chain already stands for another posting")
        written.append(transfer)
    return tuple(written)


def _transfer(posting: Posting, moved: int, rest: int, transfer_id: str, now: datetime) -> Transfer:
    asked = in_utc(posting)
    if moved != asked.amount:
        asked = asked._replace(amount=moved)
    return Transfer._make((*asked, transfer_id, now, rest))
