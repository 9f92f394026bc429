"""What is refused until she writes is held, and goes out once when she has."""

import asyncio
import random
from functools import partial

import pytest

from bot.flow.cases.held import come_now
from bot.ports.outbox import Delivery, Outgoing
from bot.ports.storage import Tx
from channels.base import UntilSheWritesError
from channels.message import InboundMessage, OutboundMessage
from tests.bot.community import rules
from tests.bot.worker.bench import Bench, Wire, always, running

SILENT = UntilSheWritesError("silent")
_REFUSED = 0.7


def write(tx: Tx, text: str, *, address: str = "a", answer: bool = True) -> None:
    """She writes, and is answered, as a turn of the conversation does it."""
    contact = tx.people.meet("wire", address)
    message = InboundMessage(
        channel="wire", address=address, external_id=text, text=text, sent_at=tx.now
    )
    message_id = tx.inbox.store(contact.id, message)
    assert message_id is not None
    if answer:
        key = f"inbox:{message_id}"
        tx.outbox.put(Outgoing(key=key, contact_id=contact.id, text=f"to {text}"), tx.now)
        come_now(tx, rules(), contact, ())


async def test_it_is_tried_once_and_waits_for_her(bench: Bench) -> None:
    wire = Wire(fail=always(SILENT))
    async with running(bench.worker(wire)):
        await bench.owe("claim:1:decided")
        await bench.until("held")
        await bench.later(days=3)
        await bench.owe("claim:2:decided", address="b")
        await bench.until("held", "held")
    assert wire.tried == ["claim:1:decided", "claim:2:decided"]
    assert bench.rows() == [("held", 1, "silent")] * 2


async def test_it_goes_out_behind_the_answer_in_order_and_once(bench: Bench) -> None:
    wire = Wire(fail=always(SILENT))
    async with running(bench.worker(wire)):
        await bench.owe("claim:1:decided", "claim:2:decided")
        await bench.owe("claim:3:decided", address="b")
        await bench.until("held", "held", "held")
        wire.fail = lambda _: None
        await bench.storage.write(partial(write, text="hello"))
        await bench.later()
        await bench.until("held", "sent", "sent", "sent")
        await bench.storage.write(partial(write, text="again"))
        await bench.later()
        await bench.until("held", "sent", "sent", "sent", "sent")
    assert wire.carried == ["to hello", "claim:1:decided", "claim:2:decided", "to again"]


async def test_the_card_of_an_initiative_waits_for_her_as_any_other_message(bench: Bench) -> None:
    """It is an edit of what she has: nothing would show her later how far it is."""
    wire = Wire(fail=always(SILENT))
    async with running(bench.worker(wire)):
        await bench.storage.write(show_initiative)
        await bench.later()
        await bench.until("held")
        wire.fail = lambda _: None
        await bench.storage.write(partial(write, text="hello"))
        await bench.later()
        await bench.until("sent", "sent")
    assert wire.carried[0] == "to hello"
    assert "没有找到这个提议" in wire.carried[1]


def show_initiative(tx: Tx) -> None:
    her = tx.people.meet("wire", "a").id
    card = Outgoing(key="initiative_card:1:7:0", contact_id=her, text="", initiative_id=7)
    tx.outbox.put(card, tx.now)


async def test_of_what_is_about_one_thing_the_newest_is_held(bench: Bench) -> None:
    wire = Wire(fail=always(SILENT))
    async with running(bench.worker(wire)):
        await bench.owe("claim:1:asked", "claim:1:decided", "claim:2:decided")
        await bench.until("overtaken", "held", "held")


async def test_what_is_refused_again_is_held_again(bench: Bench) -> None:
    async with running(bench.worker(Wire(fail=always(SILENT)))):
        await bench.owe("claim:1:decided")
        await bench.until("held")
        await bench.storage.write(partial(write, text="hello"))
        await bench.later()
        await bench.until("held", "held")


@pytest.mark.parametrize("behind", [0, 60])
async def test_it_is_not_held_if_she_has_written_while_it_was_tried(
    bench: Bench, behind: int
) -> None:
    """Her message was taken before the refusal was written down: nobody would let it go.

    Whoever takes it may have a clock that is behind that of who sends.
    """
    trying, refuse = asyncio.Event(), asyncio.Event()

    class Slow(Wire):
        async def send(self, message: OutboundMessage) -> str | None:
            if not trying.is_set():
                trying.set()
                await refuse.wait()
                raise SILENT
            return await super().send(message)

    wire = Slow()
    async with running(bench.worker(wire)):
        await bench.owe("claim:1:decided")
        await trying.wait()
        await bench.later(seconds=-behind)
        await bench.storage.write(partial(write, text="hello", answer=False))
        await bench.later(seconds=behind)
        refuse.set()
        await bench.until("sent")
    assert wire.carried == ["claim:1:decided"]


async def test_after_a_month_it_has_failed(bench: Bench) -> None:
    async with running(bench.worker(Wire(fail=always(SILENT)))):
        await bench.owe("claim:1:decided")
        await bench.until("held")
    await bench.later(days=31)
    async with running(bench.worker(Wire())):
        await bench.until("failed")
    assert bench.rows() == [("failed", 1, "never_wrote")]


@pytest.mark.parametrize("kept", [True, False])
async def test_a_kill_after_she_wrote_neither_loses_nor_doubles_it(
    bench: Bench, *, kept: bool
) -> None:
    """The unit in which she is answered either happened, with what comes besides, or did not."""
    async with running(bench.worker(Wire(fail=always(SILENT)))):
        await bench.owe("claim:1:decided")
        await bench.until("held")

    def unit(tx: Tx) -> None:
        write(tx, "hello")
        if not kept:
            raise RuntimeError("killed")

    if kept:
        await bench.storage.write(unit)
    else:
        with pytest.raises(RuntimeError):
            await bench.storage.write(unit)
        assert [row[0] for row in bench.rows()] == [Delivery.HELD]
        await bench.storage.write(partial(write, text="hello"))
    wire = Wire()
    async with running(bench.worker(wire)):
        await bench.until("sent", "sent")
    assert wire.carried == ["to hello", "claim:1:decided"]


async def test_two_workers_lose_and_double_nothing_while_she_writes_again_and_again(
    bench: Bench,
) -> None:
    """Each refusal and each message of hers may come between any two steps of the other."""
    rng = random.Random(20261128)

    class Slow(Wire):
        async def send(self, message: OutboundMessage) -> str | None:
            refused = self.fail(message)
            await asyncio.sleep(rng.uniform(0.0, 0.03))
            if refused is not None:
                raise refused
            self.carried.append(message.text)
            return None

    wire = Slow(fail=lambda _: SILENT if rng.random() < _REFUSED else None)
    owed = [f"claim:{number}:decided" for number in range(24)]
    hers = ("a", "b", "c")
    async with running(bench.worker(wire), bench.worker(wire)):
        for number, key in enumerate(owed):
            await bench.owe(key, address=hers[number % len(hers)])
            text = f"hello {number}"
            await bench.storage.write(partial(write, text=text, address=rng.choice(hers)))
            await bench.later(seconds=1)
        wire.fail = lambda _: None
        for number, address in enumerate(hers):
            await bench.storage.write(partial(write, text=f"bye {number}", address=address))
            await bench.later(seconds=1)
        async with asyncio.timeout(20):
            while {row[0] for row in bench.rows()} - {"sent", "overtaken"}:
                await asyncio.sleep(0.01)
    assert sorted(one for one in wire.carried if one in owed) == sorted(owed)
