"""The real eSpeak NG out of its wheel."""

import ctypes
from pathlib import Path

import pytest

from nlp.voice.espeak import Espeak, EspeakError
from nlp.voice.respelled import characters, respelled, without_endings
from tests.nlp.sound.sounds import level, seconds

_IPA = 2

READ = [
    ("a broken lift", "cmn", "电梯坏了", "tˈiɛ5n thˈi5 χˈuai5 lə1"),
    ("the same in Cantonese", "yue", "电梯坏了", "dˈi6n tˈai1 wˈaai6 lˈiu5"),
    ("several clauses", "cmn", "请讲，好", "tɕhˈiɜŋ tɕˈiɑ2ŋ χˈɑu2"),
    ("a syllable that it lacks", "cmn", "胸口疼", "ɕjˈonɡ5 khˈou2 thˈəɜŋ"),
    ("another", "cmn", "穷", "tɕhjˈonɡɜ"),
    ("the third", "cmn", "窘", "tɕjˈonɡ2"),
    ("an ending", "cmn", "在哪儿", "tsˈai5 nɑ2li4"),
    ("brackets are no phonemes", "cmn", "[[S;]]好", "(en)ˈɛ5s(cmn) χˈɑu2"),
]


@pytest.fixture(scope="module")
def espeak() -> Espeak:
    return Espeak()


def phonemes(espeak: Espeak, text: str, voice: str, file: Path) -> str:
    """How the text is read, as the library itself writes it down."""
    libc = ctypes.CDLL(None)
    libc.fopen.restype = ctypes.c_void_p
    trace = vars(espeak)["_library"].espeak_SetPhonemeTrace
    stream = ctypes.c_void_p(libc.fopen(bytes(file), b"w"))
    trace(_IPA, stream)
    espeak.speak(text, voice=voice, words_per_minute=150)
    trace(0, None)
    libc.fclose(stream)
    return " ".join(file.read_text("utf-8").split())


@pytest.mark.parametrize(("label", "voice", "text", "expected"), READ)
def test_chinese_is_read_as_chinese(
    espeak: Espeak, tmp_path: Path, label: str, voice: str, text: str, expected: str
) -> None:
    assert phonemes(espeak, text, voice, tmp_path / "trace") == expected, label


def test_nothing_that_is_put_right_is_spelled_in_english(espeak: Espeak, tmp_path: Path) -> None:
    for number, one in enumerate(characters()):
        read = phonemes(espeak, f"老{one}好", "cmn", tmp_path / str(number))
        assert "(en)" not in read, one


ENDINGS = [
    ("哪儿坏了", "哪里坏了"),
    ("一会儿再说", "一会再说"),
    ("没事儿", "没事"),
    ("一个儿子", "一个儿子"),
    ("女儿和幼儿园", "女儿和幼儿园"),
    ("儿童", "儿童"),
]


@pytest.mark.parametrize(("text", "expected"), ENDINGS)
def test_endings(text: str, expected: str) -> None:
    assert without_endings(text) == expected
    assert respelled(text) == expected


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
