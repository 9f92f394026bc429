"""Bare Vosk behind a socket: `python -m bench.phone_bare MODEL WAY`, see `bench.phone_calls`.

As lean as can be: threads, a recogniser a connection, nothing is said back. By `audiosocket` it is
the reference; by `websocket` it does what vosk-server does.
"""

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import vosk  # type: ignore[import-untyped]  # it ships no types
from aiohttp import web

from bench.phone_server import answer_questions
from channels.phone.audiosocket import Decoder, Kind
from channels.phone.sound import HEARD_RATE, SPOKEN_RATE, Resampler

PIECE_BYTES = SPOKEN_RATE * 2 // 5


class Ear:
    """One recogniser, fed in order."""

    def __init__(self, model: Any, threads: ThreadPoolExecutor, lags: list[float]) -> None:
        self._recogniser = vosk.KaldiRecognizer(model, float(HEARD_RATE))
        self._recogniser.SetWords(enable_words=True)
        self._resampler = Resampler(SPOKEN_RATE)
        self._threads = threads
        self._lags = lags
        self._sound = bytearray()
        self._pieces: asyncio.Queue[tuple[bytes, float]] = asyncio.Queue()
        self._seconds = 0.0
        self._offset = float("inf")

    def take(self, sound: bytes) -> None:
        """Keep what came; it should have been there as early as the best of it was."""
        now = asyncio.get_running_loop().time()
        self._seconds += len(sound) / (2 * SPOKEN_RATE)
        self._offset = min(self._offset, now - self._seconds)
        self._sound += sound
        if len(self._sound) >= PIECE_BYTES:
            self._pieces.put_nowait((bytes(self._sound), self._offset + self._seconds))
            self._sound.clear()

    async def hear(self, told: Callable[[str], Any] | None = None) -> None:
        """Recognise piece by piece."""
        loop = asyncio.get_running_loop()
        while True:
            piece, due = await self._pieces.get()
            words = await loop.run_in_executor(self._threads, self._words, piece)
            self._lags.append(loop.time() - due)
            if told is not None:
                await told(words)

    def _words(self, piece: bytes) -> str:
        sound = self._resampler.convert(piece)
        if self._recogniser.AcceptWaveform(sound):
            return str(self._recogniser.Result())
        return str(self._recogniser.PartialResult())


class Connection(asyncio.Protocol):
    """One AudioSocket connection."""

    def __init__(self, make: Callable[[], Ear]) -> None:
        self._decoder = Decoder()
        self._ear = make()
        self._hearing = asyncio.ensure_future(self._ear.hear())

    def data_received(self, data: bytes) -> None:
        """Take the sound."""
        for frame in self._decoder.feed(data):
            if frame.kind == Kind.SOUND_8000:
                self._ear.take(frame.content)

    def connection_lost(self, error: Exception | None) -> None:
        """Stop."""
        del error
        self._hearing.cancel()


async def _websocket(make: Callable[[], Ear]) -> int:
    async def serve(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        ear = make()
        hearing = asyncio.ensure_future(ear.hear(socket.send_str))
        async for message in socket:
            ear.take(message.data)
        hearing.cancel()
        return socket

    site = web.Application()
    site.add_routes([web.get("/", serve)])
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port: int = runner.addresses[0][1]
    return port


async def main() -> None:
    """Serve until the input ends."""
    folder, threads, way = sys.argv[1:]
    vosk.SetLogLevel(-1)
    model, lags = vosk.Model(folder), list[float]()
    executor = ThreadPoolExecutor(int(threads))

    def make() -> Ear:
        return Ear(model, executor, lags)

    if way == "websocket":
        port = await _websocket(make)
    else:
        server = await asyncio.get_running_loop().create_server(
            lambda: Connection(make), "127.0.0.1", 0
        )
        port = server.sockets[0].getsockname()[1]
    await answer_questions(port, lambda: {"lags": lags}, lags.clear)


if __name__ == "__main__":
    asyncio.run(main())
