"""The other end of an AudioSocket: a caller who speaks sound and presses keys, and listens.

For demonstrations, tests and operators; an exchange does the same with a telephone behind it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

from channels.phone.audiosocket import RATES, Decoder, Frame, Kind, encode
from channels.phone.metronome import BEHIND_SECONDS
from channels.phone.mouth import Mouth
from channels.phone.sound import (
    FRAME_SECONDS,
    SAMPLE_BYTES,
    SPOKEN_FRAME_BYTES,
    SPOKEN_RATE,
    wav,
)

_LOUD: Final = 200
_QUIET_SECONDS: Final = 1.2
_LATE_BYTES: Final = 10 * SPOKEN_FRAME_BYTES
_READ_BYTES: Final = 65_536


class Caller:
    """One call; its sound is 8 kHz mono, signed 16 bits little-endian."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._mouth = Mouth()
        self._said = bytearray()
        self._heard = bytearray()
        self._quiet_frames = 0
        self._prompted = False
        self.over = asyncio.Event()

    @property
    def answered(self) -> bool:
        """Say whether the line has said anything."""
        return bool(self._heard.strip(b"\0"))

    @property
    def seconds(self) -> float:
        """Return how long the call has lasted."""
        return len(self._said) / (SPOKEN_RATE * SAMPLE_BYTES)

    async def speak(self, sound: bytes) -> None:
        """Say it, and wait until it is said, or the call is over."""
        self._mouth.say(sound)
        await self._mouth.quiet()

    def press(self, key: str) -> None:
        """Press a key; what is spoken after that answers it."""
        self._prompted = False
        self._send(Frame(Kind.KEY, key.encode("ascii")))

    async def prompted(self) -> None:
        """Wait until the line has spoken, since this was last waited for, and is quiet again."""
        while not self.over.is_set():
            if self._prompted and self._quiet_frames * FRAME_SECONDS >= _QUIET_SECONDS:
                self._prompted = False
                return
            await asyncio.sleep(FRAME_SECONDS)

    def hang_up(self) -> None:
        """End the call."""
        self._send(Frame(Kind.HANG_UP))
        self._end()

    def both_sides(self) -> bytes:
        """Return the call as a WAV: the caller on the left, the line on the right."""
        size = max(len(self._said), len(self._heard))
        stereo = bytearray(2 * size)
        for side, sound in enumerate((self._said, self._heard)):
            padded = sound.ljust(size, b"\0")
            for byte in range(2):
                stereo[2 * side + byte :: 4] = padded[byte::2]
        return wav(bytes(stereo), rate=SPOKEN_RATE, channels=2)

    async def hold(self) -> None:
        """Send a frame every 20 ms, and listen, until the call is over."""
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(self._listen())
            await self._talk()
            listening.cancel()
        self._writer.close()

    async def _talk(self) -> None:
        clock = asyncio.get_running_loop().time
        due = clock()
        while not self.over.is_set():
            frame = self._mouth.frame()
            self._said += frame
            if len(self._said) - len(self._heard) > _LATE_BYTES:
                self._heard += bytes(len(self._said) - len(self._heard))
            self._send(Frame(Kind.SOUND_8000, frame))
            due = max(due + FRAME_SECONDS, clock() - BEHIND_SECONDS)
            await asyncio.sleep(due - clock())

    async def _listen(self) -> None:
        decoder = Decoder()
        try:
            while data := await self._reader.read(_READ_BYTES):
                for frame in decoder.feed(data):
                    if frame.kind in RATES:
                        self._hear(frame.content)
                    elif frame.kind in {Kind.HANG_UP, Kind.ERROR}:
                        return
        except ConnectionError:
            pass
        finally:
            self._end()

    def _hear(self, sound: bytes) -> None:
        self._heard += sound
        if max(map(abs, memoryview(sound).cast("h")), default=0) < _LOUD:
            self._quiet_frames += 1
        else:
            self._prompted, self._quiet_frames = True, 0

    def _send(self, frame: Frame) -> None:
        if not self.over.is_set() and not self._writer.is_closing():
            self._writer.write(encode(frame))

    def _end(self) -> None:
        self.over.set()
        self._mouth.stop()


@asynccontextmanager
async def calling(host: str, port: int, uuid: UUID) -> AsyncIterator[Caller]:
    """Call, and hang up at the end of the context; OSError when nobody listens there."""
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(encode(Frame(Kind.IDENTITY, uuid.bytes)))
    caller = Caller(reader, writer)
    try:
        async with _held(caller):
            yield caller
    except BaseExceptionGroup as errors:
        if len(errors.exceptions) > 1:
            raise
        (error,) = errors.exceptions  # the group is ours, the error that of the context
        raise error from error.__cause__


@asynccontextmanager
async def _held(caller: Caller) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        holding = group.create_task(caller.hold())
        try:
            yield
        finally:
            caller.hang_up()
            await asyncio.wait({holding}, timeout=1)
            holding.cancel()
