"""What the suites share: a moved clock, and storage on both databases."""

import gc

gc.disable()  # until all is imported and collected

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings

from bot.console.demo import fill
from bot.ports.storage import Storage
from bot.store.engines.bell import LocalBell
from bot.store.engines.database import make_engine, migrate, parse_url
from bot.store.engines.postgres import PostgresStorage
from bot.store.engines.sqlite import SqliteStorage
from bot.store.ground.personal import PersonalData, load_register
from bot.store.tx import SqlTx
from tests import postgres
from tests.engine import LastingEngine
from tests.fakes.clock import FakeClock
from tests.postgres import postgres_server
from tests.restored import Restored

__all__ = ["postgres_server"]

SECRET = b"a secret key that only tests know"
REGISTER = load_register()

# Nothing here is a matter of luck or of how busy a machine is; `make prove` seeks other examples.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("seek", PATIENT)
settings.register_profile("same", PATIENT, derandomize=True)
settings.load_profile("same")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """What was imported and collected stays: nothing that looks for garbage goes through it."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def bell() -> LocalBell:
    return LocalBell()


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("template") / "migrated.sqlite"
    _made(f"sqlite:///{file}", migrate)
    return file


@pytest.fixture(scope="session")
def filled_file(empty_file: Path) -> Path:
    """A SQLite file with the demonstration community, to copy."""
    file = empty_file.with_name("filled.sqlite")
    shutil.copy(empty_file, file)
    _made(f"sqlite:///{file}", _fill)
    return file


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> Iterator[str]:
    with postgres.database(postgres_server) as url:
        _made(url, migrate)
        yield str(parse_url(url).database)


@pytest.fixture(scope="session")
def filled_postgres(postgres_server: str, migrated_postgres: str) -> Iterator[str]:
    with postgres.database(postgres_server, migrated_postgres) as url:
        _made(url, _fill)
        yield str(parse_url(url).database)


@pytest.fixture(scope="session")
def empty_copies(postgres_server: str, migrated_postgres: str) -> Iterator[postgres.Copies]:
    """Copies of a migrated PostgreSQL database."""
    with postgres.Copies(postgres_server, migrated_postgres) as copies:
        yield copies


@pytest.fixture(scope="session")
def filled_copies(postgres_server: str, filled_postgres: str) -> Iterator[postgres.Copies]:
    """Copies of a PostgreSQL database with the demonstration community."""
    with postgres.Copies(postgres_server, filled_postgres) as copies:
        yield copies


@pytest.fixture(scope="session")
def empty_restored(postgres_server: str, migrated_postgres: str) -> Iterator[Restored]:
    """A migrated PostgreSQL database, lent to one test after another."""
    with Restored(postgres_server, migrated_postgres) as one:
        yield one


@pytest.fixture(scope="session")
def filled_restored(postgres_server: str, filled_postgres: str) -> Iterator[Restored]:
    """One with the demonstration community."""
    with Restored(postgres_server, filled_postgres) as one:
        yield one


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def holds() -> str:
    """What a database holds when a test begins: `empty`, or `filled` with the community.

    A folder or file whose tests all begin with the community says so: to copy it is cheaper.
    """
    return "empty"


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, holds: str, tmp_path: Path) -> str:
    """A migrated SQLite file."""
    file = tmp_path / "gongzhi.sqlite"
    shutil.copy(request.getfixturevalue(f"{holds}_file"), file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest, holds: str) -> Iterator[str]:
    """A migrated PostgreSQL database: its own for a test that does not take the engine."""
    if "engine" in request.fixturenames:
        restored: Restored = request.getfixturevalue(f"{holds}_restored")
        with restored.lent() as url:
            yield url
    else:
        copies: postgres.Copies = request.getfixturevalue(f"{holds}_copies")
        with copies.one() as url:
            yield url


@pytest.fixture(scope="session")
def engines() -> Iterator[dict[str, LastingEngine]]:
    """An engine for each kind of database."""
    made: dict[str, LastingEngine] = {}
    yield made
    for one in made.values():
        one.end()


@pytest.fixture
def engine(database_url: str, engines: dict[str, LastingEngine]) -> Iterator[sa.Engine]:
    """All tests share one of a kind: what it compiled for one, no other need compile."""
    url = parse_url(database_url)
    kind = url.get_backend_name()
    if kind not in engines:
        engines[kind] = LastingEngine(make_engine(url))
    engines[kind].move(url)
    yield engines[kind]
    engines[kind].dispose()


def _made(url: str, make: Callable[[sa.Engine], object]) -> None:
    """Let something be made in the database, all of it in its one file."""
    engine = make_engine(parse_url(url))
    make(engine)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


def _fill(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        fill(SqlTx(connection, FakeClock().now(), PersonalData(REGISTER, SECRET)))
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")


@pytest.fixture
def personal() -> PersonalData:
    return PersonalData(REGISTER, SECRET)


@pytest.fixture
async def storage(
    engine: sa.Engine, clock: FakeClock, bell: LocalBell, personal: PersonalData
) -> AsyncIterator[Storage]:
    """A migrated storage of each kind."""
    kind = SqliteStorage if engine.dialect.name == "sqlite" else PostgresStorage
    opened = kind(engine, clock=clock, personal=personal, bell=bell)
    yield opened
    await opened.close()
