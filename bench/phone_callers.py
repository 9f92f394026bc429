"""Callers in a process of their own: `python -m bench.phone_callers PORT COUNT SOUND WAY`.

Each sends 20 ms of sound every 20 ms, and calls again when the other side hangs up. WAY is
audiosocket or websocket. It says `ready` when all are calling, and ends with its input; its last
line is JSON.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp

from bench.figure import quantile
from channels.phone.audiosocket import Frame, Kind, encode
from channels.phone.sound import FRAME_SECONDS, SPOKEN_FRAME_BYTES

RAMP_SECONDS = 0.05
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

    def __init__(self, speaker: Speaker, ended: Callable[[bool], None]) -> None:
        self._speaker = speaker
        self._ended = ended
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
        """It was hung up, or lost."""
        self._transport = None
        self._ended(error is None and self._last == HANG_UP)

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
        self.tasks: set[asyncio.Future[Any]] = {asyncio.ensure_future(self._listen())}

    async def _listen(self) -> None:
        async for _ in self._socket:
            pass

    def beat(self) -> None:
        """Send the next 200 ms when they are complete."""
        self._piece += self._speaker.frame()
        if len(self._piece) >= PIECE_FRAMES * SPOKEN_FRAME_BYTES:
            sending = asyncio.ensure_future(self._socket.send_bytes(bytes(self._piece)))
            self.tasks.add(sending)
            sending.add_done_callback(self.tasks.discard)
            self._piece.clear()


class Crowd:
    """All callers, and one clock for them."""

    def __init__(self, port: int, sound: bytes, count: int) -> None:
        self._port = port
        self._sound = sound
        self._count = count
        self._callers: list[OverAudioSocket | OverWebSocket] = []
        self.late: list[float] = []
        self.lost = 0
        self.calls = 0

    async def beat(self) -> None:
        """Let all send a frame every 20 ms."""
        clock = asyncio.get_running_loop().time
        due = clock()
        while True:
            due += FRAME_SECONDS
            await asyncio.sleep(due - clock())
            self.late.append(clock() - due)
            for caller in self._callers:
                caller.beat()

    async def call(self, number: int) -> None:
        """Call by AudioSocket, again and again."""
        speaker = Speaker(self._sound, number / self._count)
        loop = asyncio.get_running_loop()
        while True:
            over: asyncio.Future[bool] = loop.create_future()
            _, caller = await loop.create_connection(
                lambda over=over: OverAudioSocket(speaker, over.set_result),  # type: ignore[misc]
                "127.0.0.1",
                self._port,
            )
            self.calls += 1
            self._callers.append(caller)
            self.lost += not await over
            self._callers.remove(caller)

    async def call_by_websocket(self, number: int, session: aiohttp.ClientSession) -> None:
        """Call by WebSocket."""
        socket = await session.ws_connect(f"ws://127.0.0.1:{self._port}/")
        caller = OverWebSocket(Speaker(self._sound, number / self._count), socket)
        self._callers.append(caller)
        await asyncio.gather(*caller.tasks)
        self.lost += 1


async def main() -> None:
    """Call until the input ends."""
    port, count, file, way = sys.argv[1:]
    crowd = Crowd(int(port), Path(file).read_bytes(), int(count))  # noqa: ASYNC240
    async with aiohttp.ClientSession() as session:
        tasks = [asyncio.ensure_future(crowd.beat())]
        for number in range(int(count)):
            calling = (
                crowd.call(number)
                if way == "audiosocket"
                else crowd.call_by_websocket(number, session)
            )
            tasks.append(asyncio.ensure_future(calling))
            await asyncio.sleep(RAMP_SECONDS)
        print("ready", flush=True)
        crowd.late.clear()
        await asyncio.to_thread(sys.stdin.read)
        late = quantile(crowd.late, 0.99)
        print(json.dumps({"lost": crowd.lost, "calls": crowd.calls, "late": late}), flush=True)
        for task in tasks:
            task.cancel()


if __name__ == "__main__":
    asyncio.run(main())
