"""Engines, one service a SQLite file, and the way from an older schema to this one."""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.store.engines.postgres import READERS, WRITERS


class DatabaseError(Exception):
    """The database can't be used; the message says what to do."""


def parse_url(url: str) -> sa.URL:
    """Return the URL with our driver; DatabaseError for anything but SQLite and PostgreSQL."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise DatabaseError("it must look like sqlite:///FILE or postgresql://…") from error
    backend = parsed.get_backend_name()
    if backend == "sqlite" and parsed.database and parsed.database != ":memory:":
        return parsed.set(drivername="sqlite")
    if backend in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    raise DatabaseError("it must be sqlite:///FILE or postgresql://USER@HOST/DATABASE")


def is_sqlite(url: sa.URL) -> bool:
    """Say whether the database is a SQLite file."""
    return url.get_backend_name() == "sqlite"


def make_engine(url: sa.URL) -> sa.Engine:
    """Return the engine with the settings this software needs."""
    if not is_sqlite(url):
        return sa.create_engine(
            url, pool_size=WRITERS + READERS, max_overflow=2, pool_pre_ping=True
        )
    Path(url.database or "").parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        poolclass=sa.pool.QueuePool,
        pool_size=8,
        connect_args={"check_same_thread": False, "isolation_level": None, "timeout": 10},
    )
    sa.event.listen(engine, "connect", _prepare)
    return engine


_PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "recursive_triggers=ON",  # without it REPLACE removes a row unseen by what forbids removing
    "cache_size=-16000",
)


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def opened(url: str) -> Iterator[sa.Engine]:
    """Yield an engine on a database that answers; its connections end with the context."""
    engine = make_engine(parse_url(url))
    try:
        reachable(engine)
        yield engine
    finally:
        engine.dispose()


@contextmanager
def existing(url: str) -> Iterator[sa.Engine]:
    """Yield an engine on a database that is there: whoever only reads makes no empty file."""
    parsed = parse_url(url)
    if is_sqlite(parsed) and not Path(parsed.database or "").exists():
        raise DatabaseError(
            f"there is no database at {parsed.database}: run this in the folder of the service,"
            " or set GONGZHI_DATABASE_URL"
        )
    with opened(url) as engine:
        yield engine


def reachable(engine: sa.Engine) -> None:
    """Raise DatabaseError with the reason when the database does not answer."""
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
    except sa.exc.DBAPIError as error:
        raise DatabaseError(f"{_name(engine)}: {_first_line(error.orig)}") from error
    except sqlite3.Error as error:  # told while the connection is prepared
        raise DatabaseError(f"{_name(engine)}: {_first_line(error)}") from error


def _name(engine: sa.Engine) -> str:
    url = engine.url
    return str(url.database) if is_sqlite(url) else f"{url.host or 'socket'}/{url.database}"


def _first_line(error: BaseException | None) -> str:
    return str(error).strip().partition("\n")[0]


def migrate(engine: sa.Engine, revision: str = "head") -> None:
    """Bring the schema to the revision; several processes may try at once.

    DatabaseError for a schema that a newer version has made.
    """
    found = revision_of(engine)
    if found is not None and found not in known_revisions():
        raise DatabaseError(
            f"{_name(engine)} was made by a newer version (schema {found}, this one knows "
            f"{newest_revision()}): install that version"
        )
    with _alembic() as config, engine.connect() as connection:
        if is_sqlite(engine.url):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7430001)")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        if is_sqlite(engine.url):
            connection.exec_driver_sql("COMMIT")
        connection.commit()


def revision_of(engine: sa.Engine) -> str | None:
    """Return the schema's revision, None for an empty database."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str:
    """Return the revision this software needs."""
    with _alembic() as config:
        head = ScriptDirectory.from_config(config).get_current_head()
    if head is None:
        raise DatabaseError("the migrations are missing: install the package again")
    return head


def known_revisions() -> set[str]:
    """Return all revisions this software knows."""
    with _alembic() as config:
        return {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}


@contextmanager
def _alembic() -> Iterator[Config]:
    with as_file(files("bot.store").joinpath("migrations")) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder))
        config.set_main_option("path_separator", "os")
        yield config


@contextmanager
def only_service(url: sa.URL) -> Iterator[None]:
    """Hold the SQLite file for this service; DatabaseError when another one runs on it."""
    if not is_sqlite(url):
        yield
        return
    path = Path(f"{url.database}.lock")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DatabaseError(
                f"another gongzhi service already runs on {url.database}; stop it first, "
                "or set GONGZHI_DATABASE_URL to another file"
            ) from error
        yield
