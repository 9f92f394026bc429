"""What the suites share: a moved clock, and storage on both databases."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
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


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/gongzhi.sqlite"
        return
    with postgres.database(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    made = make_engine(parse_url(database_url))
    with ExitStack() as stack:
        stack.callback(made.dispose)
        migrate(made)
        yield made


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
