"""The chat page's socket: messages in, acknowledged when they are stored; lines out, live."""

import asyncio
import hashlib
import json
import logging
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from aiohttp import WSCloseCode, WSMsgType, web

from channels.base import Receive
from channels.frames import TEXT_MOST, FrameError, is_id, line_frame, parse, said
from channels.lines import Lines, Mail
from channels.message import InboundMessage, OutboundMessage

_log = logging.getLogger(__name__)

VISITOR_COOKIE: Final = "gz_visitor"
_FRAME_MOST: Final = 64 * 1024
_VISITOR: Final = re.compile(r"[0-9a-f]{64}")
_POLL_SECONDS: Final = 15.0
_HEARTBEAT_SECONDS: Final = 25.0
_FAREWELL_SECONDS: Final = 2.0
_SOCKETS_EACH: Final = 8


def new_visitor() -> str:
    """Return a secret by which a browser is known again."""
    return secrets.token_hex(32)


def address_of(visitor: str) -> str | None:
    """Return the visitor's address, from which the secret can't be told; None if malformed."""
    if not _VISITOR.fullmatch(visitor):
        return None
    return hashlib.sha256(visitor.encode()).hexdigest()


def external_id_of(address: str, identifier: str) -> str:
    """Return the name for ever of what a page called so: two residents never share one."""
    return f"{address[:16]}:{identifier}"


class Mailbox(Protocol):
    """All conversations of this channel."""

    def open(self, address: str) -> AbstractContextManager[Mail]:
        """Follow the conversation of an address until the context ends."""
        ...


class Words(Protocol):
    """The sentences of this channel, in the residents' language."""

    def __call__(self, key: str, **values: object) -> str: ...


@dataclass(slots=True)
class _Bucket:
    """Tokens that refill with time: a burst is fine, a flood is not."""

    tokens: float
    at: float


class Pace:
    """How fast one address may write: `burst` at once, `per_minute` in the long run."""

    def __init__(self, *, burst: int, per_minute: float, now: Callable[[], float]) -> None:
        self._burst = burst
        self._rate = per_minute / 60
        self._now = now
        self._buckets: dict[str, _Bucket] = {}

    def delay(self, subject: str) -> float:
        """Return 0 and take a token, or the seconds until there is one."""
        now = self._now()
        bucket = self._buckets.setdefault(subject, _Bucket(self._burst, now))
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._rate)
        bucket.at = now
        if bucket.tokens < 1:
            return (1 - bucket.tokens) / self._rate
        bucket.tokens -= 1
        self._forget_idle(now)
        return 0.0

    def _forget_idle(self, now: float) -> None:
        if len(self._buckets) > 10_000:  # noqa: PLR2004  far above what is live at once
            full = self._burst / self._rate
            self._buckets = {k: b for k, b in self._buckets.items() if now - b.at < full}


