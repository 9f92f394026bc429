"""Connections that name no call, or one too many; on a virtual clock."""

import asyncio
import logging

import pytest

from channels.phone.audiosocket import Frame, Kind, encode
from channels.phone.server import CALLS_MOST, IDENTITY_SECONDS, STRANGERS_MOST
from tests.channels.phone.calling import DICTATE, Talk
from tests.channels.phone.house import GOODBYE, House
from tests.fakes.brisk_loop import briskly

STRANGERS = [
    ("garbage", b"\x99" * 100, "did not speak AudioSocket"),
    ("a browser", b"GET / HTTP/1.1\r\n\r\n", "did not speak AudioSocket"),
    ("sound first", encode(Frame(Kind.SOUND_8000, bytes(320))), "did not speak AudioSocket"),
    ("a short identity", encode(Frame(Kind.IDENTITY, b"x")), "did not speak AudioSocket"),
    ("a long identity", b"\1\xff\xff", "did not speak AudioSocket"),
    ("half an identity", b"\1\0\x10half", "said nothing"),
    ("nothing", b"", "said nothing"),
]


@pytest.mark.parametrize(("label", "data", "told"), STRANGERS)
def test_who_names_no_call_is_cut_off(
    label: str, data: bytes, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    house = House(Talk((DICTATE,)))

    async def run() -> float:
        async with house.open() as server:
            exchange = await house.connect()
            began = asyncio.get_running_loop().time()
            exchange.writer.write(data)
            assert await exchange.rest() == []
            assert server.calls == 0
            return asyncio.get_running_loop().time() - began

    seconds = briskly(run())
    assert seconds <= IDENTITY_SECONDS + 0.1, label
    assert told in caplog.text
    assert house.talk.turns == []


def test_who_only_looks_whether_it_listens_is_let_go_without_a_word(
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = House(Talk((DICTATE,)))

    async def run() -> None:
        async with house.open():
            doctor = await house.connect()
            doctor.send(Frame(Kind.HANG_UP))
            assert await doctor.rest() == []

    briskly(run())
    assert caplog.records == []


def test_thousands_from_nowhere_keep_nobody_from_calling(
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = House(Talk((DICTATE, GOODBYE)))

    async def run() -> None:
        async with house.open() as server:
            crowd = []
            for _ in range(2000):
                crowd.append(await house.connect())
                if len(crowd) > 4 * STRANGERS_MOST:
                    crowd.pop(0).writer.close()
            exchange = await house.connect()
            exchange.identify()
            await exchange.prompt()
            assert server.calls == 1
            exchange.writer.close()
            for stranger in crowd:
                stranger.writer.close()
            await asyncio.sleep(5)

    with caplog.at_level(logging.WARNING):
        briskly(run())
    assert len(caplog.records) <= 2
    assert "telephone connections refused" in caplog.text


def test_more_calls_than_lines_are_refused_and_the_others_go_on() -> None:
    house = House(Talk((DICTATE,)))

    async def run() -> None:
        async with house.open() as server:
            exchanges = [await house.connect() for _ in range(STRANGERS_MOST)]
            for _ in range(CALLS_MOST // STRANGERS_MOST):
                for exchange in exchanges[-STRANGERS_MOST:]:
                    exchange.identify()
                await asyncio.sleep(0.1)
                exchanges += [await house.connect() for _ in range(STRANGERS_MOST)]
            assert server.calls == CALLS_MOST
            exchanges[-1].identify()
            assert await exchanges[-1].rest() == [Frame(Kind.HANG_UP)]
            assert server.calls == CALLS_MOST
            for exchange in exchanges:
                exchange.writer.close()
            while server.calls:
                await asyncio.sleep(1)

    briskly(run())


def test_the_second_of_one_uuid_is_refused_while_the_first_goes_on() -> None:
    house = House(Talk((DICTATE,)))

    async def run() -> None:
        async with house.open() as server:
            first, second = await house.connect(), await house.connect()
            second.uuid = first.uuid
            first.identify()
            await first.prompt()
            second.identify()
            assert await second.rest() == [Frame(Kind.HANG_UP)]
            assert server.calls == 1
            first.writer.close()
            while server.calls:
                await asyncio.sleep(1)
            third = await house.connect()
            third.uuid = first.uuid
            third.identify()
            assert Frame(Kind.HANG_UP) in await third.rest()

    briskly(run())
    assert len(house.book.ends) == 1
