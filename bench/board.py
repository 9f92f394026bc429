"""How fast the workbench's list, search and case page stay from a thousand cases to a million.

Whole pages are asked for over HTTP, as a dispatcher's browser does. Measured at each size and on
both databases: lists by state, group, grid, handler, agency, lateness and date, and the board;
searches for frequent and rare words, for several, and for words that never stand together; case
pages, with the queue beside them. 2 of 100 cases are open, an eleventh of them late.
"""

import asyncio
import gc
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp
from aiohttp import web

from bench.board_rows import fill_cases
from bench.figure import Figure, quantile
from bot.app import SystemClock, make_rules, open_storage
from bot.console.demo import fill
from bot.ports.rules import Rules
from bot.ports.storage import Storage, Tx
from bot.settings import Settings
from bot.store.engines.bell import LocalBell
from bot.store.engines.database import make_engine, migrate, parse_url
from bot.web.server import make_web
from nlp.meaning import build_interpreter
from tests import postgres
from tests.fakes.voice import FakeVoice

SIZES = (1_000, 100_000, 1_000_000)
ASKED = 300
WARMED = 40
WORST = 2.0
_MADE_A_SECOND = 5_000

LISTS = (
    "", "?stage=waiting", "?stage=archived", "?stage=all", "?late=1", "?urgent=1&stage=all",
    "?group=lift", "?group=lift&stage=archived", "?grid=4&stage=all", "?handler=2",
    "?handler=3&stage=archived", "?agency=property&stage=all&urgent=1", "?handler=me&stage=all",
    "?grid=5&group=clean&stage=archived", "?view=board", "?view=board&grid=4",
    "?from=2026-01-01&until=2026-03-01&stage=all",
)  # fmt: skip
SEARCHES = (
    "电梯", "坏了", "漏水", "路灯", "3号楼 电梯", "和平家园 漏水", "纺织厂 垃圾", "井盖 12号楼",
    "噪音 电梯", "幸福里", "水管爆了", "停车 和平家园 5号楼", "没有这样的词",
)  # fmt: skip

Pages = dict[str, list[float]]


async def run() -> list[Figure]:
    """Measure each database at each size."""
    figures: list[Figure] = []
    for kind in ("sqlite", "postgres"):
        waits = {size: await _at(kind, size) for size in SIZES}
        first, last = waits[SIZES[0]], waits[SIZES[-1]]
        for size, pages in waits.items():
            figures += [
                Figure(
                    "board",
                    f"{name}_p99_seconds_at_{size}",
                    quantile(seconds, 0.99),
                    quantile(first[name], 0.99),
                    f"at {SIZES[0]} cases, {kind}",
                    "s",
                )
                for name, seconds in pages.items()
            ]
        worst = max(quantile(last[name], 0.99) / quantile(first[name], 0.99) for name in first)
        note = f"at most; worst p99 at {SIZES[-1]} cases over p99 at {SIZES[0]}, {kind}"
        figures.append(Figure("board", "growth", worst, WORST, note, ""))
    return figures


async def _at(kind: str, size: int) -> Pages:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=Path.cwd()))
        url = f"sqlite:///{folder}/bench.sqlite"
        if kind == "postgres":
            server = stack.enter_context(postgres.server())
            url = stack.enter_context(postgres.database(server))
        settings = Settings(database_url=url, secret_key="a key for the bench only")  # noqa: S106
        async with _service(settings, size) as (address, cookie):
            return await _ask(address, cookie, size)


def _tell(line: str) -> None:
    """Say how far it is: a million cases take minutes."""
    print(line, file=sys.stderr, flush=True)


@asynccontextmanager
async def _service(settings: Settings, size: int) -> AsyncIterator[tuple[str, str]]:
    engine = make_engine(parse_url(settings.database_url))
    migrate(engine)
    rules = make_rules(settings)
    async with open_storage(settings, engine) as (storage, _):
        await storage.write(fill)
        kind = engine.dialect.name
        _tell(f"{kind}: making {size} cases, about {size // _MADE_A_SECOND + 1} s")
        began = time.perf_counter()
        fill_cases(engine, rules, size, SystemClock().now())
        seconds = time.perf_counter() - began
        _tell(f"{kind}: {size} cases made in {seconds:.0f} s")
        cookie = await storage.write(_seat)
        runner = web.AppRunner(_app(storage, rules))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        gc.freeze()  # as the service does
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}", cookie
        finally:
            await runner.cleanup()


def _app(storage: Storage, rules: Rules) -> web.Application:
    async def ready() -> list[str]:
        return []

    return make_web(
        storage=storage,
        rules=rules,
        interpreter=build_interpreter(),
        bell=LocalBell(),
        clock=SystemClock(),
        ready=ready,
        secure_cookies=False,
        channel_routes=[],
        sounds=FakeVoice(),
    )


def _seat(tx: Tx) -> str:
    found = tx.staff.by_login("lin")
    assert found is not None
    tx.sessions.begin("bench-token", found[0].id, "csrf", tx.now + timedelta(hours=12))
    return "bench-token"


async def _ask(address: str, cookie: str, size: int) -> Pages:
    draw = random.Random(size)  # noqa: S311  lots, not secrets
    kinds: dict[str, Callable[[int], str]] = {
        "list": lambda turn: f"/desk/all{LISTS[turn % len(LISTS)]}",
        "search": lambda turn: f"/desk/all?q={SEARCHES[turn % len(SEARCHES)]}",
        "case": lambda _: f"/desk/cases/{draw.randint(1, size)}",
    }
    pages: Pages = {}
    async with aiohttp.ClientSession(cookies={"gz_desk": cookie}) as browser:
        for name, path_of in kinds.items():
            paths = [path_of(turn) for turn in range(WARMED + ASKED)]
            pages[name] = (await _timed(browser, address, paths))[WARMED:]
            worst = quantile(pages[name], 0.99) * 1000
            _tell(f"{size} cases: p99 of {ASKED} times {name} is {worst:.0f} ms")
    return pages


async def _timed(browser: aiohttp.ClientSession, address: str, paths: Sequence[str]) -> list[float]:
    waits = []
    for path in paths:
        began = time.perf_counter()
        async with browser.get(address + path) as answer:
            await answer.read()
            assert answer.status == 200, path
        waits.append(time.perf_counter() - began)
        await asyncio.sleep(0)
    return waits
