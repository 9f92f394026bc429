"""What a worker does besides: clocks, forgetting, holds, seasons."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.flow.cases import handle
from bot.flow.initiatives import shifts
from bot.model.case import State
from bot.ports.storage import Tx
from bot.store import tables as t
from channels.message import InboundMessage
from credits.ledger import Balance, resident
from credits.posting import post
from tests.bot.community import Community, meaning, rules
from tests.bot.flow.initiatives.square import a_square
from tests.bot.worker.bench import (
    Bench,
    Wire,
    hushed,
    running,
)
from tests.credits.making import posting


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


async def test_who_took_a_shift_is_reminded_the_evening_before(bench: Bench) -> None:
    square, wire = await a_square(bench.storage), Wire("web")
    one = await square.in_progress()
    begins = bench.clock.now() + timedelta(days=2)
    shift = await square.do(
        shifts.add_shift, square.people["a"], one.id, begins, begins + timedelta(hours=1), "门口", 5
    )
    await square.do(shifts.take_seat, square.people["b"], shift.id)
    async with running(bench.worker(wire)), running(bench.worker(wire)):
        await bench.later(hours=33)  # 19:00 in Shanghai
        while not any("有您报的班" in text for text in wire.carried):
            await asyncio.sleep(0.01)
    assert sum("有您报的班" in text for text in wire.carried) == 1


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
