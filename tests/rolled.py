"""State machines on a database."""

import sqlalchemy as sa


class Rolled:
    """All of an example is one transaction that is taken back."""

    connection: sa.Connection

    def begin(self, engine: sa.Engine) -> None:
        """Begin the transaction."""
        self.connection = engine.connect()
        if engine.dialect.name == "sqlite":
            self.connection.exec_driver_sql("BEGIN IMMEDIATE")

    def teardown(self) -> None:
        """Take it back."""
        if self.connection.dialect.name == "sqlite":
            self.connection.exec_driver_sql("ROLLBACK")
        self.connection.close()
