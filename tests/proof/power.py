"""Points are spent on SQLite while the power may go at any moment: nothing told is ever lost.

Whatever a loss of power leaves is opened and looked at: orders and counters that were told are
there, and points, holds and stock fit each other.
"""

import asyncio
import random
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from bot.app import make_personal, make_rules
from bot.console.demo import fill
from bot.flow.credit import redeem
from bot.model.people import Verification
from bot.model.reward import Order
from bot.model.staff import Staff
from bot.ports.rules import Rules
from bot.ports.storage import Storage, Tx, Views
from bot.settings import Settings
from bot.store.engines.bell import LocalBell
from bot.store.engines.database import make_engine, migrate, parse_url
from bot.store.engines.sqlite import SqliteStorage
from bot.till import Till
from credits.posting import post
from tests.credits.making import posting
from tests.fakes.clock import FakeClock
from tests.proof.disk import Recorder, State, Told, put, states

_SECRET = "a secret key that only proofs know"  # noqa: S105
_PEOPLE: Final = 6
_CHECKPOINT_PAGES: Final = 40

_BALANCES: Final = """
SELECT b.owner FROM balance b JOIN (
  SELECT owner, SUM(posted) AS posted FROM (
    SELECT credit AS owner, amount AS posted FROM transfer WHERE kind IN ('transfer', 'post', 'reversal')
    UNION ALL
    SELECT debit, -amount FROM transfer WHERE kind IN ('transfer', 'post', 'reversal')
  ) GROUP BY owner
) s ON s.owner = b.owner WHERE b.ledger = 'points' AND (
  b.posted <> s.posted OR b.held <> COALESCE((
    SELECT SUM(t.amount) FROM open_hold h JOIN transfer t ON t.id = h.id WHERE t.debit = b.owner
  ), 0))
"""  # noqa: E501
_ORDERS: Final = """
SELECT o.id FROM reward_order o LEFT JOIN open_hold h ON h.id = o.hold_id
LEFT JOIN transfer f ON f.follows = o.hold_id
WHERE (o.state = 'open') <> (h.id IS NOT NULL)
   OR (o.state = 'collected') <> (COALESCE(f.kind, '') = 'post')
   OR (o.state = 'cancelled') <> (COALESCE(f.kind, '') = 'void')
"""
_STOCK: Final = """
SELECT r.id FROM reward r WHERE r.stock + (SELECT COUNT(*) FROM reward_order o
  WHERE o.reward_id = r.id AND o.state IN ('open', 'collected')) <> ?
"""
_TOLD: Final = {
    "placed": "SELECT 1 FROM reward_order WHERE key = ?",
    "collected": "SELECT 1 FROM reward_order WHERE key = ? AND state = 'collected'",
    "cancelled": "SELECT 1 FROM reward_order WHERE key = ? AND state = 'cancelled'",
}
_STOCK_EACH: Final = 500


@dataclass(frozen=True, slots=True)
class Survived:
    """How much was looked at."""

    told: int
    steps: int
    states: int


def prove(folder: Path, *, orders: int, seed: int, every: int, synchronous: str) -> Survived:
    """Run the proof; AssertionError names what a state had lost."""
    rng, recorder, file = random.Random(seed), Recorder(), folder / "proof.sqlite"
    settings = Settings(database_url=f"sqlite:///{file}", secret_key=_SECRET)
    asyncio.run(_begin(settings))
    before = {"db": file.read_bytes(), "wal": b""}
    asyncio.run(_spend(settings, recorder, orders, rng, synchronous))
    looked = 0
    with tempfile.TemporaryDirectory(dir=folder) as place:
        for state in states(before, recorder.steps, rng, every):
            _check(put(state, Path(place)), state)
            looked += 1
    told = sum(isinstance(step, Told) for step in recorder.steps)
    return Survived(told, len(recorder.steps), looked)


async def _begin(settings: Settings) -> None:
    """Fill the community, and bring everything into the one file."""
    engine = make_engine(parse_url(settings.database_url))
    migrate(engine)
    storage = _open(settings, engine)
    await storage.write(_fill)
    await storage.close()


