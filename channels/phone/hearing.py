"""From what is said to words, while it is said."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Final

from channels.call import Ear, EarError, Hearing, Listener, Listening, Say, SpokenWord
from channels.phone.attention import Attention
from channels.phone.figures import Figures

BEHIND_SECONDS: Final = 8.0
"""So long a caller waits for the words of what she has said; then a person listens to it."""
DIGITS: Final = ("零", "幺", "一", "二", "三", "四", "五", "六", "七", "八", "九")
_OTHER_MOST: Final = 2
"""A cough beside a yes is one word that is no phrase; more of them are a sentence."""

_log = logging.getLogger(__name__)


async def words_of(
    attention: Attention, ear: Ear, say: Say, figures: Figures
) -> tuple[SpokenWord, ...]:
    """Return the words, once she has ended; none when they can't be recognised now.

    Nothing is recognised before she begins, so a silent line costs the recogniser nothing.
    """
    if not await attention.begins():
        return ()
    async with asyncio.TaskGroup() as group:
        hearing = group.create_task(_hear(attention, ear, say, figures))
        await attention.over
        await asyncio.wait({hearing}, timeout=BEHIND_SECONDS)
        if not hearing.done():
            _log.warning("recognition is more than %d seconds behind", BEHIND_SECONDS)
            hearing.cancel()
    return () if hearing.cancelled() else hearing.result()


def phrases_of(say: Say) -> Sequence[str] | None:
    """Return the only phrases that are listened for; None for anything."""
    match say.listening:
        case Listening.CHOICE:
            return say.phrases or None
        case Listening.DIGITS:
            return (*DIGITS, *say.phrases)
        case _:
            return None


async def _hear(
    attention: Attention, ear: Ear, say: Say, figures: Figures
) -> tuple[SpokenWord, ...]:
    try:
        async with AsyncExitStack() as stack:
            return await _heard(attention, Hearer(ear, phrases_of(say), stack), figures)
    except EarError as error:
        _log.warning("what a caller said is not recognised now: %s", error)
    except TimeoutError:
        _log.warning("recognition is more than %d seconds behind", BEHIND_SECONDS)
    return ()


async def _heard(
    attention: Attention, hearer: "Hearer", figures: Figures
) -> tuple[SpokenWord, ...]:
    """EarError, TimeoutError: a recogniser with too much to do is left alone."""
    async with asyncio.timeout(BEHIND_SECONDS):
        await hearer.open()
    async for sound, due in attention.pieces():
        async with asyncio.timeout(BEHIND_SECONDS):
            text = await hearer.feed(sound)
        now = asyncio.get_running_loop().time()
        figures.lags.extend(now - one for one in due)
        attention.understood(text)
    async with asyncio.timeout(BEHIND_SECONDS):
        return await hearer.finish()


class Hearer:
    """Listens for the phrases, where there are some, and for anything from when it is none of them.

    So whoever answers 对吗 with what is wrong, or with 着火了, is heard all the same.
    """

    def __init__(self, ear: Ear, phrases: Sequence[str] | None, stack: AsyncExitStack) -> None:
        self._ear = ear
        self._phrases = phrases
        self._stack = stack
        self._sound = bytearray()
        self._words: list[SpokenWord] = []
        self._other = 0

    async def open(self) -> None:
        """Begin."""
        self._listener: Listener = await self._stack.enter_async_context(
            self._ear.listen(self._phrases)
        )
        if self._listener.anything:
            self._phrases = None

    async def feed(self, sound: bytes) -> str:
        """Listen to a piece, and return all that was understood so far."""
        if self._phrases is not None:
            self._sound += sound
        said = self._take(await self._listener.feed(sound))
        if self._phrases is not None and not self._may_become(said, self._phrases):
            said = self._take(await self._anew())
        return said

    async def finish(self) -> tuple[SpokenWord, ...]:
        """Return the words."""
        said = self._take(await self._listener.finish())
        if self._phrases is not None and not self._is_one(said, self._phrases):
            self._take(await self._anew())
            self._take(await self._listener.finish())
        return tuple(self._words)

    async def _anew(self) -> Hearing:
        """Listen to all of it once more, for anything."""
        await self._stack.aclose()
        self._phrases, self._words, self._other = None, [], 0
        await self.open()
        return await self._listener.feed(bytes(self._sound))

    def _take(self, hearing: Hearing) -> str:
        self._words += hearing.words
        self._other += hearing.others
        return "".join(word.text for word in self._words) + hearing.partial

    def _may_become(self, said: str, phrases: Sequence[str]) -> bool:
        return _is_number(said) or any(phrase.startswith(said) for phrase in phrases)

    def _is_one(self, said: str, phrases: Sequence[str]) -> bool:
        return self._other <= _OTHER_MOST and bool(said) and (_is_number(said) or said in phrases)


def _is_number(said: str) -> bool:
    return all(character in DIGITS for character in said)
