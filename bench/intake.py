"""How fast reports become cases, against one-row units through the same storage."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from bench.figure import Figure, quantile
from bot.app import make_rules, open_storage
from bot.console.demo import fill
from bot.intake import Intake
from bot.model.place import OrganisationKind
from bot.ports.storage import Storage, Tx
from bot.settings import Settings
from bot.store.engines.database import make_engine, migrate, parse_url
from channels.message import InboundMessage
from nlp.meaning import build_interpreter
from tests import postgres

RESIDENTS = 200
ROUNDS = 10
REFERENCE = "one-row units, same storage, same clients, same disk"


async def run() -> list[Figure]:
    """Measure both databases."""
    figures = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=Path.cwd())))
        server = stack.enter_context(postgres.server())
        urls = {
            "sqlite": f"sqlite:///{folder}/bench.sqlite",
            "postgres": stack.enter_context(postgres.database(server)),
        }
        for kind, url in urls.items():
            figures += await _measure(kind, url)
    return figures


async def _measure(kind: str, url: str) -> list[Figure]:
    settings = Settings(database_url=url, secret_key="a key for the bench only")  # noqa: S106
    async with _service(settings) as (storage, intake):
        floor_seconds, floor_waits = await _drive(_one_row(storage))
        started = time.perf_counter()
        _, waits = await _drive(_report(intake))
        while await storage.read(lambda views: views.inbox.depth()):
            await asyncio.sleep(0.01)
        seconds = time.perf_counter() - started
        count = RESIDENTS * ROUNDS
        cases = sum((await storage.read(lambda views: views.cases.counts())).values())
        if cases != count:
            raise AssertionError(f"{count} reports became {cases} cases")
    pairs = (
        ("cases_per_second", count / seconds, count / floor_seconds, "1/s"),
        ("acknowledged_p50_seconds", quantile(waits, 0.5), quantile(floor_waits, 0.5), "s"),
        ("acknowledged_p99_seconds", quantile(waits, 0.99), quantile(floor_waits, 0.99), "s"),
    )
    return [
        Figure("intake", name, ours, floor, f"{REFERENCE}, {kind}", unit)
        for name, ours, floor, unit in pairs
    ]


@asynccontextmanager
async def _service(settings: Settings) -> AsyncIterator[tuple[Storage, Intake]]:
    engine = make_engine(parse_url(settings.database_url))
    migrate(engine)
    async with open_storage(settings, engine) as (storage, _):
        await storage.write(fill)
        intake = Intake(
            storage=storage, rules=make_rules(settings), interpreter=build_interpreter()
        )
        async with asyncio.TaskGroup() as group:
            running = group.create_task(intake.run())
            yield storage, intake
            running.cancel()


async def _drive(act: Callable[[int, int], Awaitable[object]]) -> tuple[float, list[float]]:
    """Let all residents act at once, round after round; return seconds and every wait."""
    waits: list[float] = []

    async def resident(number: int) -> None:
        for turn in range(ROUNDS):
            started = time.perf_counter()
            await act(number, turn)
            waits.append(time.perf_counter() - started)

    started = time.perf_counter()
    await asyncio.gather(*[resident(number) for number in range(RESIDENTS)])
    return time.perf_counter() - started, waits


def _report(intake: Intake) -> Callable[[int, int], Awaitable[object]]:
    def act(number: int, turn: int) -> Awaitable[object]:
        return intake.receive(
            InboundMessage(
                channel="web",
                address=f"resident-{number}-{turn}",
                external_id=f"{number}-{turn}",
                text=f"幸福里小区{number % 8 + 1}号楼2单元电梯坏了，老人下不了楼",
                sent_at=datetime(2026, 11, 25, tzinfo=UTC),
            )
        )

    return act


def _one_row(storage: Storage) -> Callable[[int, int], Awaitable[object]]:
    def act(number: int, turn: int) -> Awaitable[object]:
        def unit(tx: Tx) -> int:
            return tx.places.add_organisation(
                f"row-{number}-{turn}", "row", OrganisationKind.GRID, None
            )

        return storage.write(unit)

    return act
