"""A journal in memory, as strict about unique keys, ids and followers as a database."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from credits.ledger import Account, Balance, Kind, Ledger, Transfer, replay, treasury


class MemoryJournal:
    """Keeps the balances it is told, so that a test can compare them with a replay."""

    def __init__(self) -> None:
        self.transfers: list[Transfer] = []
        self.balances: dict[Account, Balance] = {}

    def by_keys(self, keys: Sequence[str]) -> Mapping[str, Transfer]:
        return {one.key: one for one in self.transfers if one.key in keys}

    def by_ids(self, ids: Sequence[str]) -> Mapping[str, Transfer]:
        return {one.id: one for one in self.transfers if one.id in ids}

    def followed(self, ids: Sequence[str]) -> set[str]:
        return {one.follows for one in self.transfers if one.follows} & set(ids)

    def overdue(self, now: datetime, limit: int) -> Sequence[Transfer]:
        ended = {one.follows for one in self.transfers}
        holds = [one for one in self.transfers if one.kind is Kind.HOLD and one.id not in ended]
        due = [one for one in holds if one.expires_at and one.expires_at <= now]
        return sorted(due, key=lambda one: (one.expires_at, one.id))[:limit]

    def lock(self, accounts: Sequence[Account]) -> Mapping[Account, Balance]:
        assert list(accounts) == sorted(accounts, key=lambda one: (one.owner, one.ledger))
        assert not any(account.is_treasury for account in accounts)
        return {account: self.balances.get(account, Balance()) for account in accounts}

    def append(self, transfers: Sequence[Transfer], balances: Mapping[Account, Balance]) -> None:
        for name in ("key", "id", "follows"):
            values = [getattr(one, name) for one in (*self.transfers, *transfers)]
            given = [value for value in values if value is not None]
            if len(set(given)) < len(given):
                raise ValueError(f"a {name} is not unique")
        self.transfers += transfers
        self.balances |= balances

    def holders(self, after: str, limit: int) -> Sequence[Account]:
        some = [
            account
            for account, balance in self.balances.items()
            if account.ledger is Ledger.POINTS and balance.posted and account.owner > after
        ]
        return sorted(some, key=lambda account: account.owner)[:limit]

    def entries(self, account: Account) -> Sequence[Transfer]:
        return [one for one in self.transfers if account in (one.debit, one.credit)]

    def issued(self) -> dict[Ledger, int]:
        return {one: -self.balance(treasury(one)).posted for one in Ledger}

    def balance(self, account: Account) -> Balance:
        if account.is_treasury:
            return replay(self.transfers, account)
        return self.balances.get(account, Balance())
