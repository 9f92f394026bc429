"""A house on each database."""

import pytest
import sqlalchemy as sa

from bot.ports.storage import Storage
from bot.store.engines.bell import LocalBell
from tests.bot.community import Community, rules
from tests.bot.preparation.house import House
from tests.fakes.clock import FakeClock


@pytest.fixture
async def house(storage: Storage, bell: LocalBell, clock: FakeClock, engine: sa.Engine) -> House:
    await Community(storage, rules()).fill()
    return House(storage, bell, clock, engine)
