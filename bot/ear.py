"""The ear of the telephone line: streams of the recogniser, in the line's own words."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import lru_cache, partial
from typing import Final

from channels.call import EarError, Hearing, Listener, SpokenWord
from nlp.speech.frames import Heard
from nlp.speech.recognition import SpeechPool
from nlp.speech.stream import SpeechStream
from nlp.speech.transcript import NotHeardError

ANYTHING_ELSE: Final = "[unk]"
"""How the recogniser writes what is none of the phrases."""

_GRAMMARS: Final = 64
"""As many as there are states to be listened in, and some to spare."""


class SpeechEar:
    """See `channels.call.Ear`. `cut` cuts a phrase into words, as the model may know them."""

    def __init__(self, pool: SpeechPool, cut: Callable[[str], Sequence[str]]) -> None:
        self._pool = pool
        self._grammar = lru_cache(maxsize=_GRAMMARS)(partial(as_grammar, cut=cut))
        self._beyond_the_model: set[tuple[str, ...]] = set()

    @asynccontextmanager
    async def listen(self, phrases: Sequence[str] | None) -> AsyncIterator[Listener]:
        """Listen; to anything where the model can't tell the phrases from anything else."""
        only = None if phrases is None else tuple(phrases)
        async with AsyncExitStack() as stack:
            with _told():
                listener = await self._open(stack, only)
            yield listener

    async def _open(self, stack: AsyncExitStack, phrases: tuple[str, ...] | None) -> "_Stream":
        if phrases is not None and phrases not in self._beyond_the_model:
            try:
                stream = self._pool.stream(self._grammar(phrases))
                return _Stream(await stack.enter_async_context(stream), anything=False)
            except NotHeardError as error:
                if error.code != "grammar":
                    raise
                self._beyond_the_model.add(phrases)
        return _Stream(await stack.enter_async_context(self._pool.stream()), anything=True)


class _Stream:
    """See `channels.call.Listener`."""

    def __init__(self, stream: SpeechStream, *, anything: bool) -> None:
        self._stream = stream
        self.anything = anything

    async def feed(self, sound: bytes) -> Hearing:
        """Listen to a piece."""
        with _told():
            return _hearing(await self._stream.feed(sound))

    async def finish(self) -> Hearing:
        """Return the last words."""
        with _told():
            return _hearing(await self._stream.finish())


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except NotHeardError as error:
        raise EarError(error.code) from error


def as_grammar(phrases: Iterable[str], cut: Callable[[str], Sequence[str]]) -> list[str]:
    """Return each phrase as words, and as single characters, with spaces between.

    Models differ in which words they know; the recogniser leaves out what its model does not.
    """
    ways = [way for phrase in phrases for way in (" ".join(cut(phrase)), " ".join(phrase))]
    return [*dict.fromkeys(ways), ANYTHING_ELSE]


def _hearing(heard: Heard) -> Hearing:
    words = tuple(
        SpokenWord(word.text, word.confidence, word.start, word.end)
        for word in heard.words
        if word.text != ANYTHING_ELSE
    )
    others = len(heard.words) - len(words)
    return Hearing(words, heard.partial.replace(ANYTHING_ELSE, ""), others)
