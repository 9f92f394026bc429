"""What was taken when a worker stopped, and workers beside each other."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.ports.storage import Storage, Tx, Views
from tests.bot.worker.bench import (
    QUICK,
    Bench,
    Result,
    Wire,
    hushed,
    running,
)


async def test_what_was_taken_but_not_sent_when_the_service_stops_waits_again(
    bench: Bench,
) -> None:
    wire, slow = Wire(), Slow(bench.storage)
    await bench.owe("1")
    bench.storage = slow
    async with running(bench.worker(wire)):
        await bench.until("sending")
        asyncio.get_running_loop().call_later(0.1, slow.may_return.set)
    assert (wire.tried, [row[0] for row in bench.rows()]) == ([], ["waiting"])


class Slow:
    """A storage whose commits are heard of only later."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.may_return = asyncio.Event()

    async def write(self, unit: Callable[[Tx], Result]) -> Result:
        result = await self._storage.write(unit)
        await self.may_return.wait()
        return result

    async def read(self, query: Callable[[Views], Result]) -> Result:
        return await self._storage.read(query)


async def test_two_workers_send_each_message_once(bench: Bench) -> None:
    wire = Wire()
    async with running(bench.worker(wire), bench.worker(wire)):
        for n in range(100):
            await bench.owe(f"{n}", address=f"a{n % 10}")
        await bench.until(*["sent"] * 100)
    assert sorted(wire.carried, key=int) == [f"{n}" for n in range(100)]
    for last in range(10):
        mine = [text for text in wire.carried if int(text) % 10 == last]
        assert mine == sorted(mine, key=int)


async def claimed(bench: Bench) -> None:
    """Another process has taken all messages, and died."""
    lease = timedelta(seconds=60)
    await bench.storage.write(lambda tx: tx.outbox.claim(limit=99, lease_until=tx.now + lease))


async def test_alone_it_knows_at_once_what_was_interrupted(bench: Bench) -> None:
    wire = Wire()
    await bench.owe("1")
    await claimed(bench)
    async with running(bench.worker(wire, alone=True)):
        await bench.until("uncertain")
    assert (wire.tried, bench.rows()) == ([], [("uncertain", 1, "interrupted")])


async def test_beside_others_it_waits_until_the_lease_is_over(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    await bench.owe("1")
    await bench.owe("2", address="b")
    await claimed(bench)
    with hushed(caplog):
        async with running(bench.worker(Wire(), lease=QUICK)):
            await bench.owe("3", address="c")
            await bench.until("sending", "sending", "sent")
            await bench.later(seconds=61)
            await bench.until("uncertain", "uncertain", "sent")
