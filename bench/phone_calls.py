"""How many calls are held at once, against bare Vosk fed by the same callers.

A call is held when none is lost and the words of speech are there within 100 ms, but for one piece
in a hundred. Callers speak as people do who are asked: some seconds, then silence. They run on the
same machine, for ours as for the others.
"""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.figure import Figure
from bench.phone_server import line, server, started
from bench.speech import OWN
from channels.phone.sound import HEARD_RATE, SPOKEN_RATE, Resampler
from nlp.audio import decode
from tests.proof.texts import shared

SECONDS = 20.0
SETTLING_SECONDS = 3.0
LAG_SECONDS_MOST = 0.1
FIRST = 8
MOST = 120
STEPS = 3
PAUSE = bytes(SPOKEN_RATE * 2 * 7 // 2)


@dataclass(frozen=True, slots=True)
class Trial:
    """So many calls at once, and what was measured."""

    calls: int
    lost: int
    lag: float
    answers: Sequence[float]
    megabytes: float

    @property
    def held(self) -> bool:
        """Say whether they were all held."""
        return not self.lost and self.lag <= LAG_SECONDS_MOST


async def run() -> list[Figure]:
    """Measure ours, the reference, and a plain server for comparison."""
    model, sound = material()
    threads = str(os.cpu_count() or 1)
    with tempfile.NamedTemporaryFile(suffix=".pcm") as file:
        file.write(sound)
        file.flush()
        ours, idle = await _most(file.name, "audiosocket", "bench.phone_ours", str(model))
        bare, bare_idle = await _most(
            file.name, "audiosocket", "bench.phone_bare", str(model), threads, "audiosocket"
        )
        plain, _ = await _most(
            file.name, "websocket", "bench.phone_bare", str(model), threads, "websocket"
        )
    name = f"bare Vosk in {threads} threads, {model.name}, same callers"
    limits = f"limit, {model.name}, {ours.calls} calls"

    def figure(name: str, ours: float, reference: float, against: str, unit: str) -> Figure:
        return Figure("phone_calls", name, ours, reference, against, unit)

    return [
        figure("calls_held", ours.calls, bare.calls, name, "calls"),
        figure("calls_held", ours.calls, plain.calls, "plain Vosk websocket server", "calls"),
        figure("chunk_lag_p99_seconds", ours.lag, bare.lag, name, "s"),
        figure("answer_p50_seconds", ours.answers[0], 0.5, limits, "s"),
        figure("answer_p99_seconds", ours.answers[1], 0.5, limits, "s"),
        figure(
            "megabytes_per_call",
            (ours.megabytes - idle) / max(ours.calls, 1),
            (bare.megabytes - bare_idle) / max(bare.calls, 1),
            name,
            "MB",
        ),
    ]


def material() -> tuple[Path, bytes]:
    """Return a model, and people who speak and pause, 8 kHz; or the fixture with its clips."""
    folder = shared()
    if folder is None:
        model, files = OWN, sorted(OWN.glob("clips/clip*"))
    else:
        model, files = folder / "models/lab-cn", sorted((folder / "data/speech").glob("*.wav"))
    spoken = [
        Resampler(HEARD_RATE, SPOKEN_RATE).convert(decode(file.read_bytes(), most_seconds=600))
        for file in files
    ]
    whole = PAUSE.join([*spoken, b""])
    return model, whole[: len(whole) // 320 * 320]


async def _most(sound: str, way: str, *command: str) -> tuple[Trial, float]:
    """Return the trial with the most calls that were held, and the memory without any."""
    best: Trial | None = None
    calls, too_many, idle = FIRST, MOST + 1, 0.0
    for _ in range(_doublings() + STEPS):
        trial, idle = await _tried(calls, sound, way, *command)
        if trial.held:
            best = trial
        else:
            too_many = calls
        most = best.calls if best else 0
        calls = min(2 * most, MOST) if too_many > MOST else (most + too_many) // 2
        if calls <= most:
            break
    return best or Trial(0, 0, 0.0, (0.0, 0.0), idle), idle


def _doublings() -> int:
    return (MOST // FIRST).bit_length()


async def _tried(calls: int, sound: str, way: str, *command: str) -> tuple[Trial, float]:
    """One failure may be the machine's: it is tried again."""
    trial, idle = await _trial(calls, sound, way, *command)
    if not trial.held:
        trial, idle = await _trial(calls, sound, way, *command)
    return trial, idle


async def _trial(calls: int, sound: str, way: str, *command: str) -> tuple[Trial, float]:
    async with server(*command) as serving:
        await asyncio.sleep(SETTLING_SECONDS)
        idle = (await serving.ask("figures"))["megabytes"]
        async with started(
            "bench.phone_callers", str(serving.port), str(calls), sound, way
        ) as callers:
            await line(callers)
            await asyncio.sleep(SETTLING_SECONDS)
            await serving.ask("clear")
            await asyncio.sleep(SECONDS)
            figures: dict[str, Any] = await serving.ask("figures")
            lost = await _lost(callers) + bool(figures.get("lost", [0])[-1])
    trial = Trial(
        calls, lost, figures["lags"][1], figures.get("answers", (0.0, 0.0)), figures["megabytes"]
    )
    print(f"{command[0]} {way}: {trial}", file=sys.stderr, flush=True)
    return trial, idle


async def _lost(callers: asyncio.subprocess.Process) -> int:
    assert callers.stdin is not None
    callers.stdin.close()
    told = json.loads(await line(callers))
    return int(told["lost"])
