"""Sound made fit for a telephone."""

import io
import wave

import pytest

from nlp.sound.line_sound import for_the_line, resampled, slowed
from nlp.sound.wav import as_wav, line_seconds, silence, tone
from tests.nlp.sound.sounds import level, peak, pitch, seconds, sine

LEVELS = [("whispered", 600), ("as usual", 3_000), ("shouted", 32_000)]


@pytest.mark.parametrize(("label", "loud"), LEVELS)
def test_all_are_equally_loud(label: str, loud: int) -> None:
    made = for_the_line(sine(2.0, peak=loud), 8_000)
    assert 4_500 < level(made) < 5_500, label


def test_a_shout_among_quiet_words_is_bent_not_cut() -> None:
    made = for_the_line(
        sine(2.0, peak=2_000) + sine(0.1, peak=30_000) + sine(2.0, peak=2_000), 8_000
    )
    assert 20_000 < peak(made) <= 32_767


def test_silence_around_the_words_goes_but_a_breath_stays() -> None:
    sound = bytes(16_000) + sine(1.0) + bytes(1_600) + sine(1.0) + bytes(32_000)
    assert seconds(for_the_line(sound, 8_000)) == pytest.approx(2.26, abs=0.05)


@pytest.mark.parametrize("sound", [b"", bytes(2), bytes(16_000)])
def test_there_is_nothing_to_hear(sound: bytes) -> None:
    assert for_the_line(sound, 8_000) == b""


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 48_000])
def test_any_rate_becomes_that_of_the_line(rate: int) -> None:
    made = resampled(sine(1.0, rate=rate), rate)
    assert seconds(made) == pytest.approx(1.0, abs=0.02)
    assert pitch(made) == pytest.approx(440, abs=10)


def test_slow_is_longer_and_no_lower() -> None:
    made = slowed(sine(2.0), 0.75)
    assert seconds(made) == pytest.approx(2.67, abs=0.05)
    assert pitch(made) == pytest.approx(440, abs=10)
    assert slowed(b"", 0.75) == b""


def test_a_wav_holds_the_sound() -> None:
    with wave.open(io.BytesIO(as_wav(sine(0.5)))) as reader:
        assert (reader.getframerate(), reader.getnchannels()) == (8_000, 1)
        assert reader.readframes(reader.getnframes()) == sine(0.5)


def test_sounds_of_nothing() -> None:
    assert line_seconds(silence(0.5)) == 0.5
    assert line_seconds(tone(0.5)) == 0.5
    assert pitch(tone(1.0)) == pytest.approx(425, abs=2)
