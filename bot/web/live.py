"""Live news: a change is made into a piece of page once and goes to all who watch it.

A page that reads slowly never holds anybody up: only the newest piece of each region waits
for it, since each piece is whole, and a page that takes nothing at all is let go.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
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
_STREAM_SECONDS: Final = 900.0  # then the page connects again, and rights are looked at again
_WATCHERS_MOST: Final = 8192
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

    def __init__(self) -> None:
        self._events: dict[str, bytes] = {}
        self._some = asyncio.Event()
        self.ended = False

    @property
    def waiting(self) -> int:
        """How many events wait: at most one a region."""
        return len(self._events)

    def put(self, region: str, event: bytes) -> None:
        """Let the event wait in place of an older one of its region."""
        self._events[region] = event
        self._some.set()

    def end(self) -> None:
        """Let the page go."""
        self.ended = True
        self._some.set()

    async def take(self, seconds: float) -> bytes:
        """Return what waits, or nothing after so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._some.wait()
        except TimeoutError:
            return b""
        self._some.clear()
        events, self._events = self._events, {}
        return b"".join(events.values())


class _Channel:
    """One region with everybody who watches it."""

    def __init__(self, region: Region, bell: Bell) -> None:
        self._region = region
        self._bell = bell
        self._stamp = ""
        self._event = b""
        self.watchers: set[Watcher] = set()
        self.task: asyncio.Task[None] | None = None

    def join(self, watcher: Watcher) -> None:
        """Watch from now on, beginning with what is known."""
        self.watchers.add(watcher)
        if self._event:
            watcher.put(self._region.name, self._event)

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
            for watcher in self.watchers:
                watcher.put(self._region.name, self._event)
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
        with self._watch(regions) as watcher:
            try:
                await response.prepare(request)
                await _feed(response, watcher)
            except TimeoutError:
                if request.transport is not None:
                    request.transport.abort()
            except ConnectionError:
                pass  # the page is gone; it asks again when it is back
        return response

    @contextmanager
    def _watch(self, regions: Sequence[Region]) -> Iterator[Watcher]:
        watcher = Watcher()
        self._watchers.add(watcher)
        for region in regions:
            self._channel(region).join(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)
            for region in regions:
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


async def _feed(response: web.StreamResponse, watcher: Watcher) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + _STREAM_SECONDS
    await response.write(b"retry: 2000\n\n")
    while not watcher.ended and loop.time() < until:
        events = await watcher.take(_HEARTBEAT_SECONDS)
        async with asyncio.timeout(_WRITE_SECONDS):
            await response.write(events or _HEARTBEAT)
