"""The real eSpeak NG out of its wheel."""

import pytest

from nlp.espeak import Espeak, EspeakError
from tests.nlp.sounds import level, seconds

READ = [
    ("a broken lift", "cmn", "电梯坏了", "tˈiɛ5n thˈi5 χˈuai5 lˈə1"),
    ("the same in Cantonese", "yue", "电梯坏了", "dˈi6n tˈai1 wˈaai6 lˈiu5"),
    ("several clauses", "cmn", "请讲，好", "tɕhˈi2ŋ tɕˈiɑ2ŋ χˈɑu2"),
]


@pytest.fixture(scope="module")
def espeak() -> Espeak:
    return Espeak()


@pytest.mark.parametrize(("label", "voice", "text", "expected"), READ)
def test_chinese_is_read_as_chinese(
    espeak: Espeak, label: str, voice: str, text: str, expected: str
) -> None:
    assert espeak.phonemes(text, voice=voice) == expected, label


def test_a_sentence_sounds_and_slowly_it_lasts_longer(espeak: Espeak) -> None:
    text = "您好，这里是幸福里社区。"
    fast = espeak.speak(text, voice="cmn", words_per_minute=150)
    slow = espeak.speak(text, voice="cmn", words_per_minute=110)
    assert 2.0 < seconds(fast, espeak.rate) < 4.5
    assert seconds(slow, espeak.rate) > 1.2 * seconds(fast, espeak.rate)
    assert level(fast) > 1_000


@pytest.mark.parametrize(
    "text", ["", "。", "\0", "🙂", "\ud800", "a" * 5_000, "<speak>&amp;</speak>"]
)
def test_no_text_ends_it(espeak: Espeak, text: str) -> None:
    espeak.speak(text, voice="cmn", words_per_minute=150)
    assert espeak.speak("好", voice="cmn", words_per_minute=150)


def test_a_voice_that_is_not_there(espeak: Espeak) -> None:
    with pytest.raises(EspeakError, match="no voice nowhere"):
        espeak.speak("好", voice="nowhere", words_per_minute=150)
