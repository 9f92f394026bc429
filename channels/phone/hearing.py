"""From what is said to words, while it is said."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Final

from channels.call import Ear, EarError, Listening, Say, SpokenWord
from channels.phone.attention import Attention
from channels.phone.figures import Figures

BEHIND_SECONDS: Final = 8.0
"""So long a caller waits for the words of what she has said; then a person listens to it."""
DIGITS: Final = ("零", "幺", "一", "二", "三", "四", "五", "六", "七", "八", "九")

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
        return await _heard(attention, ear, say, figures)
    except EarError as error:
        _log.warning("what a caller said is not recognised now: %s", error)
    except TimeoutError:
        _log.warning("recognition is more than %d seconds behind", BEHIND_SECONDS)
    return ()


async def _heard(
    attention: Attention, ear: Ear, say: Say, figures: Figures
) -> tuple[SpokenWord, ...]:
    """EarError, TimeoutError: a recogniser with too much to do is left alone."""
    words: list[SpokenWord] = []
    async with AsyncExitStack() as stack:
        async with asyncio.timeout(BEHIND_SECONDS):
            listener = await stack.enter_async_context(ear.listen(phrases_of(say)))
        async for piece, due in attention.pieces():
            async with asyncio.timeout(BEHIND_SECONDS):
                hearing = await listener.feed(piece)
            now = asyncio.get_running_loop().time()
            figures.lags.extend(now - one for one in due)
            words += hearing.words
            attention.understood("".join(word.text for word in words) + hearing.partial)
        words += (await listener.finish()).words
    return tuple(words)
