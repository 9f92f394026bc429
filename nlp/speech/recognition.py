"""Recognition of speech for the service: bounded, supervised, tried again where that is fair.

libvosk can end its process, so it runs in a child; one child with the model in memory once, and a
thread for each core, since libvosk lets others work while it decodes.
"""

import asyncio
import hashlib
import itertools
import logging
import os
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from nlp.speech.frames import Kind, unpack_heard
from nlp.speech.process import CHILD, ChildGoneError, SpeechProcess, speech_process
from nlp.speech.stream import Patience, SpeechStream
from nlp.speech.transcript import NotHeardError, Transcript

_FIRST_DELAY_SECONDS: Final = 0.1
_DELAY_SECONDS_MOST: Final = 60.0
_SLOW_REMEMBERED: Final = 256
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is taken on, and how long it may last."""

    most_bytes: int = 20 * 1024**2
    most_seconds: float = 600.0
    waiting: int = 32
    streams: int = 16
    load_seconds: float = 120.0
    decode_seconds: float = 30.0
    patience: Patience = field(default_factory=Patience)


@dataclass(slots=True, eq=False)
class _Job:
    recording: bytes
    outcome: "asyncio.Future[Transcript]"
    suspect: bool = False
    """It was being heard when a child ended, so it is tried again with nothing beside it."""

    def fail(self, error: NotHeardError) -> None:
        if not self.outcome.done():
            self.outcome.set_exception(error)

    def succeed(self, transcript: Transcript) -> None:
        if not self.outcome.done():
            self.outcome.set_result(transcript)


class SpeechPool:
    """Recordings and streams in, words out, as long as `run` runs."""

    def __init__(
        self,
        model: Path | None,
        *,
        threads: int | None = None,
        limits: Limits | None = None,
        child: str = CHILD,
    ) -> None:
        self._model = model
        self._threads = threads or os.cpu_count() or 1
        self._limits = limits or Limits()
        self._child = child
        self._ready = False
        self._current: asyncio.Future[SpeechProcess] | None = None
        self._at_once = self._threads + 1  # so that no thread waits for the service
        self._places = asyncio.Semaphore(self._at_once)
        self._queue: asyncio.PriorityQueue[tuple[bool, int, _Job]] = asyncio.PriorityQueue()
        self._numbers = itertools.count()
        self._jobs: set[_Job] = set()
        self._streams = 0
        self._slow: deque[bytes] = deque(maxlen=_SLOW_REMEMBERED)

    @property
    def ready(self) -> bool:
        """Say whether a model is loaded; what waited for one is worth trying once it is."""
        return self._ready

    async def transcribe(self, recording: bytes) -> Transcript:
        """Return what was heard in the encoded recording, any common format; NotHeardError."""
        if self._model is None:
            raise NotHeardError("no_model")
        if len(recording) > self._limits.most_bytes:
            raise NotHeardError("too_long")
        if self._queue.qsize() >= self._limits.waiting:
            raise NotHeardError("busy", retryable=True)
        job = _Job(recording, asyncio.get_running_loop().create_future())
        self._jobs.add(job)
        try:
            self._enqueue(job)
            return await job.outcome
        finally:
            self._jobs.discard(job)

    @asynccontextmanager
    async def stream(self, phrases: Sequence[str] | None = None) -> AsyncIterator[SpeechStream]:
        """Give a stream that hears anything, or only these phrases (words with spaces between).

        NotHeardError: no_model, busy, crashed, timeout, or grammar (the model knows no such words).
        """
        if self._streams >= self._limits.streams:
            raise NotHeardError("busy", retryable=True)
        stream = SpeechStream(self._process, phrases, self._limits.patience)
        self._streams += 1
        try:
            await stream.open()
            yield stream
        finally:
            self._streams -= 1
            stream.close()

    async def run(self) -> None:
        """Keep a child running and give it work, until cancelled."""
        if self._model is None:
            return
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._supervise(self._model))
                group.create_task(self._dispatch())
        finally:
            self._ready = False
            self._current = asyncio.get_running_loop().create_future()
            _refuse(self._current, NotHeardError("busy", retryable=True))
            for job in self._jobs:
                job.fail(NotHeardError("busy", retryable=True))

    # The child

    async def _supervise(self, model: Path) -> None:
        failures = 0
        while True:
            if self._current is None or self._current.done():
                self._current = asyncio.get_running_loop().create_future()
            try:
                useful, how = await self._one_child(model, self._current)
            except OSError as error:
                useful, how = False, str(error)
            failures = 0 if useful else failures + 1
            if failures <= 1:
                _log.warning("recognition of speech ended (%s), model %s: restarting", how, model)
            await asyncio.sleep(min(_FIRST_DELAY_SECONDS * 2**failures, _DELAY_SECONDS_MOST))

    async def _one_child(
        self, model: Path, offered: "asyncio.Future[SpeechProcess]"
    ) -> tuple[bool, str]:
        """Offer a child while it lives; say whether it was of use, and how it ended."""
        async with speech_process(
            model,
            threads=self._threads,
            most_seconds=self._limits.most_seconds,
            child=self._child,
        ) as process:
            self._ready = await process.loads(self._limits.load_seconds)
            if self._ready:
                offered.set_result(process)
                await process.gone()
                self._ready = False
                self._current = asyncio.get_running_loop().create_future()
            else:
                _refuse(offered, process.why_not)
        return process.answered > 0, process.how_it_ended

    async def _process(self) -> SpeechProcess:
        """Return the child, once it has loaded the model; NotHeardError when it can't."""
        while True:
            if self._model is None:
                raise NotHeardError("no_model")
            if self._current is None:
                self._current = asyncio.get_running_loop().create_future()
            process = await asyncio.shield(self._current)
            if not process.is_gone:
                return process
            await asyncio.sleep(0)  # the supervisor is about to see it too

    # Recordings

    def _enqueue(self, job: _Job) -> None:
        self._queue.put_nowait((not job.suspect, next(self._numbers), job))

    async def _dispatch(self) -> None:
        """Give each recording a place; a suspect one gets all, so that it is alone."""
        async with asyncio.TaskGroup() as group:
            while True:
                _, _, job = await self._queue.get()
                places = self._at_once if job.suspect else 1
                for _ in range(places):
                    await self._places.acquire()
                group.create_task(self._serve(job, places))

    async def _serve(self, job: _Job, places: int) -> None:
        try:
            if not job.outcome.done():
                job.succeed(await self._heard(job.recording))
        except ChildGoneError:
            self._after_crash(job)
        except NotHeardError as error:
            job.fail(error)
        finally:
            for _ in range(places):
                self._places.release()

    def _after_crash(self, job: _Job) -> None:
        if job.suspect:
            job.fail(NotHeardError("crashed"))
        else:
            job.suspect = True
            self._enqueue(job)

    async def _heard(self, recording: bytes) -> Transcript:
        process = await self._process()
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._limits.decode_seconds) as limit:
                with process.lane() as lane:
                    await lane.send(Kind.RECORDING, recording)
                    seconds = float(await lane.answer(Kind.LENGTH))
                    limit.reschedule(loop.time() + self._limits.patience.seconds(seconds))
                    return Transcript(unpack_heard(await lane.answer(Kind.HEARD)).words)
        except TimeoutError:
            process.kill()  # a thread that is stuck can't be ended otherwise
            raise self._too_slow(recording) from None

    def _too_slow(self, recording: bytes) -> NotHeardError:
        """It may be tried again once: the machine may have been busy."""
        mark = hashlib.sha256(recording).digest()
        known = mark in self._slow
        self._slow.append(mark)
        return NotHeardError("timeout", retryable=not known)


def _refuse(offered: "asyncio.Future[SpeechProcess]", error: NotHeardError) -> None:
    """There is no child; it may be that nobody asks for one."""
    offered.set_exception(error)
    offered.exception()
