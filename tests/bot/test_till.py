"""Who waits at the till gets the answer to what was asked, and nobody else's."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

import pytest

from bot.ports.storage import Storage, StorageError, Tx, Views
from bot.till import Till
from credits.ledger import Balance, LedgerError, Overdrawn, Posting, Transfer, resident
from credits.posting import Outcome
from tests.credits.making import posting
from tests.fakes.clock import FakeClock

Result = TypeVar("Result")


class Counting:
    """Counts the units; full when told so."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.units = 0
        self.full = False

    async def write(self, unit: Callable[[Tx], Result]) -> Result:
        self.units += 1
        if self.full:
            raise StorageError("the disk is full")
        return await self.storage.write(unit)

    async def read(self, query: Callable[[Views], Result]) -> Result:
        return await self.storage.read(query)


@pytest.fixture
def counting(storage: Storage) -> Counting:
    return Counting(storage)


@pytest.fixture
async def till(counting: Counting) -> AsyncIterator[Till]:
    made = Till(counting)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(made.run())
        yield made
        serving.cancel()


async def test_those_who_wait_share_a_unit(
    till: Till, counting: Counting, clock: FakeClock
) -> None:
    wishes = [
        posting(f"k{n}", "treasury", f"resident:{n}", n, acted_at=clock.now())
        for n in range(1, 400)
    ]
    made = await asyncio.gather(*[till.post(one) for one in wishes])
    assert [(one.key, one.amount) for one in made] == [(one.key, one.amount) for one in wishes]
    assert counting.units == 2
    assert await counting.read(lambda views: views.journal.balance(resident(399))) == Balance(399)


async def test_a_refusal_is_for_its_own_alone(till: Till, clock: FakeClock) -> None:
    gift = posting("a", acted_at=clock.now())
    chain = gift, posting("b", "resident:1", "resident:2", 6, acted_at=clock.now())
    other = posting("c", "treasury", "resident:2", acted_at=clock.now())
    refused, made = await asyncio.gather(
        till.post(*chain), till.post(other), return_exceptions=True
    )
    assert isinstance(refused, Overdrawn)
    assert not isinstance(made, BaseException)
    assert (await till.post(gift)).key == "a"


async def test_a_full_disk_is_told_to_all_and_the_till_goes_on(
    till: Till, counting: Counting, clock: FakeClock
) -> None:
    counting.full = True
    wishes = [posting(key, acted_at=clock.now()) for key in ("a", "b")]
    told = await asyncio.gather(*[till.post(one) for one in wishes], return_exceptions=True)
    assert [type(one) for one in told] == [StorageError, StorageError]
    assert counting.units == 1
    counting.full = False
    assert (await till.post(wishes[0])).key == "a"


async def test_who_waits_when_it_closes_is_let_go(counting: Counting, clock: FakeClock) -> None:
    till = Till(counting)
    waiting = asyncio.ensure_future(till.post(posting(acted_at=clock.now())))
    await asyncio.sleep(0)
    serving = asyncio.ensure_future(till.run())
    await asyncio.sleep(0)
    serving.cancel()
    await asyncio.gather(serving, waiting, return_exceptions=True)
    assert serving.cancelled()
    assert waiting.done()


async def test_an_errand_that_breaks_breaks_for_its_own_alone(
    till: Till, counting: Counting, clock: FakeClock
) -> None:
    def broken(tx: Tx) -> tuple[list[Posting], Callable[[Outcome], None]]:
        raise LookupError(f"nothing there at {tx.now}")

    wishes = [posting(key, acted_at=clock.now()) for key in ("a", "b")]
    told = await asyncio.gather(
        till.post(wishes[0]), till.do(broken), till.post(wishes[1]), return_exceptions=True
    )
    assert [type(one) for one in told] == [Transfer, LookupError, Transfer]
    assert await counting.read(lambda views: views.journal.balance(resident(1))) == Balance(10)


async def test_what_hangs_on_a_posting_is_written_with_it_or_not_at_all(
    till: Till, counting: Counting, clock: FakeClock
) -> None:
    wish = posting("a", acted_at=clock.now())

    def errand(tx: Tx) -> tuple[list[Posting], Callable[[Outcome], str]]:
        def end(outcome: Outcome) -> str:
            assert not isinstance(outcome, LedgerError)
            tx.people.meet("web", "a")
            if counting.units == 1:
                raise LookupError("the second half fails")
            return outcome[0].key

        return [wish], end

    with pytest.raises(LookupError):
        await till.do(errand)
    assert await counting.read(lambda views: views.people.find("web", "a")) is None
    assert await counting.read(lambda views: views.journal.balance(resident(1))) == Balance()
    assert await till.do(errand) == "a"
    assert await counting.read(lambda views: views.people.find("web", "a")) is not None
