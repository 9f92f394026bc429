"""A worker on a storage, a channel that does what it is told, and what is asked of the two."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

import pytest
import sqlalchemy as sa

from bot.ports.bell import OUTBOX
from bot.ports.outbox import Outgoing
from bot.ports.storage import Storage, Tx
from bot.store import tables as t
from bot.store.engines.bell import LocalBell
from bot.worker import Worker
from channels.base import Channel, SendError
from channels.message import OutboundMessage
from tests.bot.community import rules
from tests.fakes.clock import FakeClock

Result = TypeVar("Result")
TRY_AGAIN = SendError("busy", retryable=True)
NEVER = SendError("blocked", retryable=False)
RESET = ConnectionResetError("in the middle")
QUICK = timedelta(seconds=0.4)


@dataclass
class Wire:
    """A channel that carries what it is given, unless it is told to fail or to hang."""

    name: str = "wire"
    carried: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    fail: Callable[[OutboundMessage], Exception | None] = lambda _: None
    hangs_at: str = ""
    slow_at: str = ""

    async def send(self, message: OutboundMessage) -> str | None:
        self.tried.append(message.text)
        if self.slow_at and message.address == self.slow_at:
            await asyncio.sleep(0.3)
        if self.hangs_at and message.address == self.hangs_at:
            await asyncio.Event().wait()
        error = self.fail(message)
        if error is not None:
            raise error
        self.carried.append(message.text)
        return None


def always(error: Exception) -> Callable[[OutboundMessage], Exception]:
    return lambda _: error


@dataclass
class Bench:
    """A worker on a storage, and what is asked of the two."""

    storage: Storage
    engine: sa.Engine
    bell: LocalBell
    clock: FakeClock

    def worker(self, *channels: Channel, **more: object) -> Worker:
        options: dict[str, object] = {"alone": False} | more
        return Worker(
            storage=self.storage,
            bell=self.bell,
            rules=rules(),
            channels=channels,
            **options,  # type: ignore[arg-type]
        )

    async def owe(self, *texts: str, address: str = "a", channel: str = "wire") -> None:
        def unit(tx: Tx) -> None:
            contact = tx.people.meet(channel, address)
            for text in texts:
                tx.outbox.put(Outgoing(key=text, contact_id=contact.id, text=text), tx.now)

        await self.storage.write(unit)
        self.bell.ring([OUTBOX])

    async def later(self, **by: float) -> None:
        self.clock.move(**by)
        self.bell.ring([OUTBOX])

    def rows(self) -> list[tuple[str, int, str]]:
        """Return (delivery, attempts, error) of each message."""
        query = sa.select(t.outbox.c.delivery, t.outbox.c.attempts, t.outbox.c.error)
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(query.order_by(t.outbox.c.id))]

    async def until(self, *expected: str) -> None:
        """Wait until the messages stand so."""
        async with asyncio.timeout(20):
            while [row[0] for row in self.rows()] != list(expected):
                await asyncio.sleep(0.01)


@asynccontextmanager
async def running(*workers: Worker) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(worker.run()) for worker in workers]
        yield
        for task in tasks:
            task.cancel()


@contextmanager
def hushed(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.CRITICAL, "bot.worker"):
        yield
