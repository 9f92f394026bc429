"""A journal in memory, as strict about unique keys and ids as a database."""

from collections import Counter
from collections.abc import Mapping, Sequence

from credits.ledger import Account, Transfer


class MemoryJournal:
    """Keeps balances as it goes, so that a test can compare them with a replay."""

    def __init__(self) -> None:
        self.transfers: list[Transfer] = []
        self._by_key: dict[str, Transfer] = {}
        self._balances: Counter[Account] = Counter()

    def by_keys(self, keys: Sequence[str]) -> Mapping[str, Transfer]:
        return {key: self._by_key[key] for key in keys if key in self._by_key}

    def append(self, transfers: Sequence[Transfer]) -> None:
        keys = [*self._by_key, *(transfer.key for transfer in transfers)]
        ids = [transfer.id for transfer in (*self.transfers, *transfers)]
        if len(set(keys)) < len(keys) or len(set(ids)) < len(ids):
            raise ValueError("a key or an id is not unique")
        for transfer in transfers:
            self.transfers.append(transfer)
            self._by_key[transfer.key] = transfer
            self._balances[transfer.credit] += transfer.amount
            self._balances[transfer.debit] -= transfer.amount

    def entries(self, account: Account) -> Sequence[Transfer]:
        return [t for t in self.transfers if account in (t.debit, t.credit)]

    def balance(self, account: Account) -> int:
        return self._balances[account]
