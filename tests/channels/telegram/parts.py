"""What these tests share: a store, a lease, and a channel that runs against the fake."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from channels.base import Receipt
from channels.message import InboundMessage
from channels.telegram.channel import Telegram
from tests.fakes.botapi import BotApi

MORNING = datetime(2026, 11, 25, 2, tzinfo=UTC)
SOON_SECONDS = 10


@dataclass
class Store:
    """An inbox: a message once. It can fail so many times, and stop before it has stored."""

    stored: list[InboundMessage] = field(default_factory=list)
    apart: list[InboundMessage] = field(default_factory=list)
    asked: int = 0
    failures: int = 0
    may_return: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may_return.set()

    async def receive(self, message: InboundMessage) -> Receipt:
        return Receipt(1, fresh=await self._keep(message, self.stored))

    async def set_aside(self, message: InboundMessage) -> None:
        await self._keep(message, self.apart)

    async def _keep(self, message: InboundMessage, rows: list[InboundMessage]) -> bool:
        self.asked += 1
        await self.may_return.wait()
        if self.failures:
            self.failures -= 1
            raise OSError("the disk is full")
        fresh = message.external_id not in {one.external_id for one in rows}
        if fresh:
            rows.append(message)
        return fresh

    def has(self, count: int) -> bool:
        return len(self.stored) >= count

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.stored]


class LeaseOf:
    """A lease that somebody else may have."""

    def __init__(self) -> None:
        self.ours = True
        self.held = 0
        self.released = 0

    async def hold(self) -> bool:
        self.held += 1
        return self.ours

    async def release(self) -> None:
        self.released += 1


def words(key: str, **_: object) -> str:
    return key


def channel(server: BotApi, store: Store, lease: LeaseOf | None = None, **more: Any) -> Telegram:
    options: dict[str, Any] = {"token": server.token, "base_url": server.base_url} | more
    return Telegram(
        receive=store.receive,
        set_aside=store.set_aside,
        lease=lease or LeaseOf(),
        words=words,
        now=lambda: MORNING,
        **options,
    )


@asynccontextmanager
async def running(telegram: Telegram) -> AsyncIterator[Telegram]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(telegram.run())
        yield telegram
        task.cancel()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(SOON_SECONDS):
        while not condition():
            await asyncio.sleep(0.005)
