"""What a telephone line is told of its calls."""

import asyncio
from collections.abc import Callable
from typing import NoReturn, TypeVar

import pytest

from bot.calls import StoredAttempts, StoredCallBook
from bot.ports.outbox import Outgoing
from bot.ports.storage import Storage, StorageError, Tx, Views
from channels.call import Call, CallEnd
from tests.fakes.clock import FakeClock

Result = TypeVar("Result")
UUID = "6f0c6e8a-0000-4000-8000-000000000001"
OTHER = "6f0c6e8a-0000-4000-8000-000000000002"
HERS = "+8613812345678"


class Away:
    """A storage that fails, or does not answer."""

    def __init__(self, error: Exception | None) -> None:
        self._error = error

    async def write(self, unit: Callable[[Tx], Result]) -> Result:
        del unit
        await self._trouble()

    async def read(self, query: Callable[[Views], Result]) -> Result:
        del query
        await self._trouble()

    async def _trouble(self) -> NoReturn:
        if self._error is not None:
            raise self._error
        await asyncio.sleep(3600)
        raise TimeoutError


async def test_the_line_hears_who_calls(storage: Storage, clock: FakeClock) -> None:
    book = StoredCallBook(storage, clock)
    await storage.write(lambda tx: tx.calls.register(UUID, caller="+8613812345678", called="+8610"))
    call = await book.began(UUID)
    assert call is not None
    assert (call.id, call.caller, call.called) == (UUID, "+8613812345678", "+8610")
    assert await book.began(UUID) is None
    await book.ended(UUID, CallEnd.GOODBYE)
    known = await storage.read(lambda views: views.calls.get(UUID))
    assert known is not None
    assert known.end is CallEnd.GOODBYE


@pytest.mark.parametrize("error", [StorageError("away"), None], ids=["fails", "is silent"])
async def test_a_call_is_served_when_the_database_fails(
    error: Exception | None, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.calls._WAITED_SECONDS", 0.01)
    book = StoredCallBook(Away(error), clock)
    call = await book.began(UUID)
    assert call == Call(id=UUID, began_at=clock.time)
    await book.ended(UUID, CallEnd.LOST)


async def test_a_registration_is_new_again_or_otherwise(storage: Storage, clock: FakeClock) -> None:
    book = StoredCallBook(storage, clock)
    for caller, expected in [("+861", "new"), ("+861", "again"), ("+862", "otherwise")]:
        assert await book.register(UUID, caller=caller, called="") == expected


async def test_what_is_known_before_a_call(storage: Storage, clock: FakeClock) -> None:
    attempts = StoredAttempts(storage, called="+861066668888")
    contact = await storage.write(lambda tx: tx.people.meet("phone", HERS))
    news = Outgoing(key="case:1:solved", contact_id=contact.id, text="修好了")
    await storage.write(lambda tx: tx.outbox.put(news, tx.now))
    for uuid, end in ((UUID, CallEnd.BUSY), (OTHER, CallEnd.HUNG_UP)):
        await attempts.place(uuid, HERS, news.key)
        assert not await attempts.begun(uuid)
        if end is CallEnd.HUNG_UP:
            await StoredCallBook(storage, clock).began(uuid)
            assert await attempts.begun(uuid)
            assert (await attempts.past(HERS, news.key)).talking
        await attempts.ended(uuid, end)
    past = await attempts.past(HERS, news.key)
    assert (past.ends, past.talking) == ([CallEnd.BUSY, None], False)
    assert (await attempts.past(HERS, "another")).ends == []
