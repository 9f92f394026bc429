"""The bell: events in one process, LISTEN and NOTIFY between several."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

import psycopg

_log = logging.getLogger(__name__)
_CHANNEL: Final = "gongzhi"
_PAYLOAD_MOST: Final = 200  # topics a notification; PostgreSQL takes 8,000 bytes
_RECONNECT_SECONDS: Final = 2.0


class LocalEar:
    """Hears the topics it was made for."""

    def __init__(self, ears: dict[str, set["LocalEar"]], topics: Iterable[str]) -> None:
        self._ears = ears
        self._topics: set[str] = set()
        self._rung = asyncio.Event()
        for topic in topics:
            self.also(topic)

    async def wait(self, seconds: float) -> bool:
        """Wait for a ring since the last call, at most so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return False
        self._rung.clear()
        return True

    def also(self, topic: str) -> None:
        """Listen to one more topic."""
        self._topics.add(topic)
        self._ears.setdefault(topic, set()).add(self)

    def ring(self) -> None:
        """Let the next wait end."""
        self._rung.set()

    def close(self) -> None:
        """Listen no more."""
        for topic in self._topics:
            ears = self._ears[topic]
            ears.discard(self)
            if not ears:
                del self._ears[topic]


class LocalBell:
    """Rings in this process."""

    def __init__(self) -> None:
        self._ears: dict[str, set[LocalEar]] = {}

    def ring(self, topics: Iterable[str]) -> None:
        """Wake who listens to any of the topics."""
        for topic in topics:
            for ear in self._ears.get(topic, ()):
                ear.ring()

    @contextmanager
    def listen(self, *topics: str) -> Iterator[LocalEar]:
        """Listen until the context ends."""
        ear = LocalEar(self._ears, topics)
        try:
            yield ear
        finally:
            ear.close()


class PostgresBell(LocalBell):
    """Rings here at once, and in the other processes of the same database soon after."""

    def __init__(self, conninfo: str) -> None:
        super().__init__()
        self._conninfo = conninfo
        self._topics: set[str] = set()
        self._some = asyncio.Event()

    def ring(self, topics: Iterable[str]) -> None:
        """Wake local listeners, and tell the others."""
        topics = set(topics)
        super().ring(topics)
        if topics:
            self._topics |= topics
            self._some.set()

    async def run(self) -> None:
        """Carry rings to and from the other processes until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._for_ever(self._tell))
            group.create_task(self._for_ever(self._hear))

    async def _for_ever(self, task: Callable[[], Awaitable[None]]) -> None:
        while True:
            with suppress(psycopg.Error, OSError):
                await task()
            _log.warning("the bell lost its connection; polling goes on meanwhile")
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _tell(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as link:
            while True:
                await self._some.wait()
                self._some.clear()
                topics, self._topics = sorted(self._topics), set()
                for start in range(0, len(topics), _PAYLOAD_MOST):
                    payload = json.dumps(topics[start : start + _PAYLOAD_MOST])
                    await link.execute("SELECT pg_notify(%s, %s)", (_CHANNEL, payload))

    async def _hear(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as link:
            await link.execute(f"LISTEN {_CHANNEL}")
            async for notice in link.notifies():
                super().ring(json.loads(notice.payload))
