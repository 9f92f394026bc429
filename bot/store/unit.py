"""What the areas of the storage share: one connection, one time, one way to protect."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.personal import PersonalData


class Unit:
    """One transaction's connection, with its time and the topics to ring after the commit."""

    def __init__(self, connection: sa.Connection, now: datetime, personal: PersonalData) -> None:
        self.connection = connection
        self.now = now
        self.personal = personal
        self.topics: set[str] = set()

    def run(self, statement: sa.Executable, *many: dict[str, Any]) -> sa.CursorResult[Any]:
        """Execute the statement, once or for each of the parameter sets."""
        result = self.connection.execute(statement, list(many) if many else None)
        if not isinstance(result, sa.CursorResult):
            raise TypeError("only Core statements are executed here")
        return result

    def new_id(self, insert: sa.Insert) -> int:
        """Insert one row and return its id."""
        key = self.run(insert).inserted_primary_key
        if key is None:
            raise LookupError("the insert gave no id")
        return int(key[0])

    def insert_if_absent(self, table: sa.Table, *unique: str, **values: Any) -> bool:
        """Insert the row unless the unique columns are taken; say whether it was inserted."""
        make = postgresql.insert if self.connection.dialect.name == "postgresql" else sqlite.insert
        insert = make(table).values(values).on_conflict_do_nothing(index_elements=list(unique))
        return self.run(insert.returning(next(iter(table.primary_key)))).first() is not None
