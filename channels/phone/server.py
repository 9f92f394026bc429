"""The AudioSocket server: takes connections, bounds them, and lets a line run for each call."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from channels.phone.connection import Connection
from channels.phone.figures import Figures
from channels.phone.leg import Party
from channels.phone.line import Line, Parts
from channels.phone.metronome import Metronome
from channels.phone.voices import VoiceDetector

CALLS_MOST: Final = 128
STRANGERS_MOST: Final = 64
IDENTITY_SECONDS: Final = 3.0
_AGAIN_SECONDS: Final = 10.0
_BACKLOG: Final = 256
_TOLD_SECONDS: Final = 60.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Address:
    """Where it listens; port 0 takes a free one."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class PhoneServer:
    """Serves calls as long as `run` runs."""

    def __init__(self, address: Address, parts: Parts) -> None:
        self._wanted = address
        self._parts = parts
        self.figures = Figures()
        self._metronome = Metronome(VoiceDetector())
        self._group: asyncio.TaskGroup | None = None
        self._open: set[Connection] = set()
        self._strangers: dict[Connection, asyncio.TimerHandle] = {}
        self._calls: set[UUID] = set()
        self._refused = 0
        self._told_at: float | None = None
        self._listens = asyncio.Event()
        self._port = address.port

    @property
    def calls(self) -> int:
        """How many calls there are now."""
        return len(self._calls)

    async def address(self) -> Address:
        """Wait until it listens, and say where."""
        await self._listens.wait()
        return Address(self._wanted.host, self._port)

    async def run(self) -> None:
        """Work until cancelled; a port that is taken is told, and tried again."""
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                group.create_task(self._metronome.run())
                await self._listen()
        finally:
            self._group = None
            self._listens.clear()
            for connection in tuple(self._open):
                connection.refuse("")

    async def _listen(self) -> None:
        told = False
        while True:
            try:
                server = await asyncio.get_running_loop().create_server(
                    lambda: Connection(self), self._wanted.host, self._wanted.port, backlog=_BACKLOG
                )
            except OSError as error:
                if not told:
                    _log.error(
                        "no telephone line: nothing can listen on %s (%s); set "
                        "GONGZHI_PHONE_AUDIOSOCKET to another address, or to nothing",
                        self._wanted,
                        error.strerror or error,
                    )
                told = True
                await asyncio.sleep(_AGAIN_SECONDS)
                continue
            self._port = server.sockets[0].getsockname()[1]
            self._listens.set()
            _log.info("the telephone line listens on %s:%d", self._wanted.host, self._port)
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                server.close()

    # Connections (see `Reception`)

    def arrived(self, connection: Connection) -> None:
        """Give it a little time to say which call it is; of too many the oldest must go."""
        loop = asyncio.get_running_loop()
        self._open.add(connection)
        self._strangers[connection] = loop.call_later(
            IDENTITY_SECONDS, connection.refuse, "said nothing"
        )
        if len(self._strangers) > STRANGERS_MOST:
            oldest = next(iter(self._strangers))
            self._forget(oldest)
            oldest.refuse("was one of too many")

    def identified(self, connection: Connection, uuid: UUID) -> Party | None:
        """Begin the call, unless there is one of its UUID, or too many."""
        self._forget(connection)
        if self._group is None or uuid in self._calls:
            self._refuse("named a call that is there already")
            return None
        if len(self._calls) >= CALLS_MOST:
            self._refuse("found all lines taken")
            return None
        self._calls.add(uuid)
        now = asyncio.get_running_loop().time()
        line = Line(str(uuid), connection, self._parts, self.figures, now=now)
        self._group.create_task(self._serve(uuid, line))
        self._metronome.join(line)
        return line

    def left(self, connection: Connection, why: str) -> None:
        """Forget it."""
        self._open.discard(connection)
        self._forget(connection)
        if why:
            self._refuse(why)

    async def _serve(self, uuid: UUID, line: Line) -> None:
        try:
            await line.run()
        except Exception:  # noqa: BLE001  one call's trouble is no other's
            _log.exception("call %s broke off", uuid)
        finally:
            self._metronome.leave(line)
            self._calls.discard(uuid)

    def _forget(self, connection: Connection) -> None:
        timer = self._strangers.pop(connection, None)
        if timer is not None:
            timer.cancel()

    def _refuse(self, why: str) -> None:
        """Count it, and tell of it once a minute at the most."""
        self._refused += 1
        now = asyncio.get_running_loop().time()
        if self._told_at is None or now - self._told_at >= _TOLD_SECONDS:
            _log.warning("telephone connections refused: %d; the last one %s", self._refused, why)
            self._told_at, self._refused = now, 0
