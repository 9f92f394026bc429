"""A bench for each test."""

import pytest
import sqlalchemy as sa

from bot.ports.storage import Storage
from bot.store.engines.bell import LocalBell
from tests.bot.worker.bench import Bench
from tests.fakes.clock import FakeClock


@pytest.fixture
def bench(storage: Storage, engine: sa.Engine, bell: LocalBell, clock: FakeClock) -> Bench:
    return Bench(storage, engine, bell, clock)
