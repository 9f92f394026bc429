"""The connection with the exchange: requests, and events for whoever waits for them by name.

The name is a channel's, or `over/UUID` for a caller whose sound the line has ended, and whom the
dialplan handed to us after that; see docs/phone.md.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from channels.phone.ari import Access, Ari, AriError, Event

_log = logging.getLogger(__name__)

_RECONNECT_SECONDS: Final = 5.0
_REPLACED_SECONDS: Final = 60.0
OVER: Final = "over"
_SILENCE: Final = Event("", "")


class AwayError(Exception):
    """The exchange is not connected; nothing was tried."""


class Heard:
    """What the exchange tells of one channel."""

    def __init__(self) -> None:
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()

    def tell(self, event: Event | None) -> None:
        """Hand on an event; None when the connection has ended."""
        self._events.put_nowait(event)

    async def next(self, seconds: float | None, *kinds: str) -> Event | None:
        """Return the next event of these kinds; None when none comes or the connection ends."""
        with_silence = await self.any(seconds, *kinds)
        return None if with_silence is _SILENCE else with_silence

    async def any(self, seconds: float | None, *kinds: str) -> Event | None:
        """Return the next event of these kinds, or one of no kind when none comes in time."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    event = await self._events.get()
                    if event is None or event.kind in kinds:
                        return event
        except TimeoutError:
            return _SILENCE


class Exchange:
    """One exchange, connected while `run` runs."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._ari: Ari | None = None
        self._group: asyncio.TaskGroup | None = None
        self._heard: dict[str, Heard] = {}
        self._away = False
        self._there = asyncio.Event()

    @property
    def app(self) -> str:
        """The name under which the exchange knows us."""
        return self._access.app

    @property
    def up(self) -> bool:
        """Say whether it is connected."""
        return self._ari is not None

    @property
    def ari(self) -> Ari:
        """The way to ask; AwayError when there is none."""
        if self._ari is None:
            raise AwayError
        return self._ari

    async def reached(self, seconds: float) -> Ari:
        """Wait for the connection, as after a start; AwayError when it does not come."""
        try:
            async with asyncio.timeout(seconds):
                await self._there.wait()
        except TimeoutError:
            raise AwayError from None
        return self.ari

    def go(self, work: Coroutine[object, object, None]) -> None:
        """Let the work go on while the connection lasts."""
        if self._group is None:
            work.close()
        else:
            self._group.create_task(work)

    @contextmanager
    def hearing(self, name: str) -> Iterator[Heard]:
        """Hear what is told of the name."""
        heard = self._heard[name] = Heard()
        try:
            yield heard
        finally:
            del self._heard[name]

    async def run(self) -> None:
        """Keep the connection until cancelled."""
        async with Ari(self._access) as ari:
            while True:
                try:
                    replaced = await self._serve(ari)
                except Exception as error:  # noqa: BLE001  logged; the loop must go on
                    self._trouble(error)
                    replaced = False
                await asyncio.sleep(_REPLACED_SECONDS if replaced else _RECONNECT_SECONDS)

    async def _serve(self, ari: Ari) -> bool:
        """Serve one connection to its end; say whether another process took its name."""
        replaced = False
        async with ari.events() as events, self._connected(ari):
            _log.info("the exchange is connected")
            self._away = False
            async for event in events:
                replaced = replaced or event.kind == "ApplicationReplaced"
                self._tell(event)
        if replaced:
            _log.error("another process uses %s at the exchange: set GONGZHI_ARI_APP", self.app)
        else:
            _log.warning("the exchange has ended the connection; trying again")
        return replaced

    @asynccontextmanager
    async def _connected(self, ari: Ari) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            self._ari, self._group = ari, group
            self._there.set()
            try:
                yield
            finally:
                self._ari = self._group = None
                self._there.clear()
                for heard in self._heard.values():
                    heard.tell(None)

    def _tell(self, event: Event) -> None:
        over = event.kind == "StasisStart" and event.args[:1] == (OVER,)
        name = "/".join(event.args) if over else event.channel
        if name in self._heard:
            self._heard[name].tell(event)
        elif over and self._ari is not None:
            self.go(self._ari.hang_up(event.channel))  # nobody waits for this caller

    def _trouble(self, error: Exception) -> None:
        """Say it once, until the exchange was connected again."""
        if not isinstance(error, AriError):
            _log.error("the connection with the exchange failed", exc_info=error)
        elif not self._away:
            _log.warning("the exchange is away, trying again: %s", error)
        self._away = True
