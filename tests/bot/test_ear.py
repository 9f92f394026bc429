"""The line's ear over the real recogniser."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from bot.ear import SpeechEar, as_grammar
from channels.call import EarError, Hearing
from nlp.sound.audio import decode
from nlp.speech.recognition import Limits, SpeechPool
from nlp.text.segment import Segmenter
from tests.nlp.speech.recordings import MODEL, clip, transcripts

PIECE = 6400


@asynccontextmanager
async def ear(*, streams: int = 4) -> AsyncIterator[SpeechEar]:
    pool = SpeechPool(MODEL, threads=1, limits=Limits(streams=streams))
    async with asyncio.TaskGroup() as group:
        running = group.create_task(pool.run())
        yield SpeechEar(pool, Segmenter().cut)
        running.cancel()


async def heard(ears: SpeechEar, name: str, phrases: Sequence[str] | None) -> tuple[str, str]:
    """The words, and the last that was heard before the end."""
    sound = decode(clip(name), most_seconds=60)
    words, last = "", Hearing()
    async with ears.listen(phrases) as listener:
        for start in range(0, len(sound), PIECE):
            last = await listener.feed(sound[start : start + PIECE])
            words += "".join(word.text for word in last.words)
        words += "".join(word.text for word in (await listener.finish()).words)
    return words, last.partial


async def test_anything_is_heard() -> None:
    expected = transcripts()["clip05.ogg"].replace(" ", "")
    async with ear() as ears:
        assert (await heard(ears, "clip05.ogg", None))[0] == expected


NUMBER = transcripts()["clip11.wav"].replace(" ", "")
PHRASES = [
    ("digits are heard among digits", (*"零幺一二三四五六七八九", "电话"), NUMBER),
    ("what is none of the phrases is nothing", ("是", "不是"), ""),
    ("phrases that the model does not know are no limit", ("魑魅魍魉",), NUMBER),
]


@pytest.mark.parametrize(("label", "phrases", "expected"), PHRASES)
async def test_phrases(label: str, phrases: Sequence[str], expected: str) -> None:
    async with ear() as ears:
        words, partial = await heard(ears, "clip11.wav", phrases)
        assert words == expected, label
        assert "[" not in partial


async def test_trouble_is_told_in_the_lines_words() -> None:
    async with ear(streams=1) as ears, ears.listen(None):
        with pytest.raises(EarError, match="busy"):
            async with ears.listen(None):
                pass
    with pytest.raises(EarError, match="no_model"):
        async with SpeechEar(SpeechPool(None), list).listen(["是"]):
            pass


def test_a_phrase_is_given_as_words_and_as_characters() -> None:
    cut = {"听进度": ["听", "进度"], "是": ["是"]}.__getitem__
    assert as_grammar(["听进度", "是"], cut) == ["听 进度", "听 进 度", "是", "[unk]"]
