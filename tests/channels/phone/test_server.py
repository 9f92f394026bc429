"""The server over real sockets, on a virtual clock: every kind of frame, and every abuse."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from channels.call import After, CallEnd, Heard, Listening, Say
from channels.phone.audiosocket import RATES, Decoder, Frame, Kind, encode
from channels.phone.line import Parts
from channels.phone.mouth import SILENCE
from channels.phone.server import CALLS_MOST, IDENTITY_SECONDS, STRANGERS_MOST, Address, PhoneServer
from channels.phone.sound import FRAME_SECONDS, Resampler
from tests.channels.phone.calling import DICTATE, Book, Colleague, Ears, Talk, Voices, now, speech
from tests.fakes.brisk_loop import briskly

GOODBYE = Say(text="再见", after=After.HANG_UP)
CHOOSE = Say(text="对吗", listening=Listening.CHOICE, keys="12")


@dataclass
class House:
    """A server, and all that is behind it."""

    talk: Talk
    ears: Ears = field(default_factory=lambda: Ears("电梯"))
    book: Book = field(default_factory=Book)
    address: Address = field(default_factory=lambda: Address("127.0.0.1", 0))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[PhoneServer]:
        parts = Parts(
            conversation=self.talk,
            ear=self.ears,
            voice=Voices(),
            book=self.book,
            transfers=Colleague(),
            now=now,
        )
        server = PhoneServer(self.address, parts)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(server.run())
            self.address = await server.address()
            yield server
            running.cancel()

    async def connect(self) -> "Exchange":
        reader, writer = await asyncio.open_connection(self.address.host, self.address.port)
        return Exchange(reader, writer)


@dataclass
class Exchange:
    """One connection, as Asterisk has it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    uuid: UUID = field(default_factory=uuid4)

    def send(self, *frames: Frame) -> None:
        self.writer.write(b"".join(map(encode, frames)))

    def identify(self) -> None:
        self.send(Frame(Kind.IDENTITY, self.uuid.bytes))

    async def rest(self) -> list[Frame]:
        """All that comes until the other side closes."""
        decoder, frames = Decoder(), list[Frame]()
        try:
            while data := await self.reader.read(65536):
                frames += decoder.feed(data)
        except ConnectionError:
            pass
        self.writer.close()
        return frames

    async def prompt(self) -> None:
        """Read until something was said and it is silent again."""
        spoke = False
        while True:
            header = await self.reader.readexactly(3)
            content = await self.reader.readexactly(int.from_bytes(header[1:]))
            if spoke and content == SILENCE:
                return
            spoke = spoke or content != SILENCE

    async def speak(self, sound: bytes, kind: int = Kind.SOUND_8000) -> None:
        """Speak in time; the sound has the kind's rate."""
        size = round(RATES[kind] * FRAME_SECONDS) * 2
        for start in range(0, len(sound), size):
            if self.writer.is_closing() or self.reader.at_eof():
                break
            self.send(Frame(kind, sound[start : start + size]))
            await asyncio.sleep(FRAME_SECONDS)


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
            parts = Parts(
                conversation=house.talk,
                ear=house.ears,
                voice=Voices(),
                book=house.book,
                transfers=Colleague(),
                now=now,
            )
            server = PhoneServer(house.address, parts)
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
