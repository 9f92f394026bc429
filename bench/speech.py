"""How many seconds of speech are heard in a second, against bare Vosk in threads."""

import asyncio
import io
import json
import os
import time
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import vosk  # type: ignore[import-untyped]  # it ships no types

from bench.figure import Figure
from nlp.sound.audio import RATE, SAMPLE_BYTES, decode
from nlp.speech.recognition import SpeechPool
from tests.proof.texts import shared

ROUNDS = 15
LEAST_SECONDS = 70
PIECE_BYTES = RATE * SAMPLE_BYTES // 5
OWN = Path(__file__).parents[1] / "tests/models/tiny-cn"

Words = list[list[str]]


async def run() -> list[Figure]:
    """Measure both in turns, on the same WAV files; the medians are the figures."""
    model, recordings = _material()
    seconds = sum(len(_sound(recording)) for recording in recordings) / (RATE * SAMPLE_BYTES)
    threads = os.cpu_count() or 1
    vosk.SetLogLevel(-1)
    bare = partial(_bare, vosk.Model(str(model)), recordings, threads)
    async with _running(SpeechPool(model, threads=threads)) as pool:
        times = [
            (await _timed(partial(_ours, pool, recordings)), await _timed(bare))
            for _ in range(ROUNDS + 1)
        ][1:]
    for (_, heard), (_, expected) in times:
        if heard != expected:
            raise AssertionError("the words are not those of bare Vosk")
    ours, reference = (seconds / median(one[0] for one in way) for way in zip(*times, strict=True))
    name = f"bare Vosk in {threads} threads, {model.name}, same recordings"
    return [Figure("speech", "audio_seconds_per_second", ours, reference, name, "s/s")]


def _material() -> tuple[Path, list[bytes]]:
    """Return real speech with the model for it where they are, otherwise our own fixture."""
    folder = shared()
    if folder is None:
        model, files = OWN, sorted(OWN.glob("clips/clip*"))
    else:
        model, files = folder / "models/lab-cn", sorted((folder / "data/speech").glob("*.wav"))
    recordings = [_wav(decode(file.read_bytes(), most_seconds=600)) for file in files]
    once = sum(map(len, recordings)) / (RATE * SAMPLE_BYTES)
    return model, recordings * max(1, round(LEAST_SECONDS / once))


def _wav(sound: bytes) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(SAMPLE_BYTES)
        writer.setframerate(RATE)
        writer.writeframes(sound)
    return file.getvalue()


def _sound(recording: bytes) -> bytes:
    with wave.open(io.BytesIO(recording)) as reader:
        sound: bytes = reader.readframes(reader.getnframes())
    return sound


@asynccontextmanager
async def _running(pool: SpeechPool) -> AsyncIterator[SpeechPool]:
    async with asyncio.TaskGroup() as group:
        running = group.create_task(pool.run())
        yield pool
        running.cancel()


async def _timed(act: Callable[[], Awaitable[Words]]) -> tuple[float, Words]:
    started = time.perf_counter()
    words = await act()
    return time.perf_counter() - started, words


async def _ours(pool: SpeechPool, recordings: list[bytes]) -> Words:
    """All recordings at once, as far as the pool takes them."""
    room = asyncio.Semaphore(16)

    async def one(recording: bytes) -> list[str]:
        async with room:
            return [word.text for word in (await pool.transcribe(recording)).words]

    return await asyncio.gather(*map(one, recordings))


async def _bare(model: Any, recordings: list[bytes], threads: int) -> Words:
    def listen() -> Words:
        with ThreadPoolExecutor(threads) as executor:
            return list(executor.map(partial(_heard, model), recordings))

    return await asyncio.to_thread(listen)


def _heard(model: Any, recording: bytes) -> list[str]:
    recogniser = vosk.KaldiRecognizer(model, float(RATE))
    recogniser.SetWords(enable_words=True)
    sound = _sound(recording)
    results = [
        recogniser.Result()
        for start in range(0, len(sound), PIECE_BYTES)
        if recogniser.AcceptWaveform(sound[start : start + PIECE_BYTES])
    ]
    results.append(recogniser.FinalResult())
    return [word["word"] for one in results for word in json.loads(one).get("result", [])]
