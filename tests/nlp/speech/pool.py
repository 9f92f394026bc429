"""A pool of children that is run for a test, and what is left of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from nlp.sound.audio import RATE
from nlp.speech.process import CHILD
from nlp.speech.recognition import Limits, SpeechPool
from nlp.speech.stream import Patience
from nlp.speech.transcript import Transcript
from tests.nlp.speech.recordings import MODEL

SPOILT = "tests.nlp.speech.spoilt_child"
QUICK = Limits(decode_seconds=1.0, patience=Patience(least_seconds=5.0))
CHUNK = RATE * 2 // 5


@asynccontextmanager
async def running(model: Path | None = MODEL, **options: Any) -> AsyncIterator[SpeechPool]:
    pool = SpeechPool(model, threads=2, **options)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(pool.run())
        yield pool
        task.cancel()
    assert not pool.ready
    assert children() == []


def children() -> list[int]:
    """The processes that this one has started and that are still there, zombies included."""
    found = []
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError):  # threads and processes end while they are looked at
            numbers = (task / "children").read_text(encoding="ascii").split()
            found += [int(number) for number in numbers if _is_ours(number)]
    return found


def _is_ours(number: str) -> bool:
    try:
        command = Path(f"/proc/{number}/cmdline").read_bytes()
    except FileNotFoundError:
        return False
    return CHILD.encode() in command or SPOILT.encode() in command or not command


def words(transcript: Transcript) -> str:
    return " ".join(word.text for word in transcript.words)
