"""Sound for the telephone, made by supervised children: texts spoken, recordings made fit.

eSpeak NG keeps its state in globals and reads any text in C, so it has processes of its own, each
with one task at a time: a sentence of ten seconds takes a twentieth of a second (docs/adr/0020).
"""

import asyncio
import logging
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeVar

from nlp.voice.frames import HEADER, Kind, Spoken, frame

CHILD: Final = "nlp.voice.child"
CHILDREN: Final = 2
"""Twenty callers whose sentences are new at the same moment hear them within half a second."""
TEXT_MOST: Final = 600
RECORDING_BYTES_MOST: Final = 8 * 1024**2
RECORDING_SECONDS_MOST: Final = 60.0
_WAITING_MOST: Final = 256
_RATES: Final = {False: 150, True: 110}
_Pipe = TypeVar("_Pipe", asyncio.StreamReader, asyncio.StreamWriter)
_log = logging.getLogger(__name__)


class SoundError(Exception):
    """No sound came of it.

    `code`: undecodable, too_long, silent (the recording is of no use), busy, failed.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a task may last, the start of a child, and all of it with the wait for a turn."""

    task_seconds: float = 5.0
    start_seconds: float = 20.0
    answer_seconds: float = 10.0


@dataclass(slots=True)
class _Task:
    frame: bytes
    outcome: "asyncio.Future[bytes]"


class VoiceProcess:
    """Makes sound as long as `run` runs: 8 kHz mono, 16 bits, trimmed, equally loud.

    Children work at once where many wait. What was asked when one ended is asked of the next.
    """

    def __init__(
        self, child: str = CHILD, *, patience: Patience | None = None, children: int = CHILDREN
    ) -> None:
        self._patience = patience or Patience()
        self._children = [_Child(child, self._patience) for _ in range(children)]
        self._tasks: asyncio.Queue[_Task] = asyncio.Queue(_WAITING_MOST)
        self._crowded = asyncio.Event()

    async def speak(self, text: str, *, voice: str, slow: bool) -> bytes:
        """Return the text as eSpeak NG reads it in that language; of a long one the beginning."""
        spoken = Spoken(text[:TEXT_MOST], voice, _RATES[slow])
        return await self._ask(Kind.SPEAK, spoken.packed())

    async def prepare(self, recording: bytes) -> bytes:
        """Return the sound of a recording in any common format."""
        if len(recording) > RECORDING_BYTES_MOST:
            raise SoundError("too_long")
        return await self._ask(Kind.PREPARE, recording)

    async def slowed(self, sound: bytes) -> bytes:
        """Return sound of the line a third longer, and no lower."""
        return await self._ask(Kind.SLOW, sound)

    async def run(self) -> None:
        """Work until cancelled; one child is ready before anybody calls, others when many wait."""
        first, *others = self._children
        async with asyncio.TaskGroup() as group:
            group.create_task(self._work(first))
            for child in others:
                group.create_task(self._help(child))

    async def _help(self, child: "_Child") -> None:
        await self._crowded.wait()
        await self._work(child)

    async def _work(self, child: "_Child") -> None:
        try:
            await child.answered(frame(Kind.SLOW, b""))  # so that there is a process
            while True:
                task = await self._tasks.get()
                if not task.outcome.done():
                    _settle(task.outcome, await child.answered(task.frame))
        finally:
            await child.end()

    async def _ask(self, kind: Kind, content: bytes) -> bytes:
        task = _Task(frame(kind, content), asyncio.get_running_loop().create_future())
        try:
            self._tasks.put_nowait(task)
            if self._tasks.qsize() > 1:
                self._crowded.set()
            async with asyncio.timeout(self._patience.answer_seconds):
                return await task.outcome
        except (asyncio.QueueFull, TimeoutError):
            raise SoundError("busy") from None


class _Child:
    """A process that does one task at a time; started when it is needed."""

    def __init__(self, module: str, patience: Patience) -> None:
        self._module = module
        self._patience = patience
        self._process: Process | None = None

    async def answered(self, task: bytes) -> bytes | SoundError:
        """Return the sound, or why there is none."""
        for _ in range(2):
            try:
                kind, content = await self._exchange(task)
            except TimeoutError:
                _log.warning("the voice takes too long: starting it again")
                await self.end()
                break
            except (OSError, asyncio.IncompleteReadError) as error:
                _log.warning("the voice ended (%r): starting it again", error)
                await self.end()
            else:
                return content if kind is Kind.SOUND else _failure(content.decode())
        return SoundError("failed")

    async def end(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _exchange(self, task: bytes) -> tuple[Kind, bytes]:
        if self._process is None:
            self._process = await self._start()
            async with asyncio.timeout(self._patience.start_seconds):
                await _answer_of(self._process)
        async with asyncio.timeout(self._patience.task_seconds):
            _pipe(self._process.stdin).write(task)
            await _pipe(self._process.stdin).drain()
            return await _answer_of(self._process)

    async def _start(self) -> Process:
        """Start it without environment, in a group of its own: Ctrl-C is the service's."""
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-P", "-m", self._module, str(RECORDING_SECONDS_MOST)),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env={"PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)},
            process_group=0,
        )


async def _answer_of(process: Process) -> tuple[Kind, bytes]:
    answers = _pipe(process.stdout)
    kind, length = HEADER.unpack(await answers.readexactly(HEADER.size))
    return Kind(kind), await answers.readexactly(length)


def _pipe(pipe: _Pipe | None) -> _Pipe:
    if pipe is None:
        raise RuntimeError("the child has no pipes")
    return pipe


def _failure(told: str) -> SoundError:
    code, _, why = told.partition(" ")
    if why:
        _log.error("the voice failed at a task: %s", why)
    return SoundError(code)


def _settle(outcome: "asyncio.Future[bytes]", answer: bytes | SoundError) -> None:
    """Answer who asked, unless nobody waits any more."""
    if outcome.done():
        return
    if isinstance(answer, SoundError):
        outcome.set_exception(answer)
    else:
        outcome.set_result(answer)
