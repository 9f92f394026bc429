"""A community with a telephone."""

from collections.abc import AsyncIterator

import pytest

from bot.ports.storage import Storage
from bot.store.engines.bell import LocalBell
from tests.bot.community import Community
from tests.bot.dialogue.looking import RULES
from tests.bot.dialogue.phone.caller import Caller, switchboard
from tests.fakes.clock import FakeClock


@pytest.fixture
async def caller(storage: Storage, bell: LocalBell, clock: FakeClock) -> AsyncIterator[Caller]:
    await Community(storage, RULES).fill()
    async with switchboard(storage, bell, RULES) as board:
        yield Caller(board, storage, clock)
