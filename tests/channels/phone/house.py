"""A server over real sockets, and the exchange that calls it, on a virtual clock."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from channels.call import After, Listening, Say
from channels.phone.audiosocket import RATES, Decoder, Frame, Kind, encode
from channels.phone.line import Parts
from channels.phone.mouth import SILENCE
from channels.phone.server import Address, PhoneServer
from channels.phone.sound import FRAME_SECONDS
from tests.channels.phone.calling import Book, Colleague, Ears, Talk, Voices, now

GOODBYE = Say(text="再见", after=After.HANG_UP)


CHOOSE = Say(text="对吗", listening=Listening.CHOICE, keys="12")


@dataclass
class House:
    """A server, and all that is behind it."""

    talk: Talk
    ears: Ears = field(default_factory=lambda: Ears("电梯"))
    book: Book = field(default_factory=Book)
    address: Address = field(default_factory=lambda: Address("127.0.0.1", 0))

    def server(self) -> PhoneServer:
        """Return the server, which does not run yet."""
        parts = Parts(
            conversation=self.talk,
            ear=self.ears,
            voice=Voices(),
            book=self.book,
            transfers=Colleague(),
            now=now,
        )
        return PhoneServer(self.address, parts)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[PhoneServer]:
        server = self.server()
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
