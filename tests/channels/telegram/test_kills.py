"""Killed without warning, again and again: every message is stored, and once."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.fakes.botapi import BotApi

ANNA = 11
MESSAGES, KILLS = 100, 3
LONG_SECONDS = 30


async def test_killed_it_loses_none_and_doubles_none(server: BotApi, tmp_path: Path) -> None:
    file = tmp_path / "stored"
    file.touch()
    for number in range(MESSAGES):
        await server.people.text(ANNA, f"{number}")
    for kill in range(1, KILLS + 1):
        async with polling(server, file):
            await until_lines(file, kill * MESSAGES // (KILLS + 1))
    async with polling(server, file):
        await until_lines(file, MESSAGES)
    assert stored(file) == [f"4242:{1000 + n} {n}" for n in range(MESSAGES)]


@asynccontextmanager
async def polling(server: BotApi, file: Path) -> AsyncIterator[None]:
    """A process that is killed at the end of the context."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.channels.telegram.child"),
        *(server.base_url, server.token, str(file)),
    )
    try:
        yield
    finally:
        process.kill()
        await process.wait()


async def until_lines(file: Path, count: int) -> None:
    async with asyncio.timeout(LONG_SECONDS):
        while len(stored(file)) < count:
            await asyncio.sleep(0.01)


def stored(file: Path) -> list[str]:
    return file.read_text().splitlines()
