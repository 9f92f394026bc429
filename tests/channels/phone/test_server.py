"""The server over real sockets, on a virtual clock: every kind of frame, and every abuse."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from channels.call import CallEnd, Heard, Say
from channels.phone.audiosocket import RATES, Frame, Kind, encode
from channels.phone.server import Address
from channels.phone.sound import Resampler
from tests.channels.phone.calling import DICTATE, Talk, speech
from tests.channels.phone.house import CHOOSE, GOODBYE, Exchange, House
from tests.fakes.brisk_loop import briskly


def in_rate(sound: bytes, rate: int) -> bytes:
    return Resampler(16000, rate).convert(sound)


@pytest.mark.parametrize("kind", list(RATES))
def test_sound_of_every_rate_is_heard(kind: int) -> None:
    house = House(Talk((DICTATE, GOODBYE)))

    async def run() -> None:
        async with house.open():
            exchange = await house.connect()
            exchange.identify()
            await exchange.prompt()
            sound = in_rate(speech("clip06.ogg") + bytes(96000), RATES[kind])
            await exchange.speak(sound, kind)
            frames = await exchange.rest()
            assert frames[-1] == Frame(Kind.HANG_UP)

    briskly(run())
    assert house.talk.heard == ["began", "words"]
    recording = len(house.ears.streams[0]) / 32000
    assert recording == pytest.approx(1.9 + 0.4 + 1.5, abs=0.4)
    assert list(house.book.ends.values()) == [CallEnd.GOODBYE]


def test_keys_and_frames_in_any_pieces() -> None:
    house = House(Talk((CHOOSE, CHOOSE, GOODBYE)))

    async def run() -> None:
        async with house.open():
            exchange = await house.connect()
            data = encode(Frame(Kind.IDENTITY, exchange.uuid.bytes))
            for n in range(len(data)):
                exchange.writer.write(data[n : n + 1])
                await asyncio.sleep(0.05)
            await exchange.prompt()
            exchange.send(Frame(Kind.KEY, b"1"))
            await exchange.prompt()
            exchange.send(Frame(Kind.KEY, b"x"), Frame(Kind.KEY, b""), Frame(Kind.KEY, b"2"))
            await exchange.rest()

    briskly(run())
    assert [turn.keys for turn in house.talk.turns] == ["", "1", "2"]
    assert house.talk.turns[0].call.id == str(next(iter(map(UUID, house.book.known))))


Abuse = Callable[[Exchange], Awaitable[None]]


async def hangs_up(exchange: Exchange) -> None:
    exchange.send(Frame(Kind.HANG_UP))


async def says_error(exchange: Exchange) -> None:
    exchange.send(Frame(Kind.ERROR, b"\1"))


async def closes(exchange: Exchange) -> None:
    exchange.writer.close()


async def closes_half(exchange: Exchange) -> None:
    exchange.writer.write_eof()


async def breaks(exchange: Exchange) -> None:
    connected = exchange.writer.get_extra_info("socket")
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    exchange.writer.transport.abort()


async def stops_reading(exchange: Exchange) -> None:
    """An exchange that has vanished: what is sent to it is never taken."""
    exchange.writer.transport.pause_reading()  # type: ignore[attr-defined]
    await asyncio.sleep(400)
    exchange.writer.transport.abort()


ENDS = [
    ("hang-up", hangs_up, CallEnd.HUNG_UP),
    ("error", says_error, CallEnd.LOST),
    ("end of file", closes, CallEnd.HUNG_UP),
    ("half of it closed", closes_half, CallEnd.HUNG_UP),
    ("reset", breaks, CallEnd.HUNG_UP),
    ("nothing is taken any more", stops_reading, CallEnd.LOST),
]


@pytest.mark.parametrize("early", [True, False])
@pytest.mark.parametrize(("label", "abuse", "end"), ENDS)
def test_every_way_a_call_breaks_off(label: str, abuse: Abuse, end: CallEnd, early: bool) -> None:  # noqa: FBT001
    house = House(Talk((DICTATE, DICTATE)))

    async def run() -> None:
        async with house.open() as server:
            exchange = await house.connect()
            exchange.identify()
            if not early:
                await exchange.prompt()
                await exchange.speak(in_rate(speech()[:96000], 8000))
            else:
                await asyncio.sleep(0.1)
            await abuse(exchange)
            while server.calls:
                await asyncio.sleep(0.1)
            exchange.writer.close()

    briskly(run())
    assert house.talk.heard[-1] == "hung_up", label
    assert list(house.book.ends.values()) == [end], label
    words = [turn for turn in house.talk.turns if turn.words]
    assert len(words) == (0 if early else 1), label


def test_short_odd_empty_unknown_and_long_frames_do_no_harm() -> None:
    house = House(Talk((DICTATE, GOODBYE)))

    async def run() -> None:
        async with house.open():
            exchange = await house.connect()
            exchange.identify()
            exchange.send(
                Frame(Kind.SOUND_8000),
                Frame(Kind.SOUND_8000, b"\1"),
                Frame(0x02, b"what is that"),
                Frame(0x77, bytes(65535)),
                Frame(Kind.IDENTITY, exchange.uuid.bytes),
                Frame(Kind.KEY, b"12345"),
                Frame(Kind.SOUND_8000, bytes(65535)),
            )
            await exchange.prompt()
            sound = in_rate(speech("clip06.ogg") + bytes(96000), 8000)
            for start in range(0, len(sound), 42):
                exchange.send(Frame(Kind.SOUND_8000, sound[start : start + 42]))
                await asyncio.sleep(21 / 8000)
            await exchange.rest()

    briskly(run())
    assert house.talk.heard == ["began", "words"]


def test_one_conversation_that_breaks_is_no_other_callers_trouble(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Broken(Talk):
        async def turn(self, turn: object) -> Say:
            if not self.turns:
                self.turns.append(turn)  # type: ignore[arg-type]
                raise RuntimeError("a mistake of ours")
            return await super().turn(turn)  # type: ignore[arg-type]

    house = House(Broken((DICTATE, DICTATE)))

    async def run() -> None:
        async with house.open() as server:
            first, second = await house.connect(), await house.connect()
            first.identify()
            assert (await first.rest())[-1] == Frame(Kind.HANG_UP)
            second.identify()
            await second.prompt()
            assert server.calls == 1
            second.writer.close()

    briskly(run())
    assert "broke off" in caplog.text


def test_a_port_that_is_taken_is_told_once_and_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def run() -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            house = House(Talk((DICTATE,)), address=Address("127.0.0.1", port))
            server = house.server()
            async with asyncio.TaskGroup() as group:
                running = group.create_task(server.run())
                await asyncio.sleep(60)
                taken.close()
                assert (await server.address()).port == port
                running.cancel()

    briskly(run())
    assert [record.levelname for record in caplog.records].count("ERROR") == 1
    assert "GONGZHI_PHONE_AUDIOSOCKET" in caplog.text


def test_the_service_stops_in_the_middle_of_a_call() -> None:
    house = House(Talk((DICTATE,)))

    async def run() -> list[Frame]:
        async with house.open():
            exchange = await house.connect()
            exchange.identify()
            await exchange.prompt()
        return await exchange.rest()

    assert Frame(Kind.HANG_UP) in briskly(run())


def test_turns_of_many_calls_do_not_mix() -> None:
    house = House(Talk((CHOOSE, CHOOSE, CHOOSE, CHOOSE)))

    async def one(key: bytes) -> str:
        exchange = await house.connect()
        exchange.identify()
        await exchange.prompt()
        exchange.send(Frame(Kind.KEY, key))
        await asyncio.sleep(0.5)
        exchange.writer.close()
        return str(exchange.uuid)

    async def run() -> tuple[str, str]:
        async with house.open():
            return await asyncio.gather(one(b"1"), one(b"2"))

    first, second = briskly(run())
    keyed = {t.call.id: t.keys for t in house.talk.turns if t.heard is Heard.KEY}
    assert keyed == {first: "1", second: "2"}
