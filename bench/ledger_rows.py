"""What the ledger's benches share: who posts what, and how fast a till takes it."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from bot.app import open_storage
from bot.settings import Settings
from bot.store.engines.database import make_engine, migrate, parse_url
from bot.till import Till
from credits.ledger import Account, Posting, resident, treasury

RESIDENTS = 1000
ACTED_AT = datetime(2026, 11, 25, tzinfo=UTC)
_PEOPLE = [resident(number) for number in range(1, RESIDENTS + 1)]
_TREASURY = treasury()

Wish = Callable[[str, int], Posting]


def from_treasury(run: str, number: int) -> Posting:
    """Return a posting that debits the treasury, as nearly all do."""
    return _posting(f"{run}:{number}", _TREASURY, _PEOPLE[number % RESIDENTS])


def between_residents(run: str, number: int) -> Posting:
    """Return a posting whose debit is spread over all residents."""
    payee = _PEOPLE[(number * 7 + 1) % RESIDENTS]
    return _posting(f"{run}:{number}", _PEOPLE[number % RESIDENTS], payee)


def _posting(key: str, debit: Account, credit: Account) -> Posting:
    return Posting(
        key=key,
        debit=debit,
        credit=credit,
        amount=1,
        activity="report_confirmed",
        subject="case:12",
        policy_version=1,
        acted_at=ACTED_AT,
        actor="system",
    )


@asynccontextmanager
async def open_till(url: str) -> AsyncIterator[Till]:
    """Yield a till over a new ledger."""
    settings = Settings(database_url=url, secret_key="a key for the bench only")  # noqa: S106
    engine = make_engine(parse_url(url))
    migrate(engine)
    async with open_storage(settings, engine) as (storage, _), asyncio.TaskGroup() as group:
        till = Till(storage)
        serving = group.create_task(till.run())
        gc.freeze()  # as the service does
        yield till
        serving.cancel()


async def drive(
    till: Till, wish: Wish, run: str, *, waiting: int, count: int
) -> tuple[float, list[float]]:
    """Let so many wait at once until `count` are posted; return postings a second and all waits."""
    numbers = iter(range(count))
    waits: list[float] = []

    async def client() -> None:
        for number in numbers:
            started = time.perf_counter()
            await till.post(wish(run, number))
            waits.append(time.perf_counter() - started)

    started = time.perf_counter()
    await asyncio.gather(*[client() for _ in range(waiting)])
    return count / (time.perf_counter() - started), waits
