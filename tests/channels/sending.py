"""What is uploaded in tests, whole or broken off."""

import asyncio
import io
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from channels.base import Receive
from channels.uploads import PATH, Uploads
from channels.webchat import VISITOR_COOKIE, Pace
from tests.channels.sockets import MORNING, VISITOR, words
from tests.channels.speaking import pace

Client = TestClient[web.Request, web.Application]
COOKIE = {"Cookie": f"{VISITOR_COOKIE}={VISITOR}"}
VOICE = {"Content-Type": "audio/webm;codecs=opus"}
ASKED = {"id": "message-1", "kind": "voice", "seconds": "12.3"}


@asynccontextmanager
async def uploading(
    receive: Receive,
    slow: Pace | None = None,
    now: Callable[[], datetime] = lambda: MORNING,
) -> AsyncIterator[Client]:
    made = Uploads(
        receive=receive,
        words=words,
        pace=pace(),
        upload_pace=slow or pace(),
        now=now,
    )
    app = web.Application(client_max_size=64 * 1024)
    app.add_routes(made.routes())
    async with TestClient(TestServer(app)) as client:
        yield client


async def send(
    client: Client, content: Any = b"sound", headers: dict[str, str] | None = None, **query: str
) -> tuple[int, dict[str, Any]]:
    given = COOKIE | VOICE | (headers or {})
    answer = await client.post(PATH, params=ASKED | query, data=large(content), headers=given)
    return answer.status, await answer.json()


def large(content: Any) -> Any:
    return io.BytesIO(content) if isinstance(content, bytes) and content else content


GARBLED, KIND, BIG = "chat.garbled", "chat.wrong_kind", "chat.too_big"
ZIPPED = {"Content-Encoding": "gzip"}
LENGTHS = ["Content-Length: 99\r\n\r\nx", "Transfer-Encoding: chunked\r\n\r\n63\r\nx"]


async def break_off(client: Client, path: str, headers: dict[str, str]) -> None:
    """Begin bodies in each way and go away in each way: in good order, and with a reset."""
    runner = client.server.runner
    assert runner is not None
    assert runner.server is not None
    runner.server.handler_cancellation = False  # as it is outside of tests
    lines = [f"POST {path} HTTP/1.1", "Host: x", *(f"{k}: {v}" for k, v in headers.items())]
    for length in LENGTHS:
        for linger in (None, struct.pack("ii", 1, 0)):
            _, writer = await asyncio.open_connection(client.host, client.port)
            writer.write("\r\n".join([*lines, length]).encode())
            await writer.drain()
            await asyncio.sleep(0.05)
            if linger:
                made = writer.get_extra_info("socket")
                made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.close()
            await asyncio.sleep(0.05)


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """Return what was logged, without the lines of requests that were served."""
    return [(one.levelname, one.name) for one in caplog.records if one.name != "aiohttp.access"]
