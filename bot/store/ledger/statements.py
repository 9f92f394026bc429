"""The ledger's statements over many rows at once: what its speed comes from.

SQLite's driver runs one prepared statement over all rows; on PostgreSQL each column goes as one
array, so that the server parses, plans and answers once. Values are as the database has them.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any, Final, Protocol

from bot.store.prepared import Driver

Row = tuple[Any, ...]
COLUMNS: Final = (
    "id", "key", "kind", "follows", "ledger", "debit", "credit", "amount", "rest", "activity",
    "subject", "policy_version", "actor", "acted_at", "recorded_at", "expires_at",
)  # fmt: skip
_TRANSFER: Final = f"transfer ({', '.join(COLUMNS)})"
_TOGETHER: Final = 16
"""So many rows a statement inserts on SQLite; more make it no faster."""

_ARRAYS: Final = (
    "SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[],"
    " %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::text[],"
    " %s::int[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[])"
)
_INSERT_TRANSFERS: Final = f"INSERT INTO {_TRANSFER} {_ARRAYS}"
_INSERT_HOLDS: Final = (
    "INSERT INTO open_hold (id, expires_at) SELECT * FROM unnest(%s::text[], %s::bigint[])"
)
_MAKE_BALANCES: Final = (
    "INSERT INTO balance (owner, ledger, posted, held, coming)"
    " SELECT owner, ledger, 0, 0, 0 FROM unnest(%s::text[], %s::text[]) AS k(owner, ledger)"
    " WHERE NOT EXISTS (SELECT FROM balance AS b"
    " WHERE b.owner = k.owner AND b.ledger = k.ledger)"
    ' ORDER BY owner COLLATE "C", ledger COLLATE "C" ON CONFLICT DO NOTHING'
)
_LOCK_BALANCES: Final = (
    "SELECT b.owner, b.ledger, b.posted, b.held, b.coming"
    " FROM unnest(%s::text[], %s::text[]) AS k(owner, ledger) JOIN balance AS b"
    " ON b.owner = k.owner AND b.ledger = k.ledger"
    ' ORDER BY b.owner COLLATE "C", b.ledger COLLATE "C" FOR UPDATE OF b'
)
_PUT_BALANCES: Final = (
    "UPDATE balance AS b SET posted = k.posted, held = k.held, coming = k.coming"
    " FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[])"
    " AS k(owner, ledger, posted, held, coming)"
    " WHERE b.owner = k.owner AND b.ledger = k.ledger"
)


class Statements(Protocol):
    """What differs between the databases. Rows of transfers have the order of COLUMNS."""

    def lock(self, keys: Sequence[Row]) -> Mapping[Row, Row]:
        """Return (posted, held, coming) by (owner, ledger); nobody else changes them.

        The keys come in the order in which everybody locks them.
        """
        ...

    def write(
        self, transfers: Sequence[Row], balances: Sequence[Row], holds: Sequence[Row]
    ) -> None:
        """Insert the transfers in this order, and the holds, as (id, expires_at).

        Balances, as (owner, ledger, posted, held, coming), were locked before.
        """
        ...


def statements(driver: Driver, *, shared: bool) -> Statements:
    """Return those of PostgreSQL, where others write beside us, or of SQLite."""
    return _Postgres(driver) if shared else _Sqlite(driver)


def insert_rows(driver: Driver, target: str, rows: Sequence[Row], otherwise: str = "") -> None:
    """Insert into the columns of that table on SQLite, sixteen rows a statement.

    What a failure leaves of the rows is gone with the unit. So FAIL is enough: for ABORT, which
    undoes the statement, SQLite would copy each page that many rows change.
    """
    if not rows:
        return
    one = f"({', '.join('?' * len(rows[0]))})"
    whole = len(rows) - len(rows) % _TOGETHER
    packs = [list(chain(*rows[at : at + _TOGETHER])) for at in range(0, whole, _TOGETHER)]
    for values, each in ((", ".join([one] * _TOGETHER), packs), (one, rows[whole:])):
        driver.run_sql_many(f"INSERT OR FAIL INTO {target} VALUES {values} {otherwise}", each)  # noqa: S608


class _Sqlite:
    """One writer: nothing to lock."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def lock(self, keys: Sequence[Row]) -> Mapping[Row, Row]:
        rows = self._driver.run_sql(
            "SELECT owner, ledger, posted, held, coming FROM balance"
            " WHERE owner IN (SELECT value FROM json_each(?))",
            (json.dumps([owner for owner, _ in keys]),),
        )
        return _by_key(rows)

    def write(
        self, transfers: Sequence[Row], balances: Sequence[Row], holds: Sequence[Row]
    ) -> None:
        insert_rows(self._driver, _TRANSFER, transfers)
        insert_rows(
            self._driver,
            "balance (owner, ledger, posted, held, coming)",
            balances,
            "ON CONFLICT (owner, ledger) DO UPDATE SET posted = excluded.posted,"
            " held = excluded.held, coming = excluded.coming",
        )
        insert_rows(self._driver, "open_hold (id, expires_at)", holds)


class _Postgres:
    """Rows that are missing are made first, then all are locked, both in one order.

    So two transactions never wait for each other: whoever makes rows holds none that was there
    before, and rows just made are not yet seen by those who lock.
    """

    def __init__(self, driver: Driver) -> None:
        self._together = driver.run_together

    def lock(self, keys: Sequence[Row]) -> Mapping[Row, Row]:
        given = _turned(keys)
        _, rows = self._together(((_MAKE_BALANCES, given), (_LOCK_BALANCES, given)))
        return _by_key(rows)

    def write(
        self, transfers: Sequence[Row], balances: Sequence[Row], holds: Sequence[Row]
    ) -> None:
        each = (_INSERT_TRANSFERS, transfers), (_PUT_BALANCES, balances), (_INSERT_HOLDS, holds)
        self._together([(sql, _turned(rows)) for sql, rows in each if rows])


def _by_key(rows: Sequence[Row]) -> dict[Row, Row]:
    return {row[:2]: row[2:] for row in rows}


def _turned(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the columns of the rows, each as one array."""
    return tuple(map(array_text, zip(*rows, strict=True)))


def array_text(values: Sequence[str | int | None]) -> str:
    """Return an array as PostgreSQL reads it; the driver takes 1 µs for each value."""
    if values and isinstance(values[0], str):
        with suppress(TypeError):  # where one is null
            joined = '","'.join(values)  # type: ignore[arg-type]
            if "\\" not in joined and joined.count('"') == 2 * (len(values) - 1):
                return f'{{"{joined}"}}'
    return f"{{{','.join(map(_element, values))}}}"


def _element(value: str | int | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)
