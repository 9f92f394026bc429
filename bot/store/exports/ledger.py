"""Writes the sealed ledger as lines, in the public or the auditor's form: docs/ledger.md."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TextIO

import sqlalchemy as sa

from bot.store import tables as t
from bot.store.engines.database import is_sqlite
from bot.store.ledger.rows import LEAVES, LeafRow
from credits.lines import AUDITOR, auditor_line, header, public_line, write
from credits.merkle import TILE_WIDTH

_AT_ONCE: Final = 2000


class NotSealedError(Exception):
    """There is no log yet: nothing was signed."""


@dataclass(frozen=True, slots=True)
class ExportedLedger:
    """How many entries were written, and how many transfers have no leaf yet."""

    size: int
    unsealed: int


@contextmanager
def one_moment(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Yield a connection that sees the database as it is now, whatever others write."""
    options = {} if is_sqlite(engine.url) else {"isolation_level": "REPEATABLE READ"}
    with engine.connect().execution_options(**options) as connection:
        if is_sqlite(engine.url):
            connection.exec_driver_sql("BEGIN")
        try:
            yield connection
        finally:
            if is_sqlite(engine.url):
                connection.exec_driver_sql("ROLLBACK")


def export_ledger(connection: sa.Connection, target: TextIO, form: str) -> ExportedLedger:
    """Write what is sealed, with keys and checkpoints, as of one moment."""
    keys = published(connection)
    last = sa.select(sa.func.coalesce(sa.func.max(t.leaf.c.idx), -1))
    size = int(connection.execute(last).scalar_one()) + 1
    signed = _signed(connection, [since for _, since, _ in keys])
    name = keys[0][0].partition("+")[0]
    target.write(header(form, name, size, max(signed, default=0)))
    for verifier, since, announced in keys:
        said = {"key": verifier, "since": since, "announced": announced}
        target.write(write(said))
    _write_signed(target, signed, 0)
    with every_leaf(connection) as leaves:
        for row in leaves:
            target.write(_line(LeafRow(row), form))
            _write_signed(target, signed, row.idx + 1)
    for beyond in sorted(signed):
        _write_signed(target, signed, beyond)
    return ExportedLedger(size, _unsealed(connection))


@contextmanager
def every_leaf(connection: sa.Connection) -> Iterator[sa.CursorResult[Any]]:
    """Yield all leaves in order, some at a time in memory."""
    some = {"yield_per": _AT_ONCE}
    with connection.execute(LEAVES.order_by(t.leaf.c.idx), execution_options=some) as rows:
        yield rows


def published(connection: sa.Connection) -> list[tuple[str, int, str]]:
    """Return the keys with the size from which each signs, and how it was announced."""
    rows = connection.execute(sa.select(t.ledger_key).order_by(t.ledger_key.c.id)).all()
    if not rows:
        raise NotSealedError(
            "nothing is signed yet: start the service, it signs the ledger within a second"
        )
    return [(row.verifier, row.since, row.announced) for row in rows]


def _line(one: LeafRow, form: str) -> str:
    if form == AUDITOR:
        return auditor_line(one.index, one.outer, one.row.nonce, one.middle, one.row.hash)
    return public_line(one.index, one.outer, one.sealed.hex(), one.row.hash)


def _signed(connection: sa.Connection, changes: Sequence[int]) -> dict[int, list[str]]:
    """Return checkpoints by size: the last of each full tile, of each key, and of all."""
    rows = connection.execute(
        sa.select(
            t.log_checkpoint.c.id,
            t.log_checkpoint.c.size,
            t.log_checkpoint.c.note,
        ).order_by(t.log_checkpoint.c.id)
    ).all()
    lines: dict[int, str] = {}
    for row in connection.execute(sa.select(t.cosignature).order_by(t.cosignature.c.id)):
        lines[row.checkpoint_id] = lines.get(row.checkpoint_id, "") + row.line
    found: dict[int, list[str]] = {}
    for place, row in enumerate(rows):
        following = rows[place + 1].size if place + 1 < len(rows) else None
        crosses = following is None or following // TILE_WIDTH != row.size // TILE_WIDTH
        if crosses or row.size in changes or row.id in lines:
            found.setdefault(row.size, []).append(row.note + lines.get(row.id, ""))
    return found


def _write_signed(target: TextIO, signed: dict[int, list[str]], size: int) -> None:
    target.writelines(write({"checkpoint": note}) for note in signed.pop(size, ()))


def _unsealed(connection: sa.Connection) -> int:
    without = ~sa.exists().where(t.leaf.c.seq == t.transfer.c.seq)
    query = sa.select(sa.func.count()).select_from(t.transfer).where(without)
    return int(connection.execute(query).scalar_one())
