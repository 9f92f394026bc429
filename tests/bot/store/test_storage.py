"""Units, group commit, retries, failures: the same suite on both databases."""

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from bot.model.place import OrganisationKind
from bot.ports.bell import contact_topic
from bot.ports.outbox import Outgoing
from bot.ports.storage import Storage, StorageError, Tx
from bot.store.engines.bell import LocalBell
from bot.store.engines.database import migrate, newest_revision, revision_of
from bot.store.tables import metadata
from bot.store.tx import SqlTx
from channels.message import InboundMessage
from tests.fakes.clock import FakeClock


def message(text: str, external_id: str = "m-1", address: str = "a") -> InboundMessage:
    return InboundMessage(
        channel="web",
        address=address,
        external_id=external_id,
        text=text,
        sent_at=datetime(2026, 11, 25, tzinfo=UTC),
    )


def store(tx: Tx, text: str, external_id: str = "m-1", address: str = "a") -> tuple[int, bool]:
    contact = tx.people.meet("web", address)
    stored = tx.inbox.store(contact.id, message(text, external_id, address))
    return contact.id, stored is not None


async def test_the_migrations_make_the_schema_that_the_tables_describe(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    migrate(engine)
    assert revision_of(engine) == newest_revision()


async def test_a_message_is_stored_once(storage: Storage) -> None:
    contact_id, fresh = await storage.write(lambda tx: store(tx, "电梯坏了"))
    again, stale = await storage.write(lambda tx: store(tx, "电梯坏了"))
    assert (fresh, stale, again) == (True, False, contact_id)
    waiting = await storage.read(lambda views: views.inbox.next_of(contact_id))
    assert waiting is not None
    assert waiting.message.text == "电梯坏了"


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_a_unit_that_fails_fails_alone(storage: Storage, place: int) -> None:
    def broken(tx: Tx) -> None:
        store(tx, "broken", "m-2", "b")
        raise ValueError("its own mistake")

    units: list[Callable[[Tx], object]] = [
        lambda tx: store(tx, "one"),
        lambda tx: store(tx, "other", "m-3", "c"),
    ]
    units.insert(place, broken)
    results = await asyncio.gather(*map(storage.write, units), return_exceptions=True)
    assert [type(one) for one in results].index(ValueError) == place
    assert await storage.read(lambda views: views.inbox.depth()) == 2
    assert await storage.write(lambda tx: store(tx, "again", "m-2", "b"))


@pytest.mark.parametrize("before", [0, 1])
async def test_nothing_is_kept_of_a_unit_that_lost_its_transaction(
    storage: Storage, engine: sa.Engine, before: int
) -> None:
    """As SQLite ends it by itself when the disk is full, whatever the unit makes of the error."""
    if engine.dialect.name != "sqlite":
        pytest.skip("there the connection tells")

    def lost(tx: Tx) -> None:
        store(tx, "lost", "m-2", "b")
        assert isinstance(tx, SqlTx)
        vars(tx)["_unit"].driver.run_sql("ROLLBACK", ())

    units: list[Callable[[Tx], object]] = [lambda tx: store(tx, "one"), lost]
    results = await asyncio.gather(*map(storage.write, units[1 - before :]), return_exceptions=True)
    assert [type(one) for one in results] == [StorageError] * (before + 1)
    assert await storage.read(lambda views: views.inbox.depth()) == 0


async def test_many_clients_at_once_lose_nothing(storage: Storage) -> None:
    def numbered(n: int) -> Callable[[Tx], object]:
        return lambda tx: store(tx, f"{n}", f"m-{n}", f"a{n % 7}")

    await asyncio.gather(*[storage.write(numbered(n)) for n in range(200)])
    assert await storage.read(lambda views: views.inbox.depth()) == 200
    assert len(await storage.read(lambda views: views.inbox.lanes(50))) == 7


async def test_a_ring_follows_the_commit(storage: Storage, bell: LocalBell) -> None:
    with bell.listen(contact_topic(1)) as ear:
        await storage.write(lambda tx: tx.ring(contact_topic(1)))
        assert await ear.wait(1)
        assert not await ear.wait(0.01)


@pytest.mark.parametrize("statement", ["UPDATE", "DELETE"])
async def test_the_database_refuses_to_change_the_journal(
    storage: Storage, engine: sa.Engine, statement: str
) -> None:
    def talk(tx: Tx) -> None:
        contact_id, _ = store(tx, "人工")
        tx.talks.say(tx.talks.open(contact_id, urgent=False).id, "resident", "在吗")

    await storage.write(talk)
    sql = {"UPDATE": "UPDATE talk_line SET speaker = 'x'", "DELETE": "DELETE FROM talk_line"}
    with pytest.raises(sa.exc.DatabaseError, match="append-only"), engine.begin() as connection:
        connection.exec_driver_sql(sql[statement])
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM talk_line").scalar() == 1


async def test_personal_words_of_the_history_may_be_blanked(
    storage: Storage, clock: FakeClock
) -> None:
    def talk(tx: Tx) -> int:
        contact_id, _ = store(tx, "人工")
        talk_id = tx.talks.open(contact_id, urgent=False).id
        tx.talks.say(talk_id, "resident", "在吗")
        return talk_id

    talk_id = await storage.write(talk)
    assert await storage.write(lambda tx: tx.forget_what_is_due()) == 0
    clock.move(days=366)
    assert await storage.write(lambda tx: tx.forget_what_is_due()) == 2
    lines = await storage.read(lambda views: views.talks.lines(talk_id))
    assert [line.words for line in lines] == [""]


async def test_contact_addresses_and_words_are_not_readable_in_the_database(
    storage: Storage, engine: sa.Engine
) -> None:
    await storage.write(lambda tx: store(tx, "我的电话是13800001111", address="tel:+8613900002222"))
    with engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT address, address_hash FROM contact").one()
        text = connection.exec_driver_sql("SELECT text FROM inbox").scalar_one()
    assert "139" not in row.address + row.address_hash
    assert "138" not in text


async def test_an_interrupted_send_is_uncertain_and_never_repeated(
    storage: Storage, clock: FakeClock
) -> None:
    def put(tx: Tx) -> None:
        contact_id, _ = store(tx, "x")
        tx.outbox.put(Outgoing(key="k", contact_id=contact_id, text="好的"), tx.now)
        assert not tx.outbox.put(Outgoing(key="k", contact_id=contact_id, text="好的"), tx.now)

    await storage.write(put)
    claim = lambda tx: tx.outbox.claim(limit=5, lease_until=tx.now.replace(year=2027))  # noqa: E731
    assert len(await storage.write(claim)) == 1
    assert len(await storage.write(claim)) == 0
    assert await storage.write(lambda tx: tx.outbox.expire_leases()) == 0
    clock.move(days=400)
    assert await storage.write(lambda tx: tx.outbox.expire_leases()) == 1
    assert len(await storage.write(claim)) == 0
    doubtful = await storage.read(lambda views: views.outbox.doubtful(5))
    assert [d.text for d in doubtful] == ["好的"]


def sent(ids: list[int], tx: Tx) -> None:
    tx.outbox.sent(ids)


async def test_messages_of_one_contact_leave_one_at_a_time_in_order(storage: Storage) -> None:
    def put(tx: Tx) -> None:
        for address in ("a", "b"):
            contact = tx.people.meet("web", address)
            for n in range(3):
                tx.outbox.put(
                    Outgoing(key=f"{address}{n}", contact_id=contact.id, text=f"{address}{n}"),
                    tx.now,
                )

    await storage.write(put)
    order = []
    for _ in range(3):
        claimed = await storage.write(
            lambda tx: tx.outbox.claim(limit=9, lease_until=tx.now.replace(year=2027))
        )
        order.append(sorted(one.message.text for one in claimed))
        ids = [one.id for one in claimed]
        await storage.write(partial(sent, ids))
    assert order == [["a0", "b0"], ["a1", "b1"], ["a2", "b2"]]


async def test_a_storage_that_is_away_says_so(storage: Storage) -> None:
    def away(_: Tx) -> None:
        raise sa.exc.OperationalError("SELECT", {}, Exception("the disk is full"))

    with pytest.raises(StorageError, match="disk is full"):
        await storage.write(away)


async def test_units_that_race_for_the_same_row_are_run_again(
    storage: Storage, engine: sa.Engine
) -> None:
    """The loser sees what the winner wrote; so two services may fill one database at once."""
    if engine.dialect.name == "sqlite":
        pytest.skip("units run one after the other there")
    both_looked = threading.Barrier(2, timeout=10)
    attempts: list[bool] = []

    def fill(tx: Tx) -> bool:
        there = tx.places.organisation("county") is not None
        attempts.append(there)
        if len(attempts) <= 2:
            both_looked.wait()
        if not there:
            tx.places.add_organisation("county", "清河县", OrganisationKind.COUNTY, None)
        return not there

    filled = await asyncio.gather(storage.write(fill), storage.write(fill))
    assert sorted(filled) == [False, True]
    assert attempts == [False, False, True]


async def test_a_row_that_stays_taken_is_the_units_own_mistake(storage: Storage) -> None:
    def twice(tx: Tx) -> None:
        for _ in range(2):
            tx.places.add_organisation("county", "清河县", OrganisationKind.COUNTY, None)

    with pytest.raises(sa.exc.IntegrityError):
        await storage.write(twice)
