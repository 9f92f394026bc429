"""Each message goes out once, or is in doubt."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.store import tables as t
from channels.base import NotYetError, SendError
from channels.message import OutboundMessage
from tests.bot.worker.bench import (
    NEVER,
    QUICK,
    RESET,
    TRY_AGAIN,
    Bench,
    Wire,
    always,
    hushed,
    running,
)


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
