"""A whole service inside the test's own process, and what an operator would look at in it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from aiohttp import web

from bot.app import Service, assemble, open_storage
from bot.console.demo import fill
from bot.settings import read_settings
from bot.store.engines.database import make_engine, parse_url
from tests.fakes.clock import FakeClock

SECRET = "a secret key that only proofs know"  # noqa: S105  for tests


class House:
    """The running service, its database, and the address of its pages."""

    def __init__(self, service: Service, engine: sa.Engine, url: str) -> None:
        self.service = service
        self.storage = service.storage
        self.engine = engine
        self.url = url

    def rows(self, query: sa.Select[Any]) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(query)]

    async def until(self, reached: Callable[[], bool], seconds: float = 30.0) -> None:
        async with asyncio.timeout(seconds):
            while not reached():
                await asyncio.sleep(0.05)


@asynccontextmanager
async def running(
    database_url: str, settings: Mapping[str, str], clock: FakeClock | None = None
) -> AsyncIterator[House]:
    """Run the service on the demonstration community until the context ends."""
    read = read_settings(
        {
            "GONGZHI_DATABASE_URL": database_url,
            "GONGZHI_SECRET_KEY": SECRET,
            "GONGZHI_PHONE_AUDIOSOCKET": "",
            **settings,
        },
        Path("no settings file"),
    )
    engine = make_engine(parse_url(database_url))
    async with open_storage(read, engine, clock) as (storage, _):
        await storage.write(fill)  # before the service reads how the estates are called
    async with assemble(read, engine, clock=clock) as service:
        runner = web.AppRunner(service.site, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(part.run()) for part in service.running]
                host, port = runner.addresses[0][:2]
                yield House(service, engine, f"http://{host}:{port}")
                for task in tasks:
                    task.cancel()
        finally:
            await runner.cleanup()
