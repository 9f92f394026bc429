"""A server for each test; what it complains of fails the test."""

from collections.abc import AsyncIterator

import pytest

from tests.channels.telegram.parts import Store
from tests.fakes.botapi import BotApi


@pytest.fixture
async def server() -> AsyncIterator[BotApi]:
    async with BotApi() as running:
        yield running
    assert running.complaints == []


@pytest.fixture
def store() -> Store:
    return Store()
