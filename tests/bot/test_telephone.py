"""The telephone line as a part of the service."""

import asyncio
from uuid import uuid4

import aiohttp

from channels.phone.caller import calling
from tests.proof.inside import House, running

HERE = {"GONGZHI_PHONE_AUDIOSOCKET": "127.0.0.1:0"}


async def counted(house: House, name: str) -> float:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{house.url}/metrics") as answer,
    ):
        lines = (await answer.text()).splitlines()
    (value,) = [line.split()[1] for line in lines if line.startswith(f"gongzhi_{name} ")]
    return float(value)


async def test_calls_are_counted(sqlite_url: str) -> None:
    async with running(sqlite_url, HERE) as house:
        line = house.service.line
        assert line is not None
        address = await line.address()
        assert await counted(house, "phone_calls") == 0
        async with calling(address.host, address.port, uuid4()) as caller:
            while not caller.answered:
                await asyncio.sleep(0.05)
            assert await counted(house, "phone_calls") == 1
        await house.until(lambda: line.calls == 0)
        assert await counted(house, "phone_cut_short") == 0
        assert await counted(house, "phone_lag_p99_seconds") == 0


async def test_a_service_without_a_line_answers_all_the_same(sqlite_url: str) -> None:
    async with (
        running(sqlite_url, {}) as house,
        aiohttp.ClientSession() as session,
        session.get(f"{house.url}/metrics") as answer,
    ):
        assert house.service.line is None
        assert "gongzhi_phone" not in await answer.text()
