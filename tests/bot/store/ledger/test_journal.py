"""The ledger in a database: what it refuses to change, and many who post at once."""

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from bot.ports.storage import Storage, Tx, Views
from credits.ledger import (
    Account,
    AlreadyFollowed,
    Balance,
    Kind,
    Ledger,
    Posting,
    Transfer,
    replay,
    resident,
    treasury,
)
from credits.moves import settle, void
from credits.posting import Outcome, post, post_many
from tests.credits.making import posting, said
from tests.fakes.clock import FakeClock

_CHANGED = {
    "seq": 99, "id": "x", "key": "x", "kind": "hold", "follows": "x", "ledger": "vote",
    "debit": "resident:7", "credit": "resident:7", "amount": 6, "rest": 1, "activity": "x",
    "subject": "x", "policy_version": 9, "actor": "x", "acted_at": 1, "recorded_at": 1,
    "expires_at": 1,
}  # fmt: skip


@pytest.fixture
def act(clock: FakeClock) -> Posting:
    return posting("a", acted_at=clock.now())


def _account(views: Views, side: Account) -> tuple[Balance, Sequence[Transfer]]:
    return views.journal.balance(side), views.journal.entries(side)


def _overdue(views: Views, at: datetime) -> int:
    return len(views.journal.overdue(at, 9))


async def _post(storage: Storage, *wishes: Posting) -> None:
    def unit(tx: Tx) -> None:
        for one in wishes:
            post(tx.journal, one, now=tx.now, new_id=tx.new_transfer_id)

    await storage.write(unit)


WORDS = ['"', "\\", 'a\\"b', "{a,b}", "NULL", "'", "\t\n", "%s ? :a", "垃圾分类", "x" * 3000]


@pytest.mark.parametrize("count", [1, 16, 17, 33])
async def test_whatever_its_words_a_transfer_is_kept_as_it_was_made(
    storage: Storage, act: Posting, count: int
) -> None:
    """SQLite takes sixteen rows at once, PostgreSQL arrays that are written here."""
    wishes = [
        act._replace(key=f"{WORDS[n % len(WORDS)]}{n}", subject=WORDS[n % len(WORDS)], amount=n + 1)
        for n in range(count)
    ]

    def unit(tx: Tx) -> Sequence[Outcome]:
        chains = [[one] for one in wishes]
        return post_many(tx.journal, chains, now=tx.now, new_id=tx.new_transfer_id)

    made = await storage.write(unit)
    entries = await storage.read(lambda views: views.journal.entries(resident(1)))
    assert [(one,) for one in entries] == made
    assert [one.wish for one in entries] == wishes
    found = await storage.read(lambda views: views.journal.by_keys([one.key for one in wishes]))
    assert {one.key for one in wishes} == found.keys()
    held = await storage.read(lambda views: views.journal.balance(resident(1)))
    assert held == Balance(sum(one.amount for one in wishes))


def test_every_column_is_tried(engine: sa.Engine) -> None:
    assert {one["name"] for one in sa.inspect(engine).get_columns("transfer")} == set(_CHANGED)


