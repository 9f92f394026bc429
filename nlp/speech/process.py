"""A running child that recognises speech, as the service sees it: lanes that are answered."""

import asyncio
import itertools
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Final

from nlp.speech.frames import CANNOT_LOAD, HEADER, NO_LANE, Kind, frame
from nlp.speech.transcript import NotHeardError

CHILD: Final = "nlp.speech.child"
_COMPLAINT_BYTES: Final = 500

Answer = tuple[Kind, bytes]


class ChildGoneError(Exception):
    """The child ended before it answered."""


class Lane:
    """One stream or recording: what is sent is answered in order."""

    def __init__(self, process: "SpeechProcess", number: int) -> None:
        self._process = process
        self._number = number
        self._answers: asyncio.Queue[Answer | None] = asyncio.Queue()

    async def send(self, kind: Kind, content: bytes = b"") -> None:
        """Send a frame; that the child is gone is told by the answer."""
        await self._process.send(kind, self._number, content)

    async def answer(self, kind: Kind) -> bytes:
        """Wait for the next answer, of this kind; NotHeardError, ChildGoneError."""
        came = await self._answers.get()
        if came is None:
            self._answers.put_nowait(None)
            raise ChildGoneError
        if came[0] is Kind.FAILED:
            raise NotHeardError(came[1].decode())
        if came[0] is not kind:
            raise RuntimeError(f"the child answered {came[0].name} for {kind.name}")
        return came[1]

    def put(self, answer: Answer | None) -> None:
        """Take an answer from the child; None when it is gone."""
        self._answers.put_nowait(answer)


class SpeechProcess:
    """One child; `answered` says how often it gave words."""

    def __init__(self, process: Process) -> None:
        if process.stdin is None or process.stdout is None or process.stderr is None:
            raise RuntimeError("the child has no pipes")
        self._process = process
        self._in, self._out, self._err = process.stdin, process.stdout, process.stderr
        self._numbers = itertools.count(NO_LANE + 1)
        self._itself = Lane(self, NO_LANE)
        self._lanes: dict[int, Lane] = {NO_LANE: self._itself}
        self._complaint = b""
        self._gone = asyncio.Event()
        self.answered = 0

    async def loads(self, seconds: float) -> bool:
        """Wait until the model is loaded; False when that fails or lasts longer."""
        try:
            async with asyncio.timeout(seconds):
                await self._itself.answer(Kind.READY)
        except (ChildGoneError, TimeoutError):
            return False
        return True

    @property
    def why_not(self) -> NotHeardError:
        """Say why it did not load: `no_model` only when the child itself found none to load.

        One that was killed, or takes too long, is `busy`: the next may do better.
        """
        if self._process.returncode == CANNOT_LOAD:
            return NotHeardError("no_model")
        return NotHeardError("busy", retryable=True)

    @property
    def is_gone(self) -> bool:
        """Say whether the child has ended."""
        return self._gone.is_set()

    async def gone(self) -> None:
        """Wait until the child has ended."""
        await self._gone.wait()

    def kill(self) -> None:
        """End it at once."""
        if self._process.returncode is None:
            self._process.kill()

    @property
    def how_it_ended(self) -> str:
        """Say it for the log: the exit code (negative: the signal), and the last it wrote."""
        words = " ".join(self._complaint.decode(errors="replace").split())
        return f"code {self._process.returncode}, {words or 'without a word'}"

    @contextmanager
    def lane(self) -> Iterator[Lane]:
        """Give a lane of its own; the child forgets it at the end."""
        number = next(self._numbers)
        lane = self._lanes[number] = Lane(self, number)
        if self._gone.is_set():
            lane.put(None)
        try:
            yield lane
        finally:
            del self._lanes[number]
            if not self._in.is_closing():
                self._in.write(frame(Kind.DROP, number))

    async def send(self, kind: Kind, number: int, content: bytes) -> None:
        """Send a frame; when the child is gone, nobody reads it."""
        with suppress(ConnectionError):
            self._in.write(frame(kind, number, content))
            await self._in.drain()

    async def attend(self) -> None:
        """Carry answers to their lanes until the child ends."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen_to_complaints())
            try:
                while True:
                    kind, number, length = HEADER.unpack(await self._out.readexactly(HEADER.size))
                    self._deliver(number, (Kind(kind), await self._out.readexactly(length)))
            except asyncio.IncompleteReadError:
                await self._process.wait()
        self._gone.set()
        for lane in self._lanes.values():
            lane.put(None)

    def _deliver(self, number: int, answer: Answer) -> None:
        self.answered += answer[0] is Kind.HEARD
        lane = self._lanes.get(number)
        if lane is not None:
            lane.put(answer)

    async def _listen_to_complaints(self) -> None:
        """Keep the end of what libvosk and Python write to the error stream."""
        while said := await self._err.read(_COMPLAINT_BYTES):
            self._complaint = (self._complaint + said)[-_COMPLAINT_BYTES:]

    async def end(self) -> None:
        """Kill it and wait until it is gone."""
        self.kill()
        await self._process.wait()


@asynccontextmanager
async def speech_process(
    model: Path, *, threads: int, most_seconds: float, child: str = CHILD
) -> AsyncIterator[SpeechProcess]:
    """Start a child with this model, and end it with the context.

    It gets no environment (it needs no secrets), and a group of its own, so that Ctrl-C is the
    service's. A session of its own would have its share of the processor reckoned apart.
    """
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-P", "-m", child, str(model), str(threads), str(most_seconds)),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        env={"PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)},
        process_group=0,
    )
    process = SpeechProcess(started)
    async with asyncio.TaskGroup() as group:
        attending = group.create_task(process.attend())
        try:
            yield process
        finally:
            await process.end()
            await attending
