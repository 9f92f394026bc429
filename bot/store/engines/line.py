"""Units that wait for the one writer: whoever wants an answer goes first, the patient behind."""

import asyncio
import queue
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from bot.ports.storage import Tx

_BATCH_MOST: Final = 256
_BATCH_SECONDS: Final = 0.05
_SOON_SECONDS: Final = 0.005
"""So long the patient may hold up a transaction for which somebody waits."""


@dataclass(slots=True)
class Job:
    """A unit, and who is to have its result."""

    unit: Callable[[Tx], Any]
    answer: asyncio.Future[Any]
    patient: bool
    result: Any = None
    error: BaseException | None = None


class Line:
    """Jobs are put by any thread and taken by one."""

    def __init__(self) -> None:
        self._prompt: deque[Job] = deque()
        self._patient: deque[Job] = deque()
        self._signs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        """One for each job that waits, in whatever order they are taken; None for the end."""

    def put(self, job: Job) -> None:
        """Let the job wait."""
        (self._patient if job.patient else self._prompt).append(job)
        self._signs.put(job)

    def close(self) -> None:
        """Let the line end when what waits is done."""
        self._signs.put(None)

    def first(self) -> Job | None:
        """Wait for a job; None when the line has ended."""
        return None if self._signs.get() is None else self._pop()

    def batch(self, jobs: list[Job]) -> Iterator[Job]:
        """Yield the only one of the jobs, and more for the same transaction, which are added.

        It ends by number and by time. Who waits for an answer waits for the whole of it: then it
        ends as soon as nobody else does. One of the patient is let in all the same: they get on
        however many others come.
        """
        began = time.monotonic()
        prompt = patient = False
        while True:
            job = jobs[-1]
            yield job
            prompt, patient = prompt or not job.patient, patient or job.patient
            if len(jobs) == _BATCH_MOST:
                return
            passed = time.monotonic() - began
            has_time = passed < (_SOON_SECONDS if prompt else _BATCH_SECONDS)
            takes = bool(self._prompt) and passed < _BATCH_SECONDS
            if not takes and not (self._patient and (has_time or not patient)):
                return
            self._signs.get()
            jobs.append((self._prompt if takes else self._patient).popleft())

    def _pop(self) -> Job:
        return (self._prompt or self._patient).popleft()
