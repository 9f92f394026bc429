"""Sound that is recognised while it comes, as on a telephone line."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from nlp.sound.audio import seconds_of
from nlp.speech.frames import Heard, Kind, unpack_heard
from nlp.speech.process import ChildGoneError, SpeechProcess
from nlp.speech.transcript import NotHeardError

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait for words: a little at least, and so much for each second of sound."""

    least_seconds: float = 10.0
    seconds_per_second: float = 4.0

    def seconds(self, sound_seconds: float) -> float:
        """Return the time limit for so much sound."""
        return self.least_seconds + self.seconds_per_second * sound_seconds


class SpeechStream:
    """One stream; one call at a time. When the child ends, the sound is heard again by the next.

    Sound is 16 kHz mono, signed 16 bits little-endian. The times of words count from the beginning.
    """

    def __init__(
        self,
        process: Callable[[], Awaitable[SpeechProcess]],
        phrases: Sequence[str] | None,
        patience: Patience,
    ) -> None:
        self._process = process
        self._phrases = b"" if phrases is None else json.dumps(list(phrases)).encode()
        self._patience = patience
        self._lanes = ExitStack()
        self._unsettled = bytearray()
        self._settled = 0
        self._opened_at = 0

    async def open(self) -> None:
        """Begin; NotHeardError."""
        await self._twice(self._open, self._open)

    async def feed(self, sound: bytes) -> Heard:
        """Listen to a piece; return the words it settled, and those that may still change."""
        self._unsettled += sound
        return await self._twice(
            partial(self._hear, Kind.FEED, sound), partial(self._again, Kind.FEED)
        )

    async def finish(self) -> Heard:
        """Return the last words; nothing can be fed after that."""
        return await self._twice(
            partial(self._hear, Kind.FINISH, b""), partial(self._again, Kind.FINISH)
        )

    def close(self) -> None:
        """Let the recogniser go."""
        self._lanes.close()

    async def _twice(
        self, first: Callable[[], Awaitable[_T]], second: Callable[[], Awaitable[_T]]
    ) -> _T:
        """Do the second when a child ends during the first."""
        try:
            return await first()
        except ChildGoneError:
            pass
        try:
            return await second()
        except ChildGoneError as error:
            raise NotHeardError("crashed") from error

    async def _open(self) -> None:
        self.close()
        self._opened_at = self._settled
        self._child = await self._process()
        self._lane = self._lanes.enter_context(self._child.lane())
        await self._ask(Kind.OPEN, self._phrases, Kind.READY)

    async def _again(self, kind: Kind) -> Heard:
        """Let another child hear what is not settled."""
        await self._open()
        heard = await self._hear(Kind.FEED, bytes(self._unsettled))
        if kind is Kind.FEED:
            return heard
        end = await self._hear(kind, b"")
        return replace(end, words=(*heard.words, *end.words))

    async def _hear(self, kind: Kind, sound: bytes) -> Heard:
        heard = unpack_heard(await self._ask(kind, sound, Kind.HEARD))
        settled = self._opened_at + heard.settled
        del self._unsettled[: settled - self._settled]
        self._settled = settled
        later = seconds_of(self._opened_at)
        words = [
            replace(word, start=word.start + later, end=word.end + later) for word in heard.words
        ]
        return replace(heard, words=words, settled=settled)

    async def _ask(self, kind: Kind, content: bytes, answer: Kind) -> bytes:
        try:
            async with asyncio.timeout(self._patience.seconds(seconds_of(len(content)))):
                await self._lane.send(kind, content)
                return await self._lane.answer(answer)
        except TimeoutError:
            self._child.kill()
            raise NotHeardError("timeout", retryable=True) from None
