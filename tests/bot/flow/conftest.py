"""The community is there when a test begins."""

import pytest

from bot.ports.storage import Storage
from tests.bot.community import Community
from tests.bot.flow.credit.counter import Counter, make
from tests.bot.flow.credit.office import RULES, Office
from tests.bot.flow.initiatives.square import Square, a_square


@pytest.fixture
def holds() -> str:
    return "filled"


@pytest.fixture
async def office(storage: Storage) -> Office:
    community = Community(storage, RULES)
    await community.fill()
    names = ("yu", "bai", "ding", "admin")
    return Office(storage, *[await community.staff(name) for name in names])


@pytest.fixture
async def square(storage: Storage) -> Square:
    return await a_square(storage)


@pytest.fixture
async def counter(storage: Storage) -> Counter:
    return await make(storage)
