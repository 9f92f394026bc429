"""How soon one change of a case is on 1,000 watching pages, against a bare SSE fan-out."""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from statistics import median

from aiohttp import web

from bench.figure import Figure
from bot.app import Service, assemble
from bot.console.demo import fill
from bot.flow.cases.handle import answer
from bot.flow.cases.open import open_case
from bot.model.case import Case
from bot.ports.storage import Tx
from bot.settings import Settings
from bot.store.engines.database import make_engine, migrate, parse_url

PAGES = 1000
ROUNDS = 5
REFERENCE = "bare SSE fan-out of the same bytes"


async def run() -> list[Figure]:
    """Measure several changes of each kind; the medians are the figures."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        ours, size = await _ours(Path(folder))
    bare = await _bare(size)
    return [Figure("live", "last_client_seconds", median(ours), median(bare), REFERENCE, "s")]


async def _ours(folder: Path) -> tuple[list[float], int]:
    settings = Settings(
        database_url=f"sqlite:///{folder}/bench.sqlite",
        secret_key="a key for the bench only",  # noqa: S106
        http_port=1,
    )
    engine = make_engine(parse_url(settings.database_url))
    migrate(engine)
    async with assemble(settings, engine) as service, _serving(service.site) as port:
        await service.storage.write(fill)
        case = await service.storage.write(partial(_report, service))
        path = f"/c/{case.token}/events"
        seconds = [await _one_change(port, path, partial(_answer, service, case.id))
                   for _ in range(ROUNDS)]  # fmt: skip
        page = await service.storage.read(lambda views: views.cases.by_token(case.token))
        if page is None or len(page.events) < ROUNDS:
            raise AssertionError("the changes were not made")
        return seconds, await _first_event_size(port, path)


async def _bare(size: int) -> list[float]:
    """A server that does nothing but write the same bytes to every open stream."""
    streams: set[web.StreamResponse] = set()
    event = b"data: " + b"x" * size + b"\n\n"

    async def follow(request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        await stream.write(event)
        streams.add(stream)
        try:
            await asyncio.sleep(3600)
        finally:
            streams.discard(stream)
        return stream

    async def change() -> None:
        for stream in list(streams):
            await stream.write(event)

    site = web.Application()
    site.add_routes([web.get("/events", follow)])
    async with _serving(site) as port:
        seconds = []
        for _ in range(ROUNDS):
            seconds.append(await _one_change(port, "/events", change))
            streams.clear()
        return seconds


async def _one_change(port: int, path: str, change: Callable[[], Awaitable[None]]) -> float:
    """Let all pages watch, change the case, and return the seconds until the last page has it."""
    watchers = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bench.watchers", str(port), path, str(PAGES)),
        stdout=asyncio.subprocess.PIPE,
    )
    if watchers.stdout is None:
        raise RuntimeError("the watchers have no output")
    if (await watchers.stdout.readline()).strip() != b"ready":
        raise RuntimeError("the watchers could not connect")
    await asyncio.sleep(0.3)
    started = time.monotonic()
    await change()
    last = float(await watchers.stdout.readline())
    await watchers.wait()
    return last - started


@asynccontextmanager
async def _serving(site: web.Application) -> AsyncIterator[int]:
    async with AsyncExitStack() as stack:
        runner = web.AppRunner(site, access_log=None, shutdown_timeout=1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=2 * PAGES).start()
        yield runner.addresses[0][1]


async def _first_event_size(port: int, path: str) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    line = b""
    while not line.startswith(b"data:"):
        line = await reader.readline()
    writer.close()
    return len(line)


def _report(service: Service, tx: Tx) -> Case:
    contact = tx.people.meet("web", "a resident")
    words = "幸福里小区3号楼2单元电梯坏了"
    meaning = service.interpreter.interpret(words)
    return open_case(tx, service.rules, contact, meaning, words=words)


async def _answer(service: Service, case_id: int) -> None:
    def unit(tx: Tx) -> None:
        staff = next(member for member in tx.staff.all() if member.login == "lin")
        answer(tx, service.rules, case_id, staff, "师傅在路上")

    await service.storage.write(unit)
