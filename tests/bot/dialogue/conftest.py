"""A resident on Telegram, where a case has a card."""

import pytest

from bot.ports.storage import Storage
from tests.bot.community import Community
from tests.bot.dialogue.looking import INTERPRETER, RULES
from tests.bot.dialogue.talker import Talker
from tests.fakes.clock import FakeClock


@pytest.fixture
def holds() -> str:
    return "filled"


@pytest.fixture
async def talker(storage: Storage, clock: FakeClock) -> Talker:
    await Community(storage, RULES).fill()
    return Talker(storage, RULES, INTERPRETER, clock, channel="telegram")
