"""What happens in the background: each message once or in doubt, clocks, forgetting."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
import sqlalchemy as sa

from bot.flow import handle
from bot.model.case import State
from bot.ports.bell import OUTBOX
from bot.ports.outbox import Outgoing
from bot.ports.storage import Storage, Tx, Views
from bot.store import tables as t
from bot.store.bell import LocalBell
from bot.worker import Worker
from channels.base import Channel, NotYetError, SendError
from channels.message import InboundMessage, OutboundMessage
from credits.ledger import Balance, resident
from credits.posting import post
from tests.bot.community import Community, meaning, rules
from tests.credits.making import posting
from tests.fakes.clock import FakeClock

Result = TypeVar("Result")
TRY_AGAIN = SendError("busy", retryable=True)
NEVER = SendError("blocked", retryable=False)
RESET = ConnectionResetError("in the middle")
QUICK = timedelta(seconds=0.4)


@dataclass
class Wire:
    """A channel that carries what it is given, unless it is told to fail or to hang."""

    name: str = "wire"
    carried: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    fail: Callable[[OutboundMessage], Exception | None] = lambda _: None
    hangs_at: str = ""
    slow_at: str = ""

    async def send(self, message: OutboundMessage) -> str | None:
        self.tried.append(message.text)
        if self.slow_at and message.address == self.slow_at:
            await asyncio.sleep(0.3)
        if self.hangs_at and message.address == self.hangs_at:
            await asyncio.Event().wait()
        error = self.fail(message)
        if error is not None:
            raise error
        self.carried.append(message.text)
        return None


def always(error: Exception) -> Callable[[OutboundMessage], Exception]:
    return lambda _: error


@dataclass
class Bench:
    """A worker on a storage, and what is asked of the two."""

    storage: Storage
    engine: sa.Engine
    bell: LocalBell
    clock: FakeClock

    def worker(self, *channels: Channel, **more: object) -> Worker:
        options: dict[str, object] = {"alone": False} | more
        return Worker(
            storage=self.storage,
            bell=self.bell,
            rules=rules(),
            channels=channels,
            **options,  # type: ignore[arg-type]
        )

    async def owe(self, *texts: str, address: str = "a", channel: str = "wire") -> None:
        def unit(tx: Tx) -> None:
            contact = tx.people.meet(channel, address)
            for text in texts:
                tx.outbox.put(Outgoing(key=text, contact_id=contact.id, text=text), tx.now)

        await self.storage.write(unit)
        self.bell.ring([OUTBOX])

    async def later(self, **by: float) -> None:
        self.clock.move(**by)
        self.bell.ring([OUTBOX])

    def rows(self) -> list[tuple[str, int, str]]:
        """Return (delivery, attempts, error) of each message."""
        query = sa.select(t.outbox.c.delivery, t.outbox.c.attempts, t.outbox.c.error)
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(query.order_by(t.outbox.c.id))]

    async def until(self, *expected: str) -> None:
        """Wait until the messages stand so."""
        async with asyncio.timeout(20):
            while [row[0] for row in self.rows()] != list(expected):
                await asyncio.sleep(0.01)


@pytest.fixture
def bench(storage: Storage, engine: sa.Engine, bell: LocalBell, clock: FakeClock) -> Bench:
    return Bench(storage, engine, bell, clock)


@asynccontextmanager
async def running(*workers: Worker) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(worker.run()) for worker in workers]
        yield
        for task in tasks:
            task.cancel()


@contextmanager
def hushed(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.CRITICAL, "bot.worker"):
        yield


async def test_messages_go_out_once_and_in_order(bench: Bench) -> None:
    wire = Wire()
    async with running(bench.worker(wire)):
        await bench.owe("1", "2", "3")
        await bench.until("sent", "sent", "sent")
        await bench.owe("4")
        await bench.until(*["sent"] * 4)
    assert wire.carried == ["1", "2", "3", "4"]
    assert {row[1:] for row in bench.rows()} == {(1, "")}


ENDS = [
    ("it went out", None, ("sent", 1, "")),
    ("it may go out later", TRY_AGAIN, ("waiting", 1, "busy")),
    ("it never will", NEVER, ("failed", 1, "blocked")),
    ("nobody knows", RESET, ("uncertain", 1, repr(RESET))),
    ("nobody knows, for a bug", KeyError("x"), ("uncertain", 1, "KeyError('x')")),
]


async def test_what_was_not_tried_is_no_attempt(bench: Bench) -> None:
    wire = Wire(fail=always(NotYetError("at_night", retry_after_seconds=3600)))
    async with running(bench.worker(wire)):
        await bench.owe("news")
        for tries in range(1, 10):
            while len(wire.tried) < tries:
                await asyncio.sleep(0.01)
            await bench.until("waiting")
            assert bench.rows() == [("waiting", 0, "at_night")]
            await bench.later(hours=2)
        wire.fail = lambda _: None
        await bench.later(hours=2)
        await bench.until("sent")
    assert bench.rows() == [("sent", 1, "")]


@dataclass
class Telephone(Wire):
    """A channel that needs longer than the worker's lease."""

    send_seconds: float = 5.0
    going: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: OutboundMessage) -> str | None:
        self.going.set()
        await asyncio.sleep(1.0)
        return await super().send(message)


