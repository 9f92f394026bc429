"""What its leaf costs a posting, on both databases, beside the same postings unsealed.

On PostgreSQL the sealer runs beside; how old the oldest transfer without a leaf is, is looked at
while others post.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from bench.figure import Figure, quantile
from bench.ledger_rows import drive, from_treasury
from bot.app import open_storage
from bot.ports.storage import Storage
from bot.sealer import Sealer
from bot.settings import Settings
from bot.store import journal
from bot.store.database import make_engine, migrate, parse_url
from bot.store.sealing import SqlSealing
from bot.till import Till
from tests import postgres

WAITING = 256
COUNT = 10_000
ROUNDS = 3
MEMORY = Path("/dev/shm")  # noqa: S108  a file system in memory, and a folder of our own in it
_REFERENCE = "the same postings unsealed"


class _Unsealed(SqlSealing):
    """As it was before there was a log."""

    def written(self, rows: Sequence[Sequence[Any]]) -> None:
        del rows


async def run() -> list[Figure]:
    """Measure sealed and unsealed in turns, and take the best of each."""
    lags: list[float] = []
    with ExitStack() as stack:
        server = stack.enter_context(postgres.server())
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=MEMORY))
        costs = []
        for shared in (False, True):
            rates: dict[bool, list[float]] = {True: [], False: []}
            for turn in range(ROUNDS):
                for sealed in (False, True):
                    if shared:
                        url = stack.enter_context(postgres.database(server))
                    else:
                        url = f"sqlite:///{folder}/{turn}{sealed}.sqlite"
                    rates[sealed].append(await _rate(url, lags, sealed=sealed))
            costs.append((max(rates[False]), max(rates[True])))
    (sqlite_plain, sqlite), (plain, sealed_rate) = costs
    return [
        Figure("ledger_sealing", "cost_sqlite", 1e6 / sqlite, 1e6 / sqlite_plain, _REFERENCE, "µs"),
        Figure("ledger_sealing", "cost_postgres", 1e6 / sealed_rate, 1e6 / plain, _REFERENCE, "µs"),
        Figure("ledger_sealing", "lag_p99", quantile(lags, 0.99), 0.5, "the limit", "s"),
    ]


async def _rate(url: str, lags: list[float], *, sealed: bool) -> float:
    """Return postings a second; a ratio of ours over the reference of 1.05 is a cost of 5 %."""
    vars(journal)["SqlSealing"] = SqlSealing if sealed else _Unsealed
    async with _storage(url) as storage, asyncio.TaskGroup() as group:
        till = Till(storage)
        tasks = [group.create_task(till.run())]
        if sealed:
            tasks.append(group.create_task(Sealer(storage, "https://bench").run()))
            if url.startswith("postgresql"):
                tasks.append(group.create_task(_watch(storage, lags)))
        rate, _ = await drive(till, from_treasury, "r", waiting=WAITING, count=COUNT)
        for task in tasks:
            task.cancel()
    vars(journal)["SqlSealing"] = SqlSealing
    return rate


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
