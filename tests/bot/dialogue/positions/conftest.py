"""A courier in the community."""

import pytest

from bot.ports.storage import Storage
from tests.bot.community import Community
from tests.bot.dialogue.positions.courier import INTERPRETER, RULES, Courier
from tests.bot.dialogue.talker import Talker
from tests.fakes.clock import FakeClock


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The dialogue uses storage through its port alone: one database is enough here."""
    return sqlite_url


@pytest.fixture
async def courier(storage: Storage, clock: FakeClock) -> Courier:
    await Community(storage, RULES).fill()
    return Courier(Talker(storage, RULES, INTERPRETER, clock), storage, clock)
