"""Telephone calls as they are kept, on both databases."""

from functools import partial

import sqlalchemy as sa

from bot.ports.outbox import Outgoing
from bot.ports.storage import Storage, Tx
from channels.call import CallEnd
from tests.fakes.clock import FakeClock

ONE, TWO = "6f0c6e8a-0000-4000-8000-000000000001", "6f0c6e8a-0000-4000-8000-000000000002"
HERS, OURS = "+8613812345678", "+86106666666"


def register(tx: Tx, uuid: str = ONE, *, about: str = "") -> bool:
    return tx.calls.register(uuid, caller=HERS, called=OURS, about=about)


async def test_a_call_is_registered_once_and_begins_once(
    storage: Storage, clock: FakeClock
) -> None:
    assert await storage.write(register)
    assert not await storage.write(lambda tx: tx.calls.register(ONE, caller="+861", called=""))
    clock.move(seconds=3)
    begun = await storage.write(lambda tx: tx.calls.begin(ONE))
    assert begun is not None
    assert (begun.caller, begun.called, begun.about) == (HERS, OURS, "")
    assert begun.began_at is not None
    assert begun.began_at > begun.registered_at
    assert await storage.write(lambda tx: tx.calls.begin(ONE)) is None


async def test_a_call_that_nobody_registered_is_anonymous(storage: Storage) -> None:
    begun = await storage.write(lambda tx: tx.calls.begin(TWO))
    assert begun is not None
    assert (begun.caller, begun.called, begun.contact_id) == ("", "", None)


async def test_the_first_end_stays(storage: Storage) -> None:
    assert not await storage.write(lambda tx: tx.calls.finish(ONE, CallEnd.LOST))
    await storage.write(register)
    assert await storage.write(lambda tx: tx.calls.finish(ONE, CallEnd.HUNG_UP))
    assert not await storage.write(lambda tx: tx.calls.finish(ONE, CallEnd.LOST))
    known = await storage.read(lambda views: views.calls.get(ONE))
    assert known is not None
    assert known.end is CallEnd.HUNG_UP
    assert await storage.read(lambda views: views.calls.get(TWO)) is None


async def test_a_number_that_is_known_names_its_contact(storage: Storage) -> None:
    contact = await storage.write(lambda tx: tx.people.meet("phone", HERS))
    await storage.write(register)
    await storage.write(lambda tx: tx.calls.begin(TWO))
    await storage.write(lambda tx: tx.calls.belongs(TWO, contact.id))
    calls = await storage.read(lambda views: views.calls.of_contact(contact.id, 5))
    assert [call.uuid for call in calls] == [TWO, ONE]


async def test_our_calls_for_a_message_are_found_by_its_key(storage: Storage) -> None:
    contact = await storage.write(lambda tx: tx.people.meet("phone", HERS))
    news = Outgoing(key="case:1:solved", contact_id=contact.id, text="修好了")
    await storage.write(lambda tx: tx.outbox.put(news, tx.now))
    for uuid in (ONE, TWO):
        await storage.write(partial(register, uuid=uuid, about=news.key))
    calls = await storage.read(lambda views: views.calls.about(news.key))
    assert [(call.uuid, call.about) for call in calls] == [(ONE, news.key), (TWO, news.key)]


async def test_numbers_are_unreadable_in_the_database_and_go_with_the_person(
    storage: Storage, engine: sa.Engine
) -> None:
    contact = await storage.write(lambda tx: tx.people.meet("phone", HERS))
    await storage.write(register)
    with engine.connect() as connection:
        kept = "".join(map(str, connection.execute(sa.text('SELECT * FROM "call"')).one()))
    assert HERS not in kept
    assert OURS not in kept
    await storage.write(lambda tx: tx.people.erase(contact.person_id))
    with engine.connect() as connection:
        query = sa.text('SELECT caller, caller_hash, called FROM "call"')
        assert tuple(connection.execute(query).one()) == ("", "", "")


async def test_who_is_on_the_line(storage: Storage) -> None:
    async def talking(number: str) -> bool:
        return await storage.read(lambda views: views.calls.talking(number))

    await storage.write(register)
    assert not await talking(HERS)
    await storage.write(lambda tx: tx.calls.begin(ONE))
    assert await talking(HERS)
    assert not await talking(OURS)
    await storage.write(lambda tx: tx.calls.finish(ONE, CallEnd.GOODBYE))
    assert not await talking(HERS)


async def test_a_call_without_an_end_is_over_some_time(storage: Storage, clock: FakeClock) -> None:
    await storage.write(register)
    await storage.write(lambda tx: tx.calls.begin(ONE))
    clock.move(hours=2)
    assert not await storage.read(lambda views: views.calls.talking(HERS))