class WebChat:
    """The channel `web`. Its messages wait in the mailbox; pages take them from there."""

    name = "web"

    def __init__(  # every part of the channel is handed in
        self,
        *,
        receive: Receive,
        mailbox: Mailbox,
        words: Words,
        pace: Pace,
        now: Callable[[], datetime],
    ) -> None:
        self._now = now
        self._receive = receive
        self._mailbox = mailbox
        self._words = words
        self._pace = pace
        self._open: dict[str, set[web.WebSocketResponse]] = {}

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Return the socket's route."""
        return [web.get("/chat/socket", self._socket)]

    async def send(self, message: OutboundMessage) -> str | None:
        """Nothing to carry: the page reads its mailbox, where the message lies already."""
        del message
        return None

    async def let_go(self, _app: web.Application) -> None:
        """The service stops: close all sockets, so that the pages come again when it is back."""
        async with asyncio.TaskGroup() as group:
            for socket in [socket for open_ in self._open.values() for socket in open_]:
                if socket.prepared:
                    group.create_task(socket.close(code=WSCloseCode.GOING_AWAY))

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        address = address_of(request.cookies.get(VISITOR_COOKIE, ""))
        if address is None:
            raise web.HTTPForbidden(text=self._words("chat.no_visitor"))
        if not same_origin(request):
            raise web.HTTPForbidden(text=self._words("chat.wrong_origin"))
        open_ = self._open.get(address, set())
        if len(open_) >= _SOCKETS_EACH:
            raise web.HTTPTooManyRequests(text=self._words("chat.too_many_pages"))
        socket = web.WebSocketResponse(
            heartbeat=_HEARTBEAT_SECONDS, max_msg_size=_FRAME_MOST, timeout=_FAREWELL_SECONDS
        )
        self._open[address] = open_ | {socket}
        try:
            await socket.prepare(request)
            await self._serve(socket, address, request.query.get("after"))
        finally:
            self._open[address] -= {socket}
            if not self._open[address]:
                del self._open[address]
        return socket

    async def _serve(self, socket: web.WebSocketResponse, address: str, after: str | None) -> None:
        with self._mailbox.open(address) as mail:
            async with asyncio.TaskGroup() as group:
                lines = group.create_task(self._show(socket, mail, after))
                async for frame in socket:
                    data = frame.data if frame.type is WSMsgType.TEXT else ""
                    await self._hear(socket, address, data)
                lines.cancel()

    async def _show(self, socket: web.WebSocketResponse, mail: Mail, after: str | None) -> None:
        """Send the lines the page does not have, then each new one as it comes."""
        ready, lines = False, Lines(mail, after)
        while not socket.closed:
            try:
                shown = await lines.next()
            except Exception:  # noqa: BLE001  logged whole; the loop must go on
                _log.exception("a chat page's lines could not be read; trying again")
                shown = []
            for line in shown:
                await _send(socket, line_frame(line, self._words))
            if not ready:
                await _send(socket, {"type": "ready"})
                ready = True
            if not shown:
                await mail.wait(_POLL_SECONDS)

    async def _hear(self, socket: web.WebSocketResponse, address: str, data: str) -> None:
        frame = parse(data)
        if frame is None:
            await _send(socket, self._refusal(None, "chat.garbled"))
        elif frame.get("type") == "ping":
            await _send(socket, {"type": "pong"})
        elif frame.get("type") == "message":
            await _send(socket, await self._take(address, frame))
        else:
            await _send(socket, self._refusal(None, "chat.garbled"))

    async def _take(self, address: str, frame: Mapping[str, Any]) -> dict[str, Any]:
        """Store the message and return the acknowledgement, or the reason against it."""
        identifier = frame.get("id")
        if not is_id(identifier):
            return self._refusal(None, "chat.garbled")
        try:
            content = said(frame, self._now())
        except FrameError as error:
            return self._refusal(identifier, str(error), most=TEXT_MOST)
        delay = self._pace.delay(address)
        if delay:
            return self._refusal(identifier, "chat.too_fast", retry_seconds=round(delay, 1))
        message = InboundMessage(
            channel=self.name,
            address=address,
            external_id=external_id_of(address, identifier),
            sent_at=self._now(),
            **content,
        )
        try:
            await self._receive(message)
        except Exception:  # noqa: BLE001  logged whole; the loop must go on
            _log.exception("a chat message could not be stored")
            return self._refusal(identifier, "chat.not_stored", retry_seconds=5.0)
        return {"type": "ack", "id": identifier}

    def _refusal(
        self,
        identifier: str | None,
        key: str,
        *,
        retry_seconds: float | None = None,
        **values: object,
    ) -> dict[str, Any]:
        return {
            "type": "refused",
            "id": identifier,
            "text": self._words(key, **values),
            "retry_seconds": retry_seconds,
        }


async def _send(socket: web.WebSocketResponse, frame: Mapping[str, Any]) -> None:
    if not socket.closed:
        with suppress(ConnectionError):  # she is gone; the page asks again when it is back
            await socket.send_str(json.dumps(frame, ensure_ascii=False))


def same_origin(request: web.Request) -> bool:
    """Say whether no other site's page asks; browsers name the page, programs name none."""
    origin = request.headers.get("Origin")
    return origin is None or origin.partition("://")[2] == request.host