async def test_a_channel_that_takes_long_has_its_time(bench: Bench) -> None:
    wire = Telephone()
    async with running(bench.worker(wire, lease=QUICK)):
        await bench.owe("it rings")
        await wire.going.wait()
        await bench.later(seconds=2)
        await bench.until("sent")
    assert bench.rows() == [("sent", 1, "")]


async def test_how_a_send_ends(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    errors = {label: error for label, error, _ in ENDS}
    with hushed(caplog):
        async with running(bench.worker(Wire(fail=lambda message: errors[message.text]))):
            for label in errors:
                await bench.owe(label, address=label)
            await bench.until(*[expected[0] for _, _, expected in ENDS])
            while bench.rows() != [expected for _, _, expected in ENDS]:
                await asyncio.sleep(0.01)


async def test_a_slow_send_is_written_down_after_quick_ones(bench: Bench) -> None:
    wire = Wire(slow_at="a")
    async with running(bench.worker(wire)):
        await bench.owe("slow", address="a")
        while wire.tried != ["slow"]:
            await asyncio.sleep(0.01)
        await bench.owe("quick", address="b")
        await bench.until("sent", "sent")


async def test_a_message_that_did_not_go_out_is_tried_again_after_a_while(bench: Bench) -> None:
    wire = Wire(fail=always(TRY_AGAIN))
    async with running(bench.worker(wire)):
        await bench.owe("1")
        while len(wire.tried) < 1:
            await asyncio.sleep(0.01)
        await bench.until("waiting")
        await bench.later(seconds=4)
        await bench.owe("other", address="b")
        while bench.rows() != [("waiting", 1, "busy")] * 2:
            await asyncio.sleep(0.01)
        assert wire.tried == ["1", "other"]
        wire.fail = lambda _: None
        await bench.later(seconds=6)
        await bench.until("sent", "sent")
    assert sorted(wire.carried) == ["1", "other"]


async def test_a_channel_may_ask_for_a_longer_while(bench: Bench) -> None:
    later = SendError("slow down", retryable=True, retry_after_seconds=600)
    async with running(bench.worker(Wire(fail=always(later)))):
        before = bench.clock.time
        await bench.owe("1")
        while bench.rows() != [("waiting", 1, "slow down")]:
            await asyncio.sleep(0.01)
    due = await bench.storage.read(lambda views: views.outbox.next_due())
    assert due is not None
    assert timedelta(seconds=600) <= due - before < timedelta(seconds=601)


async def test_attempts_are_bounded_and_grow_rarer(bench: Bench) -> None:
    wire, delays = Wire(fail=always(TRY_AGAIN)), []
    async with running(bench.worker(wire)):
        await bench.owe("1")
        for attempt in range(1, 6):
            while bench.rows() != [("waiting", attempt, "busy")]:
                await asyncio.sleep(0.01)
            due = await bench.storage.read(lambda views: views.outbox.next_due())
            assert due is not None
            delays.append(round((due - bench.clock.time).total_seconds()))
            await bench.later(seconds=delays[-1] + 1)
        await bench.until("failed")
    assert delays == [5, 20, 80, 320, 1280]
    assert (len(wire.tried), bench.rows()) == (6, [("failed", 6, "busy")])


async def test_what_may_have_gone_out_is_never_repeated(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    wire = Wire(fail=always(RESET))
    with hushed(caplog):
        async with running(bench.worker(wire)):
            await bench.owe("1")
            await bench.until("uncertain")
            wire.fail = lambda _: None
            await bench.later(days=1)
            await bench.owe("2")
            await bench.until("uncertain", "sent")
    assert wire.tried == ["1", "2"]


async def test_a_send_that_hangs_is_in_doubt(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    wire = Wire(hangs_at="a")
    with hushed(caplog):
        async with running(bench.worker(wire, lease=QUICK)):
            await bench.owe("1")
            await bench.until("uncertain")
    assert (wire.tried, bench.rows()) == (["1"], [("uncertain", 1, "TimeoutError()")])


async def test_one_that_hangs_holds_up_no_other(bench: Bench) -> None:
    wire = Wire(hangs_at="a")
    async with running(bench.worker(wire)):
        await bench.owe("stuck", "behind it")
        await bench.owe("1", "2", "3", address="b")
        await bench.until("sending", "waiting", "sent", "sent", "sent")
        await bench.owe("4", address="c")
        await bench.until("sending", "waiting", "sent", "sent", "sent", "sent")
    assert wire.carried == ["1", "2", "3", "4"]


async def test_one_that_fails_holds_up_no_other(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    wire = Wire(fail=lambda message: RESET if message.address == "a" else None)
    with hushed(caplog):
        async with running(bench.worker(wire)):
            for n in range(30):
                await bench.owe(f"{n}", address="a" if n == 7 else f"b{n}")
            await bench.until(*["sent"] * 7, "uncertain", *["sent"] * 22)
    assert len(wire.carried) == 29


async def test_more_than_a_batch_goes_out(bench: Bench) -> None:
    wire = Wire()
    for n in range(150):
        await bench.owe(f"{n}", address=f"a{n}")
    async with running(bench.worker(wire)):
        await bench.until(*["sent"] * 150)
    assert len(wire.carried) == len(set(wire.carried)) == 150


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


async def test_a_message_of_a_channel_that_is_off_waits_for_it(bench: Bench) -> None:
    async with running(bench.worker()):
        await bench.owe("1")
        while bench.rows() != [("waiting", 1, "channel_off")]:
            await asyncio.sleep(0.01)
    wire = Wire()
    await bench.later(seconds=301)
    async with running(bench.worker(wire)):
        await bench.until("sent")
    assert wire.carried == ["1"]


async def test_a_message_that_can_not_be_read_holds_up_no_other(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    await bench.owe("damaged")
    with bench.engine.begin() as connection:
        connection.execute(t.outbox.update().values(text="damaged"))
    with hushed(caplog):
        async with running(bench.worker(Wire())):
            await bench.owe("1", address="b")
            await bench.until("failed", "sent")


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


async def test_clocks_fire(bench: Bench) -> None:
    community = Community(bench.storage, rules())
    await community.fill()
    case = await community.report(meaning(doubtful=True))
    assert case.state is State.FOUND
    bench.clock.move(minutes=11)
    async with running(bench.worker()), asyncio.timeout(20):
        while (await community.case(case.id)).state is not State.ASSIGNED:
            await asyncio.sleep(0.01)


async def test_a_clock_that_stumbles_holds_up_no_other(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    community = Community(bench.storage, rules())
    await community.fill()
    case = await community.report(meaning(doubtful=True))
    await bench.storage.write(lambda tx: tx.timers.set("unheard of", case.id, tx.now))
    bench.clock.move(minutes=11)
    with hushed(caplog):
        async with running(bench.worker()), asyncio.timeout(20):
            while (await community.case(case.id)).state is not State.ASSIGNED:
                await asyncio.sleep(0.01)


async def test_news_wait_for_the_morning_and_answers_do_not(bench: Bench) -> None:
    community = Community(bench.storage, rules(), address="a")
    await community.fill()
    wire = Wire("web")
    case = await community.report()
    wang = await community.staff("wang")
    bench.clock.move(hours=13)  # 23:00 in Shanghai
    # Answered before the worker runs, or it might say first that nobody answered.
    await bench.storage.write(
        lambda tx: handle.answer(tx, community.rules, case.id, wang, "明早来看")
    )
    async with running(bench.worker(wire)):
        await bench.owe("这是回答", channel="web")
        while wire.carried != ["这是回答"]:
            await asyncio.sleep(0.01)
        await bench.later(hours=9)
        while len(wire.carried) < 2:
            await asyncio.sleep(0.01)
    assert "明早来看" in wire.carried[1]


async def test_everything_past_its_retention_is_blanked_in_one_go(bench: Bench) -> None:
    def unit(tx: Tx) -> None:
        contact = tx.people.meet("wire", "a")
        for n in range(1100):
            tx.inbox.store(
                contact.id,
                InboundMessage(
                    channel="wire",
                    address="a",
                    external_id=f"{n}",
                    text="电梯坏了",
                    sent_at=datetime(2026, 11, 25, tzinfo=UTC),
                ),
            )

    await bench.storage.write(unit)
    bench.clock.move(days=181)
    left = sa.select(sa.func.count()).select_from(t.inbox).where(t.inbox.c.text != "")

    def words() -> int:
        with bench.engine.connect() as connection:
            return int(connection.execute(left).scalar_one())

    assert words() == 1100
    async with running(bench.worker()), asyncio.timeout(20):
        while words():
            await asyncio.sleep(0.02)


async def test_holds_whose_time_is_up_are_freed(bench: Bench) -> None:
    acted_at = bench.clock.now()
    chain = (
        posting("a", amount=9, acted_at=acted_at),
        posting(
            "h", "resident:1", "treasury", 4, acted_at=acted_at, lapses_at=acted_at + timedelta(1)
        ),
    )
    await bench.storage.write(
        lambda tx: post(tx.journal, *chain, now=tx.now, new_id=tx.new_transfer_id)
    )
    bench.clock.move(days=1)
    async with running(bench.worker()), asyncio.timeout(20):
        while (await _balance(bench)).held:
            await asyncio.sleep(0.02)
    assert await _balance(bench) == Balance(9)


async def test_points_whose_season_is_over_end(bench: Bench) -> None:
    gift = posting("a", amount=9, acted_at=bench.clock.now())
    await bench.storage.write(
        lambda tx: post(tx.journal, gift, now=tx.now, new_id=tx.new_transfer_id)
    )
    bench.clock.move(days=400)
    async with running(bench.worker()), asyncio.timeout(20):
        while (await _balance(bench)).posted:
            await asyncio.sleep(0.02)


async def _balance(bench: Bench) -> Balance:
    return await bench.storage.read(lambda views: views.journal.balance(resident(1)))
