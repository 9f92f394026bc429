"""The journal of transfers, append-only."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

import sqlalchemy as sa

from bot.store import tables as t
from bot.store.unit import Unit
from credits.ledger import Account, Ledger, Transfer

_FIELDS: Final = [field.name for field in fields(Transfer)]


class SqlJournal:
    """See `credits.ledger.Journal`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def by_keys(self, keys: Sequence[str]) -> Mapping[str, Transfer]:
        """Return known transfers by key."""
        rows = self._unit.run(sa.select(t.transfer).where(t.transfer.c.key.in_(keys)))
        return {row["key"]: _transfer(row) for row in rows.mappings()}

    def append(self, transfers: Sequence[Transfer]) -> None:
        """Write them."""
        self._unit.insert_many(t.transfer, [_row(transfer) for transfer in transfers])

    def entries(self, account: Account) -> Sequence[Transfer]:
        """Return what touches the account, oldest first."""
        rows = self._unit.run(
            sa.select(t.transfer)
            .where(
                t.transfer.c.ledger == account.ledger.value,
                sa.or_(t.transfer.c.debit == account.owner, t.transfer.c.credit == account.owner),
            )
            .order_by(t.transfer.c.id)
        )
        return [_transfer(row) for row in rows.mappings()]

    def balance(self, account: Account) -> int:
        """Return credits less debits."""
        return self._sum(account, t.transfer.c.credit) - self._sum(account, t.transfer.c.debit)

    def _sum(self, account: Account, side: sa.Column[Any]) -> int:
        total = self._unit.run(
            sa.select(sa.func.coalesce(sa.func.sum(t.transfer.c.amount), 0)).where(
                t.transfer.c.ledger == account.ledger.value, side == account.owner
            )
        ).scalar_one()
        return int(total)


def _row(transfer: Transfer) -> dict[str, Any]:
    row = {name: getattr(transfer, name) for name in _FIELDS}
    return row | {
        "ledger": transfer.debit.ledger.value,
        "debit": transfer.debit.owner,
        "credit": transfer.credit.owner,
    }


def _transfer(row: Any) -> Transfer:
    ledger = Ledger(row["ledger"])
    values = {name: row[name] for name in _FIELDS}
    return Transfer(
        **values
        | {"debit": Account(ledger, row["debit"]), "credit": Account(ledger, row["credit"])}
    )
