"""What its leaf costs a posting, on both databases, beside the same postings unsealed.

On SQLite all happens in this process, and its processor's time is told: others share the machine.
On PostgreSQL the sealer runs beside, so time that passes is; how old the oldest transfer without a
leaf is, is looked at while others post. Rounds come in pairs, each of which begins with the other
one, and medians are told: once with as many waiting as keep both cores busy, once with eight.
"""

import asyncio
import gc
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any

from bench.figure import Figure, quantile
from bench.ledger_rows import drive, from_treasury
from bot.app import open_storage
from bot.ports.storage import Storage
from bot.sealer import Sealer
from bot.settings import Settings
from bot.store.engines.database import make_engine, migrate, parse_url
from bot.store.ledger import journal
from bot.store.ledger.sealing import SqlSealing
from bot.till import Till
from tests import postgres

MANY, FEW = 256, 8
COUNTS = {MANY: 10_000, FEW: 4_000}
ROUNDS = 5
MEMORY = Path("/dev/shm")  # noqa: S108  a file system in memory, and a folder of our own in it
_REFERENCE = "the same postings unsealed"


class _Unsealed(SqlSealing):
    """As it was before there was a log."""

    def written(self, rows: Sequence[Sequence[Any]]) -> None:
        del rows


async def run() -> list[Figure]:
    """Measure sealed and unsealed in turns."""
    gc.collect()
    gc.freeze()  # as the service does: one look at all modules takes as long as 10,000 postings
    lags: list[float] = []
    with ExitStack() as stack:
        server = stack.enter_context(postgres.server())
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=MEMORY))
        figures = []
        for name in ("sqlite", "postgres"):
            for waiting in COUNTS:
                costs: dict[bool, list[float]] = {True: [], False: []}
                for turn in range(ROUNDS):
                    for sealed in (bool(turn % 2), not turn % 2):
                        if name == "sqlite":
                            url = f"sqlite:///{folder}/{waiting}{turn}{sealed}.sqlite"
                        else:
                            url = stack.enter_context(postgres.database(server))
                        costs[sealed].append(await _cost(url, lags, waiting, sealed=sealed))
                medians = median(costs[True]), median(costs[False])
                figure = f"cost_{name}" if waiting == MANY else f"cost_{name}_{waiting}_waiting"
                figures.append(Figure("ledger_sealing", figure, *medians, _REFERENCE, "µs"))
    lag = Figure("ledger_sealing", "lag_p99", quantile(lags, 0.99), 0.5, "the limit", "s")
    return [*figures, lag]


async def _cost(url: str, lags: list[float], waiting: int, *, sealed: bool) -> float:
    """Return microseconds a posting."""
    shared, count = url.startswith("postgresql"), COUNTS[waiting]
    vars(journal)["SqlSealing"] = SqlSealing if sealed else _Unsealed
    async with _storage(url) as storage, asyncio.TaskGroup() as group:
        till = Till(storage)
        tasks = [group.create_task(till.run())]
        if sealed:
            tasks.append(group.create_task(Sealer(storage, "https://bench").run()))
            if shared:
                tasks.append(group.create_task(_watch(storage, lags)))
        began = time.process_time()
        rate, _ = await drive(till, from_treasury, "r", waiting=waiting, count=count)
        seconds = count / rate if shared else time.process_time() - began
        for task in tasks:
            task.cancel()
    vars(journal)["SqlSealing"] = SqlSealing
    return seconds * 1e6 / count


async def _watch(storage: Storage, lags: list[float]) -> None:
    """Note how old the oldest transfer without a leaf is."""
    while True:
        lags.append(await storage.read(lambda views: views.log.lag()))
        await asyncio.sleep(0.05)


@asynccontextmanager
async def _storage(url: str) -> AsyncIterator[Storage]:
    settings = Settings(database_url=url, secret_key="a key for the bench only")  # noqa: S106
    engine = make_engine(parse_url(url))
    migrate(engine)
    async with open_storage(settings, engine) as (storage, _):
        yield storage
