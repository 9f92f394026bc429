"""Callers in a process of their own: `python -m bench.phone_callers PORT SOUND WAY`.

Each sends 20 ms of sound every 20 ms, and calls again when the other side hangs up. WAY is
audiosocket or websocket. A number as input lets so many call, and is answered once they do;
`clear` and `figures` are as in `bench.phone_server`. It ends with its input.
"""

import asyncio
import json
import sys
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import aiohttp

from bench.figure import quantile
from channels.phone.audiosocket import Frame, Kind, encode
from channels.phone.sound import FRAME_SECONDS, SPOKEN_FRAME_BYTES

APART_SECONDS = 0.06
"""So that pieces of 200 ms are spread evenly: with a divisor of that they would come in heaps."""
GOLDEN = 0.618
PIECE_FRAMES = 10
HANG_UP = encode(Frame(Kind.HANG_UP))


class Speaker:
    """The sound of one caller, frame by frame, without end."""

    def __init__(self, sound: bytes, begins: float) -> None:
        self._sound = sound
        frames = len(sound) // SPOKEN_FRAME_BYTES
        self._at = int(frames * begins) * SPOKEN_FRAME_BYTES

    def frame(self) -> bytes:
        """Return the next 20 ms."""
        frame = self._sound[self._at : self._at + SPOKEN_FRAME_BYTES]
        self._at = (self._at + SPOKEN_FRAME_BYTES) % len(self._sound)
        return frame


class OverAudioSocket(asyncio.Protocol):
    """One connection; another follows when it ends."""

    def __init__(self, speaker: Speaker, over: "asyncio.Future[bool]") -> None:
        self._speaker = speaker
        self._over = over
        self._transport: asyncio.Transport | None = None
        self._last = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say which call it is."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(encode(Frame(Kind.IDENTITY, uuid4().bytes)))

    def data_received(self, data: bytes) -> None:
        """Listen to nothing but a hang-up."""
        self._last = data[-3:]

    def connection_lost(self, error: Exception | None) -> None:
        """It was hung up by the other side, by us (then nobody asks), or lost."""
        self._transport = None
        if not self._over.done():
            self._over.set_result(error is None and self._last == HANG_UP)

    def beat(self) -> None:
        """Send the next 20 ms."""
        if self._transport is not None:
            self._transport.write(encode(Frame(Kind.SOUND_8000, self._speaker.frame())))


class OverWebSocket:
    """One connection; ten frames a message, as clients of vosk-server send them."""

    def __init__(self, speaker: Speaker, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._speaker = speaker
        self._socket = socket
        self._piece = bytearray()
        self._sending: set[asyncio.Future[None]] = set()

    async def listen(self) -> None:
        """Take what is heard, until the other side closes."""
        async for _ in self._socket:
            pass

    def beat(self) -> None:
        """Send the next 200 ms when they are complete."""
        self._piece += self._speaker.frame()
        if len(self._piece) >= PIECE_FRAMES * SPOKEN_FRAME_BYTES:
            sending = asyncio.ensure_future(self._send(bytes(self._piece)))
            self._sending.add(sending)
            sending.add_done_callback(self._sending.discard)
            self._piece.clear()

    async def _send(self, piece: bytes) -> None:
        """Send it, unless the call has ended meanwhile."""
        with suppress(ConnectionError):
            await self._socket.send_bytes(piece)


class Crowd:
    """All callers, and one clock for them."""

    def __init__(self, port: int, sound: bytes, way: str, session: aiohttp.ClientSession) -> None:
        self._port = port
        self._sound = sound
        self._call = self._call_by_websocket if way == "websocket" else self._call_by_audiosocket
        self._session = session
        self._callers: set[OverAudioSocket | OverWebSocket] = set()
        self._tasks: list[asyncio.Future[None]] = []
        self.late: list[float] = []
        self.lost = 0

    async def beat(self) -> None:
        """Let all send a frame every 20 ms."""
        clock = asyncio.get_running_loop().time
        due = clock()
        while True:
            due += FRAME_SECONDS
            await asyncio.sleep(due - clock())
            self.late.append(clock() - due)
            for caller in tuple(self._callers):
                caller.beat()

    async def be(self, count: int) -> None:
        """Let so many call: some more, or the last ones hang up."""
        while len(self._tasks) > count:
            self._tasks.pop().cancel()
        while len(self._tasks) < count:
            speaker = Speaker(self._sound, len(self._tasks) * GOLDEN % 1.0)
            self._tasks.append(asyncio.ensure_future(self._call(speaker)))
            await asyncio.sleep(APART_SECONDS)

    async def _call_by_audiosocket(self, speaker: Speaker) -> None:
        """Call again and again."""
        loop = asyncio.get_running_loop()
        while True:
            over: asyncio.Future[bool] = loop.create_future()
            transport, caller = await loop.create_connection(
                lambda over=over: OverAudioSocket(speaker, over),  # type: ignore[misc]
                "127.0.0.1",
                self._port,
            )
            self._callers.add(caller)
            try:
                self.lost += not await over
            finally:
                self._callers.discard(caller)
                transport.close()

    async def _call_by_websocket(self, speaker: Speaker) -> None:
        async with self._session.ws_connect(f"ws://127.0.0.1:{self._port}/") as socket:
            caller = OverWebSocket(speaker, socket)
            self._callers.add(caller)
            try:
                await caller.listen()
                self.lost += 1
            finally:
                self._callers.discard(caller)


async def main() -> None:
    """Call until the input ends."""
    port, file, way = sys.argv[1:]
    sound = Path(file).read_bytes()  # noqa: ASYNC240
    async with aiohttp.ClientSession() as session:
        crowd = Crowd(int(port), sound, way, session)
        beating = asyncio.ensure_future(crowd.beat())
        while question := (await asyncio.to_thread(sys.stdin.readline)).strip():
            answer = {}
            if question == "clear":
                crowd.late.clear()
                crowd.lost = 0
            elif question == "figures":
                answer = {"lost": crowd.lost, "late": quantile(crowd.late or [0.0], 0.99)}
            else:
                await crowd.be(int(question))
            print(json.dumps(answer), flush=True)
        await crowd.be(0)
        beating.cancel()


if __name__ == "__main__":
    asyncio.run(main())
