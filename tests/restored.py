"""A PostgreSQL database lent to one test after another: what each did there is undone."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Self

import psycopg

from tests import postgres

_WATCH = """
CREATE SCHEMA restored;
CREATE SEQUENCE restored.altered;
CREATE FUNCTION restored.note() RETURNS event_trigger LANGUAGE plpgsql
  AS $$ BEGIN PERFORM nextval('restored.altered'); END $$;
CREATE EVENT TRIGGER altered ON ddl_command_end EXECUTE FUNCTION restored.note();
"""
_RESTORE = """
CREATE FUNCTION pg_temp.restore() RETURNS void LANGUAGE plpgsql
  SET session_replication_role = replica SET lock_timeout = '10s' AS $$ BEGIN {} END $$;
"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_SEQUENCES = """
SELECT sequencename, coalesce(last_value, start_value), last_value IS NOT NULL
FROM pg_sequences WHERE schemaname = 'public'
"""


class Restored:
    """A copy of a template. To bring it back takes a sixth of the work of another copy.

    A database whose tables a test altered is not lent again.
    """

    def __init__(self, server_url: str, template: str) -> None:
        self._server_url = server_url
        self._template = template
        self._made = ExitStack()
        self._url = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._made.close()

    @contextmanager
    def lent(self) -> Iterator[str]:
        """Yield the URL of a database that holds what the template does."""
        if not self._url:
            self._make()
        yield self._url
        if self._rows("SELECT is_called FROM restored.altered")[0][0]:
            self._made.close()
            self._url = ""
        else:
            self._link.execute("SELECT pg_temp.restore()")

    def _make(self) -> None:
        self._url = self._made.enter_context(postgres.database(self._server_url, self._template))
        self._link = self._made.enter_context(psycopg.connect(self._url, autocommit=True))
        self._link.execute(_RESTORE.format("\n".join(self._steps())).encode())
        self._link.execute(_WATCH)

    def _steps(self) -> Iterator[str]:
        """Keep the rows of each table; yield what empties them all and puts these back."""
        tables = [name for (name,) in self._rows(_TABLES)]
        yield from (f"DELETE FROM public.{name};" for name in tables)
        for name in tables:
            if self._rows(f"SELECT 1 FROM public.{name} LIMIT 1"):
                self._rows(f"SELECT * INTO TEMPORARY kept_{name} FROM public.{name}")
                yield f"INSERT INTO public.{name} SELECT * FROM kept_{name};"
        for name, value, called in self._rows(_SEQUENCES):
            yield f"PERFORM setval('public.{name}', {value}, {called});"

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        found = self._link.execute(query.encode())
        return found.fetchall() if found.description else []
