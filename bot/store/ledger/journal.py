"""The journal of transfers, append-only, with balances and open holds beside it.

Balances and holds are derived: they change in the transaction that writes the transfers, and
`credits.ledger.replay` gives the same.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from bot.store import tables as t
from bot.store.ground.unit import Unit
from bot.store.ledger.sealing import SqlSealing
from bot.store.ledger.statements import COLUMNS, statements
from bot.store.prepared import Prepared, Rows
from bot.store.tables.columns import micros
from credits.ledger import Account, Balance, Kind, Ledger, Transfer

_SAME: Final = tuple(name for name in COLUMNS if name not in {"ledger", "debit", "credit", "kind"})
_TRANSFER: Final = sa.select(*(t.transfer.c[name] for name in COLUMNS))
_FOLLOWED: Final = sa.select(t.transfer.c.follows)
_HELD: Final = _TRANSFER.join(t.open_hold, t.open_hold.c.id == t.transfer.c.id)
_OPEN: Final = Prepared(_HELD)
_OVERDUE: Final = Prepared(
    _HELD.where(t.open_hold.c.expires_at <= sa.bindparam("at"))
    .order_by(t.open_hold.c.expires_at, t.transfer.c.id)
    .limit(sa.bindparam("most"))
)
_LEDGER: Final[sa.BindParameter[str]] = sa.bindparam("of_ledger")
_OWNER: Final[sa.BindParameter[str]] = sa.bindparam("of_owner")
_ENTRIES: Final = Prepared(
    _TRANSFER.where(
        t.transfer.c.ledger == _LEDGER,
        sa.or_(
            sa.and_(t.DEBITED, t.transfer.c.debit == _OWNER),
            sa.and_(t.CREDITED, t.transfer.c.credit == _OWNER),
        ),
    ).order_by(t.transfer.c.seq)
)
_ALL_ENTRIES: Final = Prepared(
    _TRANSFER.where(t.transfer.c.ledger == _LEDGER).order_by(t.transfer.c.seq)
)
_PRESENT: Final = Prepared(
    sa.select(t.balance.c.posted, t.balance.c.held, t.balance.c.coming).where(
        t.balance.c.owner == _OWNER, t.balance.c.ledger == _LEDGER
    )
)
_ISSUED: Final = Prepared(
    sa.select(t.balance.c.ledger, sa.func.sum(t.balance.c.posted).label("posted")).group_by(
        t.balance.c.ledger
    )
)

_HOLDERS: Final = Prepared(
    sa.select(t.balance.c.owner)
    .where(
        t.balance.c.owner > sa.bindparam("after"),
        t.balance.c.ledger == Ledger.POINTS.value,
        t.balance.c.posted > 0,
    )
    .order_by(t.balance.c.owner)
    .limit(sa.bindparam("most"))
)


@cache
def _wanted(query: sa.Select[Any], column: sa.Column[str], *, array: bool) -> Prepared:
    """Return the query for any number of values, as one statement whatever their number."""
    if array:
        values = sa.bindparam("wanted", type_=postgresql.ARRAY(sa.Text))
        return Prepared(query.where(column == sa.any_(values)))
    given = sa.func.json_each(sa.bindparam("wanted")).table_valued("value")
    return Prepared(query.where(column.in_(sa.select(given.c.value))))


class SqlJournal:
    """See `credits.posting.Journal`."""

    def __init__(self, unit: Unit, sealing: SqlSealing | None = None) -> None:
        self._unit = unit
        self._statements = statements(unit.driver, shared=unit.shared)
        self._sealing = sealing or SqlSealing(unit)

    def by_keys(self, keys: Sequence[str]) -> Mapping[str, Transfer]:
        """Return known transfers by key."""
        found = map(_transfer, self._wanted(_TRANSFER, t.transfer.c.key, keys))
        return {one.key: one for one in found}

    def by_ids(self, ids: Sequence[str]) -> Mapping[str, Transfer]:
        """Return known transfers by id."""
        found = map(_transfer, self._wanted(_TRANSFER, t.transfer.c.id, ids))
        return {one.id: one for one in found}

    def followed(self, ids: Sequence[str]) -> set[str]:
        """Return those that a transfer follows."""
        return {row.follows for row in self._wanted(_FOLLOWED, t.transfer.c.follows, ids)}

    def overdue(self, now: datetime, limit: int) -> Sequence[Transfer]:
        """Return open holds that have expired."""
        return self._some(_OVERDUE, at=now, most=limit)

    def lock(self, accounts: Sequence[Account]) -> Mapping[Account, Balance]:
        """Return the balances, locked in the order of the accounts until the unit ends."""
        keys = [(account.owner, account.ledger.value) for account in accounts]
        rows = self._statements.lock(keys) if keys else {}
        return {
            account: Balance(*rows.get(key, ()))
            for account, key in zip(accounts, keys, strict=True)
        }

    def append(self, transfers: Sequence[Transfer], balances: Mapping[Account, Balance]) -> None:
        """Write the transfers with their leaves, the balances after them, and open holds."""
        rows = [_row(one) for one in transfers]
        after = [
            (account.owner, account.ledger.value, one.posted, one.held, one.coming)
            for account, one in balances.items()
        ]
        made = [(one.id, _micros(one.expires_at)) for one in transfers if one.kind is Kind.HOLD]
        self._statements.write(rows, after, made)
        if not self._unit.shared:  # elsewhere nobody knows yet who commits first
            self._sealing.written(rows)
        ended = [one.follows for one in transfers if one.kind.frees]
        if ended:
            self._unit.run(t.open_hold.delete().where(t.open_hold.c.id.in_(ended)))

    def entries(self, account: Account) -> Sequence[Transfer]:
        """Return what touches the account, oldest first."""
        query = _ALL_ENTRIES if account.is_treasury else _ENTRIES
        owner = {} if account.is_treasury else {"of_owner": account.owner}
        found = self._some(query, of_ledger=account.ledger.value, **owner)
        return [one for one in found if account in (one.debit, one.credit)]

    def balance(self, account: Account) -> Balance:
        """Return what the account has; the treasury's is the sum of what all others have."""
        ledger = account.ledger.value
        if account.is_treasury:
            issued = self.issued()[account.ledger]
            held = [one for one in self._some(_OPEN) if one.debit == account]
            coming = [one for one in self._some(_OPEN) if one.credit == account]
            return Balance(-issued, _sum(held), _sum(coming))
        row = self._unit.run(_PRESENT, of_owner=account.owner, of_ledger=ledger).first()
        return Balance() if row is None else Balance(*row)

    def issued(self) -> Mapping[Ledger, int]:
        """Return what all accounts but the treasury's have together, in each ledger."""
        found = {row.ledger: int(row.posted) for row in self._unit.run(_ISSUED)}
        return {one: found.get(one.value, 0) for one in Ledger}

    def holders(self, after: str, limit: int) -> Sequence[Account]:
        """Return who has points, by owner."""
        rows = self._unit.run(_HOLDERS, after=after, most=limit)
        return [Account(Ledger.POINTS, row.owner) for row in rows]

    def _some(self, query: Prepared, **values: Any) -> list[Transfer]:
        return list(map(_transfer, self._unit.run(query, **values)))

    def _wanted(self, query: sa.Select[Any], column: sa.Column[str], values: Sequence[str]) -> Rows:
        array = self._unit.shared
        given = list(values) if array else json.dumps(values)
        return self._unit.run(_wanted(query, column, array=array), wanted=given)


def _sum(transfers: Iterable[Transfer]) -> int:
    return sum(one.amount for one in transfers)


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else micros(moment)


def _row(one: Transfer) -> tuple[Any, ...]:
    """Return the transfer in the order of the columns."""
    return (
        one.id, one.key, str(one.kind), one.follows, str(one.debit.ledger), one.debit.owner,
        one.credit.owner, one.amount, one.rest, one.activity, one.subject, one.policy_version,
        one.actor, micros(one.acted_at), micros(one.recorded_at), _micros(one.expires_at),
    )  # fmt: skip


def _transfer(row: Any) -> Transfer:
    ledger = Ledger(row.ledger)
    return Transfer(
        **{name: getattr(row, name) for name in _SAME},
        debit=Account(ledger, row.debit),
        credit=Account(ledger, row.credit),
        kind=Kind(row.kind),
    )
