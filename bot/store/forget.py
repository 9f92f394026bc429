"""Blanks personal fields when their retention ends, as privacy.toml says."""

from typing import Final

import sqlalchemy as sa

from bot.store.desk import drop_what_is_over
from bot.store.ground.personal import PersonalField
from bot.store.ground.unit import Unit
from bot.store.tables import metadata

_ROWS_MOST: Final = 500


def forget(unit: Unit) -> int:
    """Blank what is due, at most a few hundred rows of each field; return how many."""
    drop_what_is_over(unit)
    return sum(_blank(unit, field) for field in unit.personal.register.values())


def _blank(unit: Unit, field: PersonalField) -> int:
    table = metadata.tables[field.table]
    column, counted = table.c[field.column], table.c[field.counted_from]
    key = next(iter(table.primary_key))
    due = (
        sa.select(key).where(column != "", counted <= unit.now - field.retention).limit(_ROWS_MOST)
    )
    ids = [row[0] for row in unit.run(due)]
    if not ids:
        return 0
    return unit.run(table.update().where(key.in_(ids)).values({column: ""})).rowcount