def _open(settings: Settings, engine: sa.Engine) -> SqliteStorage:
    personal = make_personal(settings)
    return SqliteStorage(engine, clock=FakeClock(), personal=personal, bell=LocalBell())


def _fill(tx: Tx) -> None:
    fill(tx)
    for one in tx.rewards.all():
        tx.rewards.put_back(one.id, _STOCK_EACH - one.stock)
    for number in range(_PEOPLE):
        person_id = tx.people.meet("web", f"p{number}").person_id
        tx.people.verify(person_id, Verification.RESIDENT_CONFIRMED)
        gift = posting(f"g{number}", "treasury", f"resident:{person_id}", 5000, acted_at=tx.now)
        post(tx.journal, gift, now=tx.now, new_id=tx.new_transfer_id)


async def _spend(
    settings: Settings, recorder: Recorder, orders: int, rng: random.Random, synchronous: str
) -> None:
    """Let people order, collect and give up, all at once; note what they were told."""
    engine = make_engine(parse_url(settings.database_url))
    sa.event.listen(engine, "connect", partial(_watched, recorder, synchronous))
    storage = _open(settings, engine)
    till, rules = Till(storage), make_rules(settings)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(till.run())
        people = [_Person(storage, till, rules, recorder, rng, n) for n in range(_PEOPLE)]
        await asyncio.gather(*[one.live(orders // _PEOPLE) for one in people])
        serving.cancel()
    recorder.over = True
    await storage.close()


def _watched(recorder: Recorder, synchronous: str, connection: Any, _record: Any) -> None:
    assert isinstance(connection, sqlite3.Connection)
    connection.execute(f"PRAGMA synchronous={synchronous}")
    connection.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
    recorder.watch(connection)


@dataclass(slots=True)
class _Person:
    storage: Storage
    till: Till
    rules: Rules
    recorder: Recorder
    rng: random.Random
    number: int

    async def live(self, orders: int) -> None:
        person_id, rewards, staff = await self.storage.write(self._meet)
        for number in range(orders):
            wish = partial(
                redeem.order,
                rules=self.rules,
                person_id=person_id,
                reward_id=self.rng.choice(rewards),
                key=str(number),
            )
            placed = await self.storage.write(wish)
            self.recorder.told(f"placed {person_id}:{number}")
            code = await self.storage.read(_code_of(placed.id))
            if self.rng.random() < 0.7:
                errand = partial(redeem.hand_out, rules=self.rules, staff=staff, code=code)
                end = await self.till.do(errand)
                assert isinstance(end, Order)
                self.recorder.told(f"collected {person_id}:{number}")
            else:
                cancel = partial(redeem.cancel, person_id=person_id, order_id=placed.id)
                await self.storage.write(cancel)
                self.recorder.told(f"cancelled {person_id}:{number}")

    def _meet(self, tx: Tx) -> tuple[int, list[int], Staff]:
        person_id = tx.people.meet("web", f"p{self.number}").person_id
        staff = next(one for one in tx.staff.all() if one.login == "lin")
        return person_id, [one.id for one in tx.rewards.offered()], staff


def _code_of(order_id: int) -> Callable[[Views], str]:
    return lambda views: views.rewards.code_of(order_id)


def _check(file: Path, state: State) -> None:
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        where = f"after step {state.after}"
        (whole,) = connection.execute("PRAGMA integrity_check").fetchone()
        assert whole == "ok", f"{where}: {whole}"
        for query, values in ((_BALANCES, ()), (_ORDERS, ()), (_STOCK, (_STOCK_EACH,))):
            wrong = connection.execute(query, values).fetchall()
            assert wrong == [], f"{where}: {query.split()[1]} {wrong}"
        for what in state.told:
            kind, _, key = what.partition(" ")
            there = connection.execute(_TOLD[kind], (f"{key}",)).fetchone()
            assert there, f"{where}: {what} was told and is lost"
    finally:
        connection.close()
