"""Callers who are connected with a person, at a fake exchange."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from channels.call import Call
from channels.phone.connecting import Connecting, NobodyThere
from channels.phone.exchange import Exchange
from tests.channels.phone.test_placing import UUID, connected
from tests.fakes.ari.server import Answer, FakeExchange

STAFF, HER_CHANNEL = "PJSIP/801", "1764036000.1"
CALL = Call(id=UUID, began_at=datetime(2026, 11, 25, tzinfo=UTC), caller="+8613812345678")


@pytest.fixture
async def fake() -> AsyncIterator[FakeExchange]:
    async with FakeExchange() as made:
        yield made
        assert made.complaints == []


def connecting(exchange: Exchange) -> Connecting:
    return Connecting(exchange, staff=STAFF, caller_id="01066668888")


async def quiet(fake: FakeExchange, *left: str) -> None:
    """Wait until only these channels are left."""
    async with asyncio.timeout(5):
        while set(fake.lines) != set(left):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("who", ["she", "staff"])
async def test_the_two_speak_until_one_hangs_up(fake: FakeExchange, who: str) -> None:
    async with connected(fake) as exchange:
        assert await connecting(exchange).connect(CALL)
        assert fake.requests[0][1]["callerId"] == "13812345678"
        await fake.arrive(HER_CHANNEL, "over", UUID)
        while not fake.joined:
            await asyncio.sleep(0.01)
        assert fake.joined == [(HER_CHANNEL, f"{UUID}-staff")]
        await fake.leave(HER_CHANNEL if who == "she" else f"{UUID}-staff")
        await quiet(fake)


@pytest.mark.parametrize("answer", [Answer(cause=19), Answer(cause=17), Answer(refuse=400)])
async def test_nobody_takes_it(fake: FakeExchange, answer: Answer) -> None:
    fake.telephones[STAFF] = answer
    async with connected(fake) as exchange:
        assert not await connecting(exchange).connect(CALL)
        await quiet(fake)


async def test_a_caller_who_hangs_up_meanwhile_stops_the_ringing(fake: FakeExchange) -> None:
    fake.telephones[STAFF] = Answer(silent=True)
    async with connected(fake) as exchange:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await connecting(exchange).connect(CALL)
        await quiet(fake)


async def test_a_caller_who_never_arrives_lets_staff_go(
    fake: FakeExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.phone.connecting._ARRIVE_SECONDS", 0.1)
    async with connected(fake) as exchange:
        assert await connecting(exchange).connect(CALL)
        await quiet(fake)


async def test_staff_who_hang_up_before_she_arrives_leave_nobody_waiting(
    fake: FakeExchange,
) -> None:
    async with connected(fake) as exchange:
        assert await connecting(exchange).connect(CALL)
        await fake.leave(f"{UUID}-staff")
        await fake.arrive(HER_CHANNEL, "over", UUID)
        await quiet(fake)


async def test_a_caller_whose_call_is_over_is_let_go(fake: FakeExchange) -> None:
    async with connected(fake):
        await fake.arrive(HER_CHANNEL, "over", UUID)
        await quiet(fake)


async def test_the_events_break_off_while_they_speak(fake: FakeExchange) -> None:
    async with connected(fake) as exchange:
        assert await connecting(exchange).connect(CALL)
        await fake.arrive(HER_CHANNEL, "over", UUID)
        while not fake.joined:
            await asyncio.sleep(0.01)
        await fake.cut()
        await quiet(fake)


async def test_without_an_exchange_nobody_is_there(fake: FakeExchange) -> None:
    assert not await connecting(Exchange(fake.access())).connect(CALL)
    assert not await NobodyThere().connect(CALL)