@pytest.mark.parametrize("column", _CHANGED)
async def test_no_column_of_a_transfer_can_be_changed(
    storage: Storage, engine: sa.Engine, act: Posting, column: str
) -> None:
    await _post(storage, act)
    change = sa.text(f'UPDATE transfer SET "{column}" = :value')  # noqa: S608  from the table above
    with pytest.raises(sa.exc.DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(change, {"value": _CHANGED[column]})


async def test_no_transfer_can_be_removed(
    storage: Storage, engine: sa.Engine, act: Posting
) -> None:
    await _post(storage, act)
    instead = "INSERT OR REPLACE INTO transfer SELECT * FROM transfer"
    ways = ["DELETE FROM transfer"]
    ways += ["TRUNCATE transfer" if engine.dialect.name == "postgresql" else instead]
    for way in ways:
        with pytest.raises(sa.exc.DatabaseError, match="append-only"), engine.begin() as connection:
            connection.exec_driver_sql(way)


@pytest.mark.parametrize("wrong", ["posted = -1", "held = 6", "held = -1", "coming = -1"])
async def test_the_database_refuses_a_balance_below_zero(
    storage: Storage, engine: sa.Engine, act: Posting, wrong: str
) -> None:
    await _post(storage, act)
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE balance SET {wrong}")  # noqa: S608  from the list above


async def test_the_treasury_has_no_row(storage: Storage, engine: sa.Engine, act: Posting) -> None:
    await _post(storage, act)
    with engine.connect() as connection:
        owners = connection.exec_driver_sql("SELECT owner FROM balance").scalars().all()
    assert owners == ["resident:1"]
    assert await storage.read(lambda views: views.journal.balance(treasury())) == Balance(-5)
    issued = await storage.read(lambda views: views.journal.issued())
    assert issued == {Ledger.POINTS: 5, Ledger.CREDIT: 0, Ledger.VOTE: 0}


async def test_a_unit_that_fails_leaves_nothing_in_the_ledger(
    storage: Storage, act: Posting
) -> None:
    def unit(tx: Tx) -> None:
        post(tx.journal, act, now=tx.now, new_id=tx.new_transfer_id)
        raise ValueError("its own mistake")

    with pytest.raises(ValueError, match="mistake"):
        await storage.write(unit)
    assert await storage.read(lambda views: views.journal.balance(resident(1))) == Balance()
    await _post(storage, act)
    assert await storage.read(lambda views: views.journal.balance(resident(1))) == Balance(5)


async def test_many_who_post_at_once_neither_wait_for_each_other_nor_lose_anything(
    storage: Storage, clock: FakeClock
) -> None:
    draw = random.Random(7)
    people = [f"resident:{number}" for number in range(1, 9)]

    def wish(number: int) -> list[Posting]:
        debit, credit = draw.sample(["treasury", *people], 2)
        first = posting(f"k{number}", debit, credit, draw.randint(1, 3), acted_at=clock.now())
        back = posting(f"b{number}", credit, debit, 1, acted_at=clock.now())
        return [first] if credit == "treasury" else [first, back]

    batches = [[wish(10 * batch + one) for one in range(10)] for batch in range(60)]

    async def units(batch: list[list[Posting]]) -> list[Outcome]:
        return await storage.write(
            lambda tx: post_many(tx.journal, batch, now=tx.now, new_id=tx.new_transfer_id)
        )

    outcomes = await asyncio.gather(*[units(batch) for batch in batches + batches[:10]])
    told = {said(one) for batch in outcomes for one in batch}
    assert told == {"written", "Overdrawn"}
    for owner in range(1, 9):
        side = resident(owner)
        balance, entries = await storage.read(partial(_account, side=side))
        assert replay(entries, side) == balance
        running = 0
        for entry in entries:
            running += entry.amount if entry.credit == side else -entry.amount
            assert running >= 0


async def test_two_who_post_one_hold_post_it_once(storage: Storage, clock: FakeClock) -> None:
    lapses = clock.now().replace(year=clock.now().year + 1)
    await _post(storage, posting("h", acted_at=clock.now(), lapses_at=lapses))
    made = await storage.read(lambda views: views.journal.by_keys(["h"])["h"])

    async def settled(amount: int) -> list[Outcome]:
        return await storage.write(
            lambda tx: post_many(
                tx.journal,
                [[settle(made, amount, actor=f"staff:{amount}")]],
                now=tx.now,
                new_id=tx.new_transfer_id,
            )
        )

    outcomes = await asyncio.gather(*[settled(amount) for amount in (1, 2, 3, 4)])
    assert sorted(said(batch[0]) for batch in outcomes) == ["KeyConflict"] * 3 + ["written"]
    entries = await storage.read(lambda views: views.journal.entries(resident(1)))
    assert [one.kind for one in entries] == [Kind.HOLD, Kind.POST]


async def test_who_asks_the_same_at_the_same_time_gets_the_same(
    storage: Storage, act: Posting, clock: FakeClock
) -> None:
    await _post(storage, act)
    spent = posting("s", "resident:1", "treasury", 5, acted_at=clock.now())

    async def ask() -> str:
        return await storage.write(
            lambda tx: post(tx.journal, spent, now=tx.now, new_id=tx.new_transfer_id).id
        )

    assert len(set(await asyncio.gather(*[ask() for _ in range(8)]))) == 1


async def test_what_is_read_is_what_was_written(storage: Storage, clock: FakeClock) -> None:
    lapses = clock.now().replace(year=clock.now().year + 1)
    acted_at = clock.now()
    clock.move(hours=1)
    hold = posting("h", amount=5, acted_at=acted_at, lapses_at=lapses)
    made = await storage.write(
        lambda tx: post(tx.journal, hold, now=tx.now, new_id=tx.new_transfer_id)
    )
    taken = await storage.write(
        lambda tx: post(
            tx.journal, settle(made, 2, actor="staff:9"), now=tx.now, new_id=tx.new_transfer_id
        )
    )
    read = await storage.read(lambda views: views.journal.by_ids([made.id, taken.id]))
    assert read == {made.id: made, taken.id: taken}
    assert made.recorded_at - made.acted_at >= timedelta(hours=1)


async def test_ledgers_are_kept_apart(storage: Storage, act: Posting, clock: FakeClock) -> None:
    votes = posting("v", amount=3, acted_at=clock.now(), ledger=Ledger.VOTE)
    await _post(storage, act, votes)
    for side, points in ((resident(1), 5), (resident(1, Ledger.VOTE), 3)):
        balance, entries = await storage.read(partial(_account, side=side))
        assert balance == replay(entries, side) == Balance(points)
        assert len(entries) == 1


async def test_a_hold_is_overdue_from_its_moment_on(storage: Storage, clock: FakeClock) -> None:
    lapses = clock.now() + timedelta(hours=1)
    await _post(storage, posting("h", acted_at=clock.now(), lapses_at=lapses))
    for moment, many in ((lapses - timedelta(microseconds=1), 0), (lapses, 1)):
        assert await storage.read(partial(_overdue, at=moment)) == many


async def test_a_hold_that_was_posted_can_not_be_voided(storage: Storage, clock: FakeClock) -> None:
    lapses = clock.now() + timedelta(hours=1)
    await _post(storage, posting("h", acted_at=clock.now(), lapses_at=lapses))
    made = await storage.read(lambda views: views.journal.by_keys(["h"])["h"])
    await _post(storage, settle(made, actor="staff:9"))
    with pytest.raises(AlreadyFollowed):
        await _post(storage, void(made, actor="staff:9"))
