"""The speaking child: real sound, and a child that ends, hangs, or never starts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from nlp.sound.wav import as_wav
from nlp.voice.synthesis import CHILD, TEXT_MOST, Patience, SoundError, VoiceProcess
from tests.nlp.sound.sounds import level, seconds, sine
from tests.nlp.speech.recordings import encoded
from tests.nlp.voice.spoilt_voice import ENDS, HANGS

SPOILT = "tests.nlp.voice.spoilt_voice"
QUICK = Patience(task_seconds=0.3)


@asynccontextmanager
async def running(child: str = CHILD, **options: Any) -> AsyncIterator[VoiceProcess]:
    voice = VoiceProcess(child, **options)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(voice.run())
        yield voice
        task.cancel()


async def test_texts_become_sound_and_slowly_they_last_longer() -> None:
    async with running() as voice:
        fast, slow, cantonese = [
            await voice.speak("电梯坏了，请讲", voice=language, slow=slow)
            for language, slow in (("cmn", False), ("cmn", True), ("yue", False))
        ]
    assert 1.0 < seconds(fast) < 4.0
    assert seconds(slow) > 1.2 * seconds(fast)
    assert level(fast) > 3_000
    assert cantonese != fast


async def test_of_a_text_that_is_too_long_the_beginning_is_said() -> None:
    async with running() as voice:
        whole = await voice.speak("长" * TEXT_MOST, voice="cmn", slow=False)
        longer = await voice.speak("长" * 100_000, voice="cmn", slow=False)
    assert seconds(longer) == pytest.approx(seconds(whole), abs=0.1)


@pytest.mark.parametrize("label", ["WebM Opus, Chrome", "mp4 AAC, Safari", "WAV"])
async def test_recordings_of_browsers_are_made_fit(label: str) -> None:
    async with running() as voice:
        made = await voice.prepare(encoded(sine(1.5, rate=16_000), label))
    assert seconds(made) == pytest.approx(1.5, abs=0.1)
    assert 4_500 < level(made) < 5_500


REFUSED = [
    ("junk", b"junk", "undecodable"),
    ("nothing", b"", "undecodable"),
    ("silence", as_wav(bytes(32_000), 16_000), "silent"),
    ("more than a minute", as_wav(sine(61.0, rate=16_000), 16_000), "too_long"),
    ("too many bytes", bytes(8 * 1024**2 + 1), "too_long"),
]


@pytest.mark.parametrize(("label", "recording", "code"), REFUSED)
async def test_recordings_of_no_use(label: str, recording: bytes, code: str) -> None:
    async with running() as voice:
        with pytest.raises(SoundError) as refused:
            await voice.prepare(recording)
    assert refused.value.code == code, label


@pytest.mark.parametrize("poison", [ENDS, HANGS])
async def test_a_child_that_ends_or_hangs_is_started_again(poison: bytes) -> None:
    async with running(SPOILT, patience=QUICK) as voice:
        with pytest.raises(SoundError) as failed:
            await voice.prepare(poison)
        assert failed.value.code == "failed"
        assert await voice.speak("好", voice="cmn", slow=False)


async def test_who_waits_behind_others_is_served_by_another_child() -> None:
    async with running(SPOILT) as voice, asyncio.TaskGroup() as group:
        stuck = group.create_task(voice.prepare(HANGS))
        said = [voice.speak(text, voice="cmn", slow=False) for text in ("好", "请讲", "再见")]
        assert all(await asyncio.gather(*said))
        assert not stuck.done()
        stuck.cancel()


async def test_a_child_that_never_starts() -> None:
    async with running("tests.nlp.no_such_module") as voice:
        with pytest.raises(SoundError) as failed:
            await voice.speak("好", voice="cmn", slow=False)
    assert failed.value.code == "failed"


async def test_a_voice_that_does_not_run_is_busy() -> None:
    voice = VoiceProcess(patience=Patience(answer_seconds=0.05))
    with pytest.raises(SoundError) as failed:
        await voice.speak("好", voice="cmn", slow=False)
    assert failed.value.code == "busy"


async def test_who_no_longer_waits_harms_nobody() -> None:
    async with running() as voice:
        try:
            async with asyncio.timeout(0):
                await voice.speak("您好" * 100, voice="cmn", slow=False)
        except TimeoutError:
            pass
        assert seconds(await voice.speak("好", voice="cmn", slow=False)) < 1.0
