"""An engine that serves one test after another, each on its own database."""

from typing import Any

import sqlalchemy as sa


class LastingEngine(sa.Engine):
    """What it has compiled lasts, and the connections to a database that lasts."""

    def __init__(self, made: sa.Engine) -> None:
        super().__init__(made.pool, made.dialect, made.url)
        sa.event.listen(made, "do_connect", self._where)

    def move(self, url: sa.URL) -> None:
        """Connect to that database from now on."""
        if url != self.url:
            self.end()
            self.url = url

    def dispose(self, close: bool = True) -> None:  # noqa: FBT001, FBT002  as its base has it
        """Let go of a file; a test leaves the connections to a server to the next one."""
        if self.dialect.name == "sqlite":
            super().dispose(close)

    def end(self) -> None:
        """Close all connections."""
        super().dispose()

    def _where(
        self, dialect: sa.Dialect, _: object, args: list[Any], named: dict[str, Any]
    ) -> None:
        args[:], more = dialect.create_connect_args(self.url)
        named |= more
