"""The chat page's socket for tests: a real one, before a store and a mailbox that obey."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.ports.storage import Storage
from channels.base import Receipt, Receive
from channels.message import ChatLine, InboundMessage
from channels.webchat import VISITOR_COOKIE, Mailbox, Pace, WebChat, address_of

VISITOR = "ab" * 32
ADDRESS = address_of(VISITOR) or ""
MORNING = datetime(2026, 11, 25, 2, tzinfo=UTC)
HELD_SECONDS = 5
Client = TestClient[web.Request, web.Application]
Socket = aiohttp.ClientWebSocketResponse


@dataclass
class Store:
    """What `receive` stores, once a message; it can be held, and it can fail."""

    stored: list[InboundMessage] = field(default_factory=list)
    asked: int = 0
    failures: list[Exception] = field(default_factory=list)
    may_return: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may_return.set()

    async def receive(self, message: InboundMessage) -> Receipt:
        self.asked += 1
        await self.may_return.wait()
        if self.failures:
            raise self.failures.pop()
        fresh = message.external_id not in {one.external_id for one in self.stored}
        if fresh:
            self.stored.append(message)
        return Receipt(1, fresh=fresh)


class Letters:
    """A mailbox with lines of its own, numbered from one; the cursor is the number."""

    def __init__(self, count: int = 0, failures: Sequence[Exception] = ()) -> None:
        self._lines = [line(number) for number in range(1, count + 1)]
        self._failures = list(failures)
        self._new = asyncio.Event()

    def add(self) -> None:
        self._lines.append(line(len(self._lines) + 1))
        self._new.set()

    @contextmanager
    def open(self, address: str) -> Iterator["Letters"]:
        assert address == ADDRESS
        yield self

    async def lines(self, after: str | None) -> Sequence[ChatLine]:
        if self._failures:
            raise self._failures.pop()
        start = 0 if after is None else int(after)
        return self._lines[start : start + 3]

    async def wait(self, seconds: float) -> bool:
        async with asyncio.timeout(seconds):
            await self._new.wait()
        self._new.clear()
        return True


def line(number: int) -> ChatLine:
    return ChatLine(cursor=str(number), own=False, text=f"line {number}", at=MORNING)


def words(key: str, **_: object) -> str:
    return key


def no_hurry() -> Pace:
    return Pace(burst=1000, per_minute=60, now=lambda: 0.0)


@asynccontextmanager
async def serving(
    receive: Receive, mailbox: Mailbox | None = None, pace: Pace | None = None
) -> AsyncIterator[Client]:
    chat = WebChat(
        receive=receive,
        mailbox=mailbox or Letters(),
        words=words,
        pace=pace or no_hurry(),
        now=lambda: MORNING,
    )
    app = web.Application()
    app.add_routes(chat.routes())
    async with TestClient(TestServer(app)) as client:
        yield client


@asynccontextmanager
async def chatting(
    client: Client, visitor: str = VISITOR, after: str = ""
) -> AsyncIterator[Socket]:
    """A page that is ready; the lines it got before are left out."""
    async with opened(client, visitor, after) as socket:
        await until(socket, "ready")
        yield socket


@asynccontextmanager
async def opened(
    client: Client, visitor: str = VISITOR, after: str = "", **headers: str
) -> AsyncIterator[Socket]:
    query = f"?after={after}" if after else ""
    headers["Cookie"] = f"{VISITOR_COOKIE}={visitor}"
    async with client.ws_connect(f"/chat/socket{query}", headers=headers) as socket:
        yield socket


async def until(socket: Socket, kind: str) -> list[dict[str, Any]]:
    """Return the frames up to one of that kind, that one included."""
    frames: list[dict[str, Any]] = []
    while not frames or frames[-1]["type"] != kind:
        frames.append(await socket.receive_json(timeout=HELD_SECONDS))
    return frames


async def ask(socket: Socket, frame: object) -> dict[str, Any]:
    """Send the frame and return what is said to it, lines left out."""
    await socket.send_str(frame if isinstance(frame, str) else json.dumps(frame))
    while True:
        answer: dict[str, Any] = await socket.receive_json(timeout=HELD_SECONDS)
        if answer["type"] != "line":
            return answer


def said(text: object = "电梯坏了", identifier: object = "message-1", **more: object) -> Any:
    return {"type": "message", "id": identifier, "text": text} | more


async def contact_of(storage: Storage) -> int:
    contact = await storage.read(lambda views: views.people.find("web", ADDRESS))
    assert contact is not None
    return contact.id


async def own_lines(storage: Storage) -> list[str]:
    contact_id = await contact_of(storage)
    lines = await storage.read(lambda views: views.chat.lines(contact_id, after=None, limit=99))
    return [line.text for line in lines if line.own]
