"""What the suites share: a moved clock, and storage on both databases."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.ports.storage import Storage
from bot.store.bell import LocalBell
from bot.store.database import make_engine, migrate, parse_url
from bot.store.personal import PersonalData, load_register
from bot.store.postgres import PostgresStorage
from bot.store.sqlite import SqliteStorage
from tests import postgres
from tests.fakes.clock import FakeClock
from tests.postgres import postgres_server

__all__ = ["postgres_server"]

SECRET = b"a secret key that only tests know"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def bell() -> LocalBell:
    return LocalBell()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("template") / "migrated.sqlite"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_copies(postgres_server: str) -> Iterator[postgres.Copies]:
    """Copies of a migrated PostgreSQL database."""
    with postgres.database(postgres_server) as url:
        _migrate(url)
        with postgres.Copies(postgres_server, str(parse_url(url).database)) as copies:
            yield copies


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of each kind, with nothing in it."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated SQLite file with nothing in it."""
    file = tmp_path / "gongzhi.sqlite"
    shutil.copy(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgres_url(postgres_copies: postgres.Copies) -> Iterator[str]:
    """A migrated PostgreSQL database with nothing in it."""
    with postgres_copies.one() as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    made = make_engine(parse_url(database_url))
    yield made
    made.dispose()


def _migrate(url: str) -> None:
    engine = make_engine(parse_url(url))
    migrate(engine)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


@pytest.fixture
def personal() -> PersonalData:
    return PersonalData(load_register(), SECRET)


@pytest.fixture
async def storage(
    engine: sa.Engine, clock: FakeClock, bell: LocalBell, personal: PersonalData
) -> AsyncIterator[Storage]:
    """A migrated storage of each kind."""
    kind = SqliteStorage if engine.dialect.name == "sqlite" else PostgresStorage
    opened = kind(engine, clock=clock, personal=personal, bell=bell)
    yield opened
    await opened.close()
