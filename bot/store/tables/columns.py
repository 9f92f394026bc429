"""Of what the tables are made: moments, keys, texts, links."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Return the moment as it is kept."""
    return (moment - _EPOCH) // _MICROSECOND


class Instant(sa.TypeDecorator[datetime]):
    """An aware moment, kept as whole microseconds since 1970 in UTC: the same on both engines."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:
        """Turn a moment into microseconds."""
        del dialect
        return None if value is None else micros(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        """Turn microseconds into a moment."""
        del dialect
        return None if value is None else _EPOCH + value * _MICROSECOND


metadata: Final = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


WAITING: Final = sa.literal_column("'waiting'", sa.Text)
SENDING: Final = sa.literal_column("'sending'", sa.Text)
HELD: Final = sa.literal_column("'held'", sa.Text)
"""Literals, not parameters: only so does SQLite see that a partial index serves."""


def table(name: str, *columns: sa.schema.SchemaItem) -> sa.Table:
    """Return a table with a number of its own as key."""
    key = sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    return sa.Table(name, metadata, key, *columns)


def text(name: str, *, default: str | None = None, unique: bool = False) -> sa.Column[str]:
    """Return a text that is never null."""
    return sa.Column(name, sa.Text, nullable=False, default=default, unique=unique)


def link(name: str, target: str, *, needed: bool = True, index: bool = False) -> sa.Column[int]:
    """Return a link to a row of the target."""
    return sa.Column(
        name, sa.BigInteger, sa.ForeignKey(f"{target}.id"), nullable=not needed, index=index
    )


def at(name: str, *, needed: bool = True, index: bool = False) -> sa.Column[datetime]:
    """Return a moment."""
    return sa.Column(name, Instant, nullable=not needed, index=index)


def number(name: str, *, default: int | None = None) -> sa.Column[int]:
    """Return a whole number."""
    return sa.Column(name, sa.Integer, nullable=False, default=default)


def counted(name: str) -> sa.Column[int]:
    """Return a number that counts from 0."""
    return sa.Column(name, sa.Integer, nullable=False, default=0, server_default="0")


def flag(name: str) -> sa.Column[bool]:
    """Return a yes or no that starts as no."""
    return sa.Column(name, sa.Boolean, nullable=False, default=False, server_default=sa.false())
