"""Sound that is heard while it comes, beside recordings, within a grammar, through a kill."""

import asyncio
import os

import pytest

from nlp.sound.audio import RATE, decode
from nlp.speech.recognition import Limits, SpeechPool
from nlp.speech.stream import SpeechStream
from nlp.speech.transcript import HeardWord, NotHeardError
from tests.nlp.speech.pool import CHUNK, children, running, words
from tests.nlp.speech.recordings import clip, transcripts


async def fed(stream: SpeechStream, sound: bytes) -> tuple[str, set[str]]:
    """Feed it as it comes on a line; return the words, and all that it sounded like between."""
    heard: list[HeardWord] = []
    partials = set()
    for start in range(0, len(sound), CHUNK):
        piece = await stream.feed(sound[start : start + CHUNK])
        heard += piece.words
        partials.add(piece.partial)
    heard += (await stream.finish()).words
    assert [word.start for word in heard] == sorted(word.start for word in heard)
    return " ".join(word.text for word in heard), partials


async def test_a_stream_is_heard_while_it_comes() -> None:
    sound = decode(clip("clip05.ogg"), most_seconds=60)
    async with running() as pool, pool.stream() as stream:
        heard, partials = await fed(stream, sound + bytes(RATE * 2) + sound)
        assert heard == f"{transcripts()['clip05.ogg']} {transcripts()['clip05.ogg']}"
        assert "我家楼下" in partials


async def test_streams_and_recordings_go_on_at_once() -> None:
    sounds = {name: decode(clip(name), most_seconds=60) for name in transcripts()}

    async def call(pool: SpeechPool, name: str) -> tuple[str, str]:
        async with pool.stream() as stream:
            heard, _ = await fed(stream, sounds[name])
        return heard, words(await pool.transcribe(clip(name)))

    async with running() as pool:
        for name, heard in zip(
            sounds, await asyncio.gather(*[call(pool, name) for name in sounds]), strict=True
        ):
            assert heard == (transcripts()[name],) * 2


async def test_a_grammar_limits_what_is_heard() -> None:
    sound = decode(clip("clip11.wav"), most_seconds=60)
    phrases = ["电话", *"零幺二三四五六七八九", "a word it does not know"]
    async with running() as pool:
        async with pool.stream(phrases) as stream:
            assert (await fed(stream, sound))[0] == transcripts()["clip11.wav"]
        for useless in ([], [""], ["[unk]"], ["Aufzug"], ['"'], ["\\"]):
            with pytest.raises(NotHeardError, match="grammar"):
                async with pool.stream(useless):
                    pass
        assert pool.ready


async def test_a_stream_outlives_its_child() -> None:
    sound = decode(clip("clip05.ogg"), most_seconds=60)
    middle = len(sound) // 2 // CHUNK * CHUNK
    async with running() as pool, pool.stream() as stream:
        await stream.feed(sound[:middle])
        (child,) = children()
        os.kill(child, 9)
        heard, _ = await fed(stream, sound[middle:])
        assert heard == transcripts()["clip05.ogg"]


async def test_more_streams_than_allowed_are_refused() -> None:
    async with running(limits=Limits(streams=1)) as pool:
        async with pool.stream():
            with pytest.raises(NotHeardError, match="busy"):
                async with pool.stream():
                    pass
        async with pool.stream():
            pass
