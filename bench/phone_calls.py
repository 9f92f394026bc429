"""How many calls are held at once, against bare Vosk fed by the same callers.

A call is held when none is lost and the words of speech are there within 100 ms, but for one piece
in a hundred. Callers speak as people do who are asked: some seconds, then silence. They run on the
same machine, for ours as for the others.

Each server runs from the beginning to the end, and so do its callers: a short ramp finds about how
many it holds, then trials of ours and of the others take turns, so that whatever else the machine
does falls on all of them. What was found is tried once more, longer: those are the figures.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.figure import Figure
from bench.phone_search import Search
from bench.phone_server import Server, ask, server, started
from bench.speech import OWN
from channels.phone.sound import HEARD_RATE, SPOKEN_RATE, Resampler
from nlp.sound.audio import decode
from tests.proof.texts import shared

LAG_SECONDS_MOST = 0.1
ANSWER_SECONDS_MOST = 0.5
FIRST, MOST = 8, 120
STEP, STEP_SECONDS = 1.4, 1.6
LATE_STEPS = 2
"""One late step of the ramp may be the machine's."""
TRIALS = 4
SETTLING_SECONDS, TRIAL_SECONDS, LAST_SECONDS = 2.0, 8.0, 15.0
LESS = 0.92
CONFIRMATIONS = 3
PAUSE = bytes(SPOKEN_RATE * 2 * 7 // 2)


@dataclass(frozen=True, slots=True)
class Trial:
    """So many calls at once, and what was measured."""

    calls: int
    lost: int
    lag: float
    answers: Sequence[float]
    megabytes: float
    cpu_milliseconds: float
    """Of the server and its children, for each second of a call."""

    @property
    def held(self) -> bool:
        """Say whether they were all held."""
        return not self.lost and self.lag <= LAG_SECONDS_MOST


@dataclass(slots=True)
class Contender:
    """A server with its callers, and how it fared."""

    name: str
    serving: Server
    callers: asyncio.subprocess.Process
    idle_megabytes: float
    trials: int = TRIALS
    search: Search = field(default_factory=lambda: Search(FIRST, MOST))
    best: Trial = field(default_factory=lambda: Trial(0, 0, 0.0, (0.0, 0.0), 0.0, 0.0))
    crowded: Trial = field(default_factory=lambda: Trial(0, 0, 0.0, (0.0, 0.0), 0.0, 0.0))
    """The trial with the most calls, held or not: memory is not given back after it."""

    @property
    def megabytes_per_call(self) -> float:
        """Return what a call needs beside what is there without any."""
        return (self.crowded.megabytes - self.idle_megabytes) / max(self.crowded.calls, 1)

    async def ramp(self) -> None:
        """Let more and more call, until words come late: a guess to begin with."""
        late, calls = 0, FIRST
        while late < LATE_STEPS and calls < MOST:
            trial = await self.trial(calls, STEP_SECONDS, settling=0.5)
            late = 0 if trial.held else late + 1
            if trial.held:
                self.search.guess = calls
            calls = min(MOST, round(calls * STEP))
        await ask(self.callers, "0")

    async def search_on(self) -> None:
        """Make the next trial, if one is needed."""
        calls = self.search.next
        if calls is not None and self.trials > 0:
            self.trials -= 1
            trial = await self.trial(calls, TRIAL_SECONDS)
            self.search.tried(calls, held=trial.held)
            if trial.held and calls > self.best.calls:
                self.best = trial
            await ask(self.callers, "0")

    async def confirm(self) -> None:
        """Try what was found once more, or less; where that is not held, a short trial counts."""
        calls = self.search.held
        for _ in range(CONFIRMATIONS):
            trial = await self.trial(max(calls, 1), LAST_SECONDS)
            await ask(self.callers, "0")
            if trial.held:
                self.best = trial
                return
            calls = round(calls * LESS)

    async def trial(self, calls: int, seconds: float, settling: float = SETTLING_SECONDS) -> Trial:
        """Let so many call for so long."""
        await ask(self.callers, str(calls))
        await asyncio.sleep(settling)
        await self.serving.ask("clear")
        await ask(self.callers, "clear")
        await asyncio.sleep(seconds)
        figures = await self.serving.ask("figures")
        made = await ask(self.callers, "figures")
        trial = Trial(
            calls,
            made["lost"],
            figures["lags"][1],
            figures.get("answers", (0.0, 0.0)),
            figures["megabytes"],
            1000 * figures["cpu_seconds"] / seconds / calls,
        )
        if calls > self.crowded.calls:
            self.crowded = trial
        how = "held" if trial.held else "not held"
        print(
            f"{self.name}: {calls} calls {how}, lag p99 {trial.lag:.3f} s, {trial.lost} lost, "
            f"answers {trial.answers[0]:.3f} and {trial.answers[1]:.3f} s, "
            f"{trial.cpu_milliseconds:.1f} ms of processors for a second of a call, "
            f"callers {made['late']:.3f} s late",
            file=sys.stderr,
            flush=True,
        )
        return trial


async def run() -> list[Figure]:
    """Measure ours, the reference, and a plain server for comparison."""
    model, sound = material()
    threads = str(os.cpu_count() or 1)
    bare = ("bench.phone_bare", str(model), threads)
    with tempfile.NamedTemporaryFile(suffix=".pcm") as file:
        file.write(sound)
        file.flush()
        async with AsyncExitStack() as stack:
            contenders = [
                await stack.enter_async_context(contender(name, file.name, way, *command))
                for name, way, command in (
                    ("ours", "audiosocket", ("bench.phone_ours", str(model))),
                    ("bare Vosk", "audiosocket", (*bare, "audiosocket")),
                    ("websocket server", "websocket", (*bare, "websocket")),
                )
            ]
            contenders[-1].trials = TRIALS // 2  # it is there for comparison only
            await compete(contenders)
    return figures(contenders, model.name, threads)


async def compete(contenders: Sequence[Contender]) -> None:
    """Let them take turns."""
    for one in contenders:
        await one.ramp()
    for _ in range(TRIALS):
        for one in contenders:
            await one.search_on()
    for one in contenders:
        await one.confirm()


def figures(contenders: Sequence[Contender], model: str, threads: str) -> list[Figure]:
    """Return what was measured."""
    ours, bare, plain = contenders
    name = f"bare Vosk in {threads} threads, {model}, same callers"
    websocket = f"plain Vosk websocket server, {model}, same callers"
    limit = f"limit, {model}, {ours.best.calls} calls"

    def figure(name: str, ours: float, reference: float, against: str, unit: str) -> Figure:
        return Figure("phone_calls", name, ours, reference, against, unit)

    p50, p99 = ours.best.answers
    cost = ours.best.cpu_milliseconds, bare.best.cpu_milliseconds
    return [
        figure("calls_held", ours.best.calls, bare.best.calls, name, "calls"),
        figure("calls_held", ours.best.calls, plain.best.calls, websocket, "calls"),
        figure("chunk_lag_p99_seconds", ours.best.lag, bare.best.lag, name, "s"),
        figure("answer_p50_seconds", p50, ANSWER_SECONDS_MOST, limit, "s"),
        figure("answer_p99_seconds", p99, ANSWER_SECONDS_MOST, limit, "s"),
        figure("megabytes_per_call", ours.megabytes_per_call, bare.megabytes_per_call, name, "MB"),
        figure("cpu_milliseconds_per_call_second", *cost, name, "ms/s"),
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


@asynccontextmanager
async def contender(name: str, sound: str, way: str, *command: str) -> AsyncIterator[Contender]:
    """Start a server and its callers, and end them with the context."""
    async with (
        server(*command) as serving,
        started("bench.phone_callers", str(serving.port), sound, way) as callers,
    ):
        await asyncio.sleep(SETTLING_SECONDS)
        idle = (await serving.ask("figures"))["megabytes"]
        yield Contender(name, serving, callers, idle)
