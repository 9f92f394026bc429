"""The register: each key, checkpoint and cosignature of the log, numbered as they were written.

A line seals its row, and the line before, by what follows from the service's secret. So who has
only the database can change and remove none of them unseen, but for the last ones, each with its
line: that is the database as it was before. Migration 0054 had no secret: its lines stand first,
and their hashes are sealed by the first line behind them.
"""

import json
from hashlib import sha256
from typing import Any, Final

import sqlalchemy as sa

from bot.store import tables as t
from bot.store.ground.personal import PersonalData
from bot.store.ground.unit import Unit
from credits.verify import BrokenError

_NAMES: Final = {t.ledger_key: "key", t.log_checkpoint: "checkpoint", t.cosignature: "cosignature"}
"""What is registered, and how a row is called."""

_PURPOSE: Final = "log register"
_LAST: Final = sa.select(t.log_register).order_by(t.log_register.c.number.desc()).limit(1)
_AT_ONCE: Final = 2000


def enter(unit: Unit, table: sa.Table, row_id: int) -> None:
    """Register the row that was just written; the caller holds the log's lock."""
    last = unit.run(_LAST).first()
    number, before = (last.number + 1, last.seal) if last else (1, "")
    row = unit.run(sa.select(*_plain(table)).where(table.c.id == row_id)).one()
    seal = unit.personal.fingerprint(_PURPOSE, _text(before, number, table.name, row))
    values = {"number": number, "what": table.name, "row": row_id, "seal": seal}
    unit.insert(t.log_register, values)


def check_register(connection: sa.Connection, personal: PersonalData) -> bool:
    """Compare all lines with their rows; say whether the last one is sealed.

    BrokenError names the first that does not fit.
    """
    before, sealed = "", False
    with connection.execute(_lines(), execution_options={"yield_per": _AT_ONCE}) as lines:
        for number, (line, name, row) in enumerate(map(_parts, lines), 1):
            where = f"{name} in row {line.row}"
            if line.number != number:
                raise BrokenError(f"line {number} of the register", "it is missing")
            if row is None:
                raise BrokenError(where, "it was removed")
            text = _text(before, number, line.what, row)
            now_sealed = line.seal == personal.fingerprint(_PURPOSE, text)
            if not now_sealed and (sealed or line.seal != sha256(text.encode()).hexdigest()):
                raise BrokenError(where, "it, or its line in the register, was changed")
            before, sealed = line.seal, now_sealed
    for table, name in _NAMES.items():
        absent = ~sa.exists().where(
            t.log_register.c.what == table.name, t.log_register.c.row == table.c.id
        )
        row_id = connection.execute(sa.select(table.c.id).where(absent).limit(1)).scalar()
        if row_id is not None:
            raise BrokenError(f"{name} in row {row_id}", "it is not in the register")
    return sealed


def _lines() -> sa.Select[Any]:
    """Return each line, with the row that it is about."""
    joined: sa.FromClause = t.log_register
    for table in _NAMES:
        here = t.log_register.c.what == table.name, t.log_register.c.row == table.c.id
        joined = joined.outerjoin(table, sa.and_(*here))
    columns = [column for table in _NAMES for column in _plain(table)]
    return (
        sa.select(*t.log_register.c, *columns).select_from(joined).order_by(t.log_register.c.number)
    )


def _parts(found: sa.Row[Any]) -> tuple[sa.Row[Any], str, tuple[Any, ...] | None]:
    """Return the line, how its row is called, and the row; None when there is none."""
    begin = len(t.log_register.c)
    for table, name in _NAMES.items():
        end = begin + len(table.c)
        if found.what == table.name:
            row = tuple(found[begin:end])
            return found, name, None if row[0] is None else row
        begin = end
    return found, found.what, None


def _plain(table: sa.Table) -> list[sa.ColumnElement[Any]]:
    """Return the columns as they are kept: moments as microseconds."""
    return [
        sa.type_coerce(column, sa.BigInteger) if column.name == "at" else column
        for column in table.columns
    ]


def _text(before: str, number: int, what: str, row: Any) -> str:
    return json.dumps([before, number, what, *row])
