"""The real libvosk in its child, on the fixture; and children that end, hang, or never load."""

import asyncio
import json
import logging
import os
from pathlib import Path
from typing import Any

import pytest
import vosk  # type: ignore[import-untyped]

from nlp.sound.audio import RATE, decode
from nlp.speech.recognition import Limits, SpeechPool
from nlp.speech.transcript import NotHeardError, Transcript
from tests.nlp.speech.pool import CHUNK, QUICK, SPOILT, children, running, words
from tests.nlp.speech.recordings import (
    FORMATS,
    MODEL,
    clip,
    encoded,
    material,
    recordings_in,
    transcripts,
)
from tests.nlp.speech.spoilt_child import CANNOT_LOAD, ENDS, ENDS_ONCE, HANGS


def bare(model: Any, sound: bytes) -> list[dict[str, Any]]:
    """What Vosk gives without us."""
    recogniser = vosk.KaldiRecognizer(model, float(RATE))
    recogniser.SetWords(enable_words=True)
    results = [
        recogniser.Result()
        for start in range(0, len(sound), CHUNK // 2)
        if recogniser.AcceptWaveform(sound[start : start + CHUNK // 2])
    ]
    results.append(recogniser.FinalResult())
    return [word for result in results for word in json.loads(result).get("result", [])]


async def refusal(pool: SpeechPool, recording: bytes) -> tuple[str, bool]:
    with pytest.raises(NotHeardError) as told:
        await pool.transcribe(recording)
    return told.value.code, told.value.retryable


async def test_all_clips_are_heard_exactly() -> None:
    expected = transcripts()
    async with running() as pool:
        heard = await asyncio.gather(*[pool.transcribe(clip(name)) for name in expected])
        assert [words(one) for one in heard] == list(expected.values())
        assert pool.ready


async def test_every_format_is_heard() -> None:
    name = "clip05.ogg"
    sound = decode(clip(name), most_seconds=60)
    async with running() as pool:
        for label in FORMATS:
            heard = await pool.transcribe(encoded(sound, label))
            assert words(heard) == transcripts()[name], label


@pytest.mark.parametrize(("folder", "recordings"), material())
async def test_words_are_those_of_bare_vosk(folder: Path, recordings: Path) -> None:
    contents = [file.read_bytes() for file in recordings_in(recordings)]
    async with running(folder) as pool:
        heard = await asyncio.gather(*[pool.transcribe(content) for content in contents])
    vosk.SetLogLevel(-1)
    model = vosk.Model(str(folder))
    for content, transcript in zip(contents, heard, strict=True):
        expected = bare(model, decode(content, most_seconds=60))
        assert [word.text for word in transcript.words] == [word["word"] for word in expected]
        for ours, its in zip(transcript.words, expected, strict=True):
            # Vosk itself is not exact in these: two of its own runs differ in the last place.
            figures = (ours.confidence, ours.start, ours.end)
            assert figures == pytest.approx((its["conf"], its["start"], its["end"]), abs=0.001)


BAD = [("nothing", b""), ("text", b"no sound"), ("half a header", b"RIFF\0\0\0\0WAVEfmt ")]


async def test_what_can_not_be_heard_is_told() -> None:
    limits = Limits(most_seconds=4.0, most_bytes=50_000)
    async with running(limits=limits) as pool:
        for label, recording in BAD:
            assert await refusal(pool, recording) == ("undecodable", False), label
        assert await refusal(pool, clip("clip04.ogg")) == ("too_long", False)
        assert await refusal(pool, bytes(50_001)) == ("too_long", False)
        assert words(await pool.transcribe(clip("clip01.ogg"))) == transcripts()["clip01.ogg"]


async def test_silence_has_no_words() -> None:
    async with running() as pool:
        heard = await pool.transcribe(encoded(bytes(RATE * 2 * 3), "FLAC"))
        assert heard.text == ""


# A child that ends


async def test_a_killed_child_loses_no_recording() -> None:
    async with running() as pool:
        await pool.transcribe(clip("clip01.ogg"))
        long = encoded(decode(clip("clip01.ogg"), most_seconds=60) * 40, "FLAC")
        async with asyncio.TaskGroup() as group:
            hearing = group.create_task(pool.transcribe(long))
            await asyncio.sleep(0.2)
            (child,) = children()
            os.kill(child, 9)
        assert words(hearing.result()).count(transcripts()["clip01.ogg"]) > 30
        assert child not in children()


async def test_a_child_killed_while_it_loads_is_no_missing_model() -> None:
    async with running() as pool, asyncio.TaskGroup() as group:
        waiting = group.create_task(refusal(pool, clip("clip01.ogg")))
        while not (found := children()):
            await asyncio.sleep(0.01)
        os.kill(found[0], 9)
        assert await waiting == ("busy", True)
        async with asyncio.timeout(20):
            while not pool.ready:
                await asyncio.sleep(0.01)
        assert words(await pool.transcribe(clip("clip01.ogg"))) == transcripts()["clip01.ogg"]


async def test_what_ended_a_child_is_tried_once_more(tmp_path: Path) -> None:
    once = ENDS_ONCE + bytes(tmp_path / "seen") + b"\n" + clip("clip06.ogg")
    async with running(child=SPOILT) as pool:
        assert words(await pool.transcribe(once)) == transcripts()["clip06.ogg"]


async def test_a_poisonous_recording_harms_only_itself() -> None:
    expected = transcripts()
    async with running(child=SPOILT) as pool:
        outcomes = await asyncio.gather(
            *[pool.transcribe(one) for one in (ENDS, *map(clip, expected), ENDS)],
            return_exceptions=True,
        )
    first, *others, last = outcomes
    for one in (first, last):
        assert isinstance(one, NotHeardError)
        assert (one.code, one.retryable) == ("crashed", False)
    heard = [one for one in others if isinstance(one, Transcript)]
    assert [words(one) for one in heard] == list(expected.values())


async def test_what_lasts_too_long_is_ended() -> None:
    async with running(child=SPOILT, limits=QUICK) as pool:
        await pool.transcribe(clip("clip02.ogg"))
        async with asyncio.TaskGroup() as group:
            other = group.create_task(pool.transcribe(clip("clip01.ogg")))
            assert await refusal(pool, HANGS) == ("timeout", True)
        assert words(other.result()) == transcripts()["clip01.ogg"]
        assert await refusal(pool, HANGS) == ("timeout", False)


async def test_more_than_can_wait_is_refused() -> None:
    async with running(child=SPOILT, limits=Limits(waiting=2)) as pool:
        await pool.transcribe(clip("clip01.ogg"))
        async with asyncio.TaskGroup() as group:
            tasks = []
            for _ in range(6):  # three are at work, one is about to be, two wait
                tasks.append(group.create_task(pool.transcribe(HANGS)))
                await asyncio.sleep(0.01)
            assert await refusal(pool, clip("clip01.ogg")) == ("busy", True)
            for task in tasks:
                task.cancel()


async def test_who_waits_when_it_ends_may_try_again() -> None:
    pool = SpeechPool(MODEL, threads=1, child=SPOILT)
    async with asyncio.TaskGroup() as group:
        run = group.create_task(pool.run())
        refused = group.create_task(refusal(pool, HANGS))
        await asyncio.sleep(0.1)
        run.cancel()
    assert refused.result() == ("busy", True)
    assert children() == []


async def test_a_caller_who_goes_away_leaves_no_trace() -> None:
    async with running() as pool:
        for _ in range(10):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await pool.transcribe(clip("clip05.ogg"))
        assert words(await pool.transcribe(clip("clip01.ogg"))) == transcripts()["clip01.ogg"]


# No model


async def test_without_a_model_nothing_is_heard() -> None:
    async with running(None) as pool:
        assert not pool.ready
        assert await refusal(pool, clip("clip01.ogg")) == ("no_model", False)
        with pytest.raises(NotHeardError, match="no_model"):
            async with pool.stream():
                pass


NO_MODELS = [
    ("no folder", ("no_model", False)),
    ("no model", ("no_model", False)),
    (CANNOT_LOAD, ("busy", True)),  # it may have been killed, so the next one may do better
]


@pytest.mark.parametrize(("kind", "told"), NO_MODELS)
async def test_what_is_no_model_is_told(
    tmp_path: Path, kind: str, told: tuple[str, bool], caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / kind
    if kind != "no folder":
        folder.mkdir()
    with caplog.at_level(logging.WARNING):
        async with running(folder, child=SPOILT) as pool:
            assert await refusal(pool, clip("clip01.ogg")) == told
            assert not pool.ready
    assert str(folder) in caplog.text
    assert len(caplog.records) == 1
