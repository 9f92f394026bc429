"""A real service in its own process, and residents who write to it until they are heard."""

import asyncio
import os
import random
import signal
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import MappingProxyType

import aiohttp

from channels.webchat import VISITOR_COOKIE, new_visitor
from tests.proof.forked import forked, run_program

_READY_SECONDS = 30.0
_END_SECONDS = 20.0
_RETRY_SECONDS = 0.05
SERVE = ("bot", "serve", "--demo")
SERVE_BRISKLY = ("tests.proof.brisk",)


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class ServiceProcess:
    """`gongzhi serve` on a database, to be killed and started again."""

    def __init__(
        self,
        database_url: str,
        folder: Path,
        port: int | None = None,
        *,
        command: Sequence[str] = SERVE,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.database_url = database_url
        self.port = port or free_port()
        self.settings = settings
        self.log = folder / f"service-{self.port}.log"
        self._folder = folder
        self._command = command
        self._environment = {
            name: value for name, value in os.environ.items() if not name.startswith("GONGZHI_")
        } | {
            "GONGZHI_DATABASE_URL": database_url,
            "GONGZHI_HTTP_PORT": str(self.port),
            "GONGZHI_PHONE_AUDIOSOCKET": "",
            "GONGZHI_SECRET_KEY": "a secret key that only proofs know",
            "PYTHONPATH": str(Path(__file__).parents[2]),
            **settings,
        }
        self._process: BaseProcess | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it and wait until it is ready."""
        self._process = forked(
            run_program, self._folder, self._command, self._environment, self.log
        )
        self._process.start()
        await self._ready(self._process)

    async def _ready(self, process: BaseProcess) -> None:
        async with aiohttp.ClientSession() as session, asyncio.timeout(_READY_SECONDS):
            while True:
                if not process.is_alive():
                    raise RuntimeError(f"it ended with {process.exitcode}:\n{self.tail()}")
                try:
                    async with session.get(f"{self.url}/readyz") as answer:
                        if answer.ok:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(_RETRY_SECONDS)

    def children(self, module: str) -> list[int]:
        """Return the processes of that module which it has started."""
        pid = 0 if self._process is None else self._process.pid
        found = []
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in task.read_text(encoding="ascii").split():
                command = Path(f"/proc/{child}/cmdline").read_bytes().decode(errors="replace")
                if module in command:
                    found.append(int(child))
        return found

    def kill(self) -> None:
        """SIGKILL: nothing is closed, nothing is said."""
        self._end(signal.SIGKILL)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """SIGTERM or SIGINT, as an operator would; return the exit code."""
        return self._end(number)

    def _end(self, number: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        if process.is_alive() and process.pid is not None:
            with suppress(ProcessLookupError):  # it may end by itself meanwhile
                os.kill(process.pid, number)
        process.join(_END_SECONDS)
        if process.exitcode is None:
            process.kill()
            raise RuntimeError(f"it did not end within {_END_SECONDS:.0f} s:\n{self.tail()}")
        return process.exitcode

    def tail(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-4000:]


@dataclass(frozen=True, slots=True)
class Said:
    """One message of one resident; its id stays the same however often it is sent."""

    visitor: str
    identifier: str
    text: str
    choice: str | None = None


def each_by_somebody_else(texts: Sequence[str]) -> list[Said]:
    """Let every text be written by a resident of its own."""
    return [Said(new_visitor(), f"message-{n:06d}", text) for n, text in enumerate(texts)]


async def say_all(url: str, messages: Sequence[Said], *, at_once: int = 20) -> None:
    """Send each message until it is acknowledged, through any number of lost connections."""
    places = asyncio.Semaphore(at_once)
    async with aiohttp.ClientSession() as session:

        async def say(message: Said) -> None:
            async with places:
                while not await _try(session, url, message):
                    await asyncio.sleep(_RETRY_SECONDS * random.uniform(1, 4))

        await asyncio.gather(*[say(message) for message in messages])


async def _try(session: aiohttp.ClientSession, url: str, message: Said) -> bool:
    try:
        async with session.ws_connect(
            f"{url}/chat/socket", headers={"Cookie": f"{VISITOR_COOKIE}={message.visitor}"}
        ) as link:
            await link.send_json(
                {
                    "type": "message",
                    "id": message.identifier,
                    "text": message.text,
                    "choice": message.choice,
                }
            )
            async with asyncio.timeout(10):
                async for frame in link:
                    answer = frame.json()
                    if answer["type"] == "ack" and answer["id"] == message.identifier:
                        return True
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        return False
    return False
