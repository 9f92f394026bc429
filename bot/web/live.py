"""Live news: a change is made into a piece of page once and goes to all who watch it.

A page that reads slowly never holds anybody up: only the newest piece of each region waits
for it, since each piece is whole, and a page that takes nothing at all is let go.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from bot.ports.bell import Bell
from bot.web.rendering import Piece

_log = logging.getLogger(__name__)

_REFRESH_SECONDS: Final = 60.0  # "in 2 hours" grows old without any ring
_PAUSE_SECONDS: Final = 0.1  # after a piece was made, before the next one is
_HEARTBEAT_SECONDS: Final = 15.0
_WRITE_SECONDS: Final = 30.0
STREAM_SECONDS: Final = 900.0  # then the page connects again, and rights are looked at again
_WATCHERS_MOST: Final = 8192
_DIRECT_MOST: Final = 60 * 1024  # below what makes a connection's buffer say "wait"
_HEARTBEAT: Final = b": still here\n\n"


@dataclass(frozen=True, slots=True)
class Fresh:
    """A piece as it is now, and the topics that will change it."""

    piece: Piece
    topics: frozenset[str]


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a page that lives. Equal keys share one listener and one making."""

    name: str
    key: str
    make: Callable[[], Awaitable[Fresh]]
    topics: frozenset[str]


class Watcher:
    """One page that watches: the newest event of each region it has not had yet."""

    def __init__(self, response: web.StreamResponse, transport: asyncio.WriteTransport) -> None:
        self._response = response
        self._transport = transport
        self._events: dict[str, bytes] = {}
        self._some = asyncio.Event()
        self._writing = True  # until the stream has begun
        self.ended = False

    @property
    def waiting(self) -> int:
        """How many events wait: at most one a region."""
        return len(self._events)

    async def give(self, region: str, event: bytes) -> None:
        """Write the event if the page has taken all before; else let it wait as the newest.

        This never waits for the page: what fits the empty buffer of its connection is gone.
        """
        if self._writing or self._events or not self._takes(event):
            self._events[region] = event
            self._some.set()
            return
        with suppress(ConnectionError):  # its own handler finds out
            await self._response.write(event)

    def _takes(self, event: bytes) -> bool:
        return len(event) < _DIRECT_MOST and self._transport.get_write_buffer_size() == 0

    def end(self) -> None:
        """Let the page go."""
        self.ended = True
        self._some.set()

    async def feed(self) -> None:
        """Write what waits, and a sign of life now and then, until the time is up."""
        loop = asyncio.get_running_loop()
        until = loop.time() + STREAM_SECONDS
        await self._write(b"retry: 2000\n\n")
        while not self.ended and loop.time() < until:
            await self._write(await self._take() or _HEARTBEAT)

    async def _take(self) -> bytes:
        try:
            async with asyncio.timeout(_HEARTBEAT_SECONDS):
                await self._some.wait()
        except TimeoutError:
            return b""
        self._some.clear()
        events, self._events = self._events, {}
        return b"".join(events.values())

    async def _write(self, data: bytes) -> None:
        self._writing = True
        async with asyncio.timeout(_WRITE_SECONDS):
            await self._response.write(data)
        self._writing = False


class _Channel:
    """One region with everybody who watches it."""

    def __init__(self, region: Region, bell: Bell) -> None:
        self._region = region
        self._bell = bell
        self._stamp = ""
        self._event = b""
        self.watchers: set[Watcher] = set()
        self.task: asyncio.Task[None] | None = None

    async def join(self, watcher: Watcher) -> None:
        """Watch from now on, beginning with what is known."""
        self.watchers.add(watcher)
        if self._event:
            await watcher.give(self._region.name, self._event)

    async def run(self) -> None:
        """Make the piece anew after each ring, until cancelled."""
        heard = set(self._region.topics)
        with self._bell.listen(*heard) as ear:
            while True:
                fresh = await self._make()
                for topic in fresh.topics - heard if fresh else ():
                    ear.also(topic)
                more = bool(fresh and fresh.topics - heard)
                heard |= fresh.topics if fresh else set()
                await asyncio.sleep(_PAUSE_SECONDS)
                if not more:
                    await ear.wait(_REFRESH_SECONDS)

    async def _make(self) -> Fresh | None:
        try:
            fresh = await self._region.make()
        except Exception:  # noqa: BLE001  logged whole; the pages keep what they show
            _log.exception("the live region %s could not be made", self._region.key)
            return None
        if fresh.piece.stamp != self._stamp:
            self._stamp = fresh.piece.stamp
            self._event = _event(self._region.name, fresh.piece)
            for watcher in tuple(self.watchers):
                await watcher.give(self._region.name, self._event)
        return fresh


def _event(name: str, piece: Piece) -> bytes:
    data = json.dumps({"stamp": piece.stamp, "html": piece.html}, ensure_ascii=False)
    return f"event: {name}\ndata: {data}\n\n".encode()


class Hub:
    """All regions that somebody watches at present."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._channels: dict[str, _Channel] = {}
        self._watchers: set[Watcher] = set()
        self._group: asyncio.TaskGroup | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve until the context ends."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            yield
            self._group = None
            for channel in self._channels.values():
                if channel.task is not None:
                    channel.task.cancel()

    def close(self) -> None:
        """Let all pages go: the service ends."""
        for watcher in self._watchers:
            watcher.end()

    async def follow(self, request: web.Request, regions: Sequence[Region]) -> web.StreamResponse:
        """Send the regions to the page, each as it is now and again whenever it changes."""
        if self._group is None or len(self._watchers) >= _WATCHERS_MOST:
            raise web.HTTPServiceUnavailable
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
        )
        transport = request.transport
        if transport is None:
            raise web.HTTPServiceUnavailable  # gone before it began
        try:
            await response.prepare(request)
            async with self.watching(Watcher(response, transport), regions) as watcher:
                await watcher.feed()
        except TimeoutError:
            transport.abort()
        except ConnectionError:
            pass  # the page is gone; it asks again when it is back
        return response

    @asynccontextmanager
    async def watching(self, watcher: Watcher, regions: Sequence[Region]) -> AsyncIterator[Watcher]:
        """Let the page watch the regions until the context ends."""
        self._watchers.add(watcher)
        joined: list[Region] = []
        try:
            for region in regions:
                joined.append(region)
                await self._channel(region).join(watcher)
            yield watcher
        finally:
            self._watchers.discard(watcher)
            for region in joined:
                self._leave(region.key, watcher)

    def _channel(self, region: Region) -> _Channel:
        channel = self._channels.get(region.key)
        if channel is None:
            channel = self._channels[region.key] = _Channel(region, self._bell)
            if self._group is not None:
                channel.task = self._group.create_task(channel.run())
        return channel

    def _leave(self, key: str, watcher: Watcher) -> None:
        channel = self._channels[key]
        channel.watchers.discard(watcher)
        if not channel.watchers:
            del self._channels[key]
            if channel.task is not None:
                channel.task.cancel()
