"""What the areas of the storage share: one connection, one time, one way to protect."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, overload

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.ground.personal import PersonalData
from bot.store.prepared import Driver, Prepared, Rows

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class Unit:
    """One transaction's connection, with its time and the topics to ring after the commit.

    On the hot path statements are prepared once and run with values: building one anew costs
    more than running it.
    """

    def __init__(self, connection: sa.Connection, now: datetime, personal: PersonalData) -> None:
        self.connection = connection
        self.driver = Driver(connection)
        self.now = now
        self.personal = personal
        self.topics: set[str] = set()

    @property
    def shared(self) -> bool:
        """Say whether other units run beside this one, so that rows have to be locked."""
        return self.connection.dialect.name == "postgresql"

    @overload
    def run(self, statement: Prepared, /, **values: Any) -> Rows: ...
    @overload
    def run(self, statement: sa.Executable, /, **values: Any) -> sa.CursorResult[Any]: ...
    def run(
        self, statement: Prepared | sa.Executable, /, **values: Any
    ) -> Rows | sa.CursorResult[Any]:
        """Execute the statement with its values."""
        if isinstance(statement, Prepared):
            return self.driver.run(statement, values)
        result = self.connection.execute(statement, values or None)
        if not isinstance(result, sa.CursorResult):
            raise TypeError("only Core statements are executed here")
        return result

    def insert(self, table: sa.Table, values: Mapping[str, Any]) -> int:
        """Insert one row and return its id."""
        return int(self.driver.run(_insert(table), values).scalar())

    def insert_many(self, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows whose ids nobody needs."""
        if rows:
            self.driver.run_many(_insert_many(table), rows)

    def insert_if_absent(
        self, table: sa.Table, unique: tuple[str, ...], values: Mapping[str, Any]
    ) -> int | None:
        """Insert the row unless the unique columns are taken; return its id, None if taken."""
        statement = _insert_if_absent(table, unique, self.connection.dialect.name)
        found: int | None = self.driver.run(statement, values).scalar()
        return found

    def put(self, table: sa.Table, unique: tuple[str, ...], values: Mapping[str, Any]) -> None:
        """Insert the row, or change the one that has the unique columns."""
        statement = _put(table, unique, tuple(values), self.connection.dialect.name)
        self.driver.run(statement, values)


def columns_of(record: "DataclassInstance") -> dict[str, Any]:
    """Return the fields of a record by name; unlike `asdict` it copies nothing."""
    return {field.name: getattr(record, field.name) for field in fields(record)}


@cache
def _insert(table: sa.Table) -> Prepared:
    return Prepared(table.insert().returning(*table.primary_key))


@cache
def _insert_many(table: sa.Table) -> Prepared:
    return Prepared(table.insert().inline())


def _dialect_insert(table: sa.Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@cache
def _insert_if_absent(table: sa.Table, unique: tuple[str, ...], dialect: str) -> Prepared:
    insert = _dialect_insert(table, dialect).on_conflict_do_nothing(index_elements=list(unique))
    return Prepared(insert.returning(*table.primary_key))


@cache
def _put(
    table: sa.Table, unique: tuple[str, ...], columns: tuple[str, ...], dialect: str
) -> Prepared:
    insert = _dialect_insert(table, dialect)
    changed = {name: insert.excluded[name] for name in columns if name not in unique}
    changing = insert.on_conflict_do_update(index_elements=list(unique), set_=changed)
    return Prepared(changing.inline())
