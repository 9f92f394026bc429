"""Recordings of every kind, good and bad."""

import io
import struct
import wave
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.sound.audio import RATE, AudioError, decode, seconds_of
from tests.nlp.speech.recordings import FORMATS, clip, encoded, transcripts

SOUND = decode(clip("clip01.ogg"), most_seconds=60)
SEEDS = [encoded(SOUND[:64000], label) for label in FORMATS]


def wav(sound: bytes, rate: int = RATE) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(sound)
    return file.getvalue()


@pytest.mark.parametrize("name", transcripts())
def test_clips_are_decoded(name: str) -> None:
    assert 2.5 < seconds_of(len(decode(clip(name), most_seconds=60))) < 5.5


@pytest.mark.parametrize("label", FORMATS)
def test_every_format_has_its_sound(label: str) -> None:
    sound = decode(encoded(SOUND, label), most_seconds=60)
    assert seconds_of(len(sound)) == pytest.approx(seconds_of(len(SOUND)), abs=0.15)
    assert len(set(sound)) > 100


@pytest.mark.parametrize("label", ["mp4 AAC, Safari"])
def test_of_a_video_the_sound_is_taken(label: str) -> None:
    sound = decode(encoded(SOUND, label, picture=True), most_seconds=60)
    assert seconds_of(len(sound)) == pytest.approx(seconds_of(len(SOUND)), abs=0.15)


def test_a_wav_as_wanted_is_not_changed() -> None:
    assert decode(wav(SOUND), most_seconds=60) == SOUND
    assert decode(encoded(SOUND, "FLAC"), most_seconds=60) == SOUND


def test_a_recording_cut_short_gives_what_there_is() -> None:
    for label in ("WebM Opus, Chrome", "Ogg Opus, Telegram and Firefox", "WAV", "MP3"):
        whole = encoded(SOUND, label)
        sound = decode(whole[: len(whole) * 2 // 3], most_seconds=60)
        assert 0.3 < len(sound) / len(SOUND) < 0.9, label


BAD = [
    ("nothing", b""),
    ("zeros", bytes(5000)),
    ("text", "电梯坏了".encode()),
    ("a playlist", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"),
    ("a list of files", b"ffconcat version 1.0\nfile /etc/passwd\n"),
    ("a session", b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 96\n"),
    ("a header without sound", wav(b"")),
    ("half a header", wav(SOUND)[:30]),
    ("a picture", b"\x89PNG\r\n\x1a\n" + bytes(100)),
    ("absurdly slow", wav(SOUND, rate=1)),
    ("absurdly fast", wav(SOUND, rate=2**30)),
]


@pytest.mark.parametrize(("label", "recording"), BAD)
def test_what_is_no_recording_is_told(label: str, recording: bytes) -> None:
    with pytest.raises(AudioError) as told:
        decode(recording, most_seconds=60)
    assert told.value.code == "undecodable", label


@pytest.mark.parametrize("label", FORMATS)
def test_what_is_too_long_is_told(label: str) -> None:
    with pytest.raises(AudioError) as told:
        decode(encoded(SOUND, label), most_seconds=2)
    assert told.value.code == "too_long"


def test_hours_in_a_small_file_are_not_unpacked() -> None:
    """FLAC packs silence by thousands; it stops where the limit is."""
    recording = encoded(bytes(RATE * 2 * 600), "FLAC")
    assert len(recording) < 200_000
    with pytest.raises(AudioError) as told:
        decode(recording, most_seconds=60)
    assert told.value.code == "too_long"


def test_a_length_that_lies_is_not_believed() -> None:
    lying = bytearray(wav(SOUND))
    lying[40:44] = struct.pack("<I", 2**32 - 1)
    assert decode(bytes(lying), most_seconds=60) == SOUND


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_noise_is_told(noise: bytes) -> None:
    heard_or_told(noise)


@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=20),
    st.integers(1, 2000),
    st.floats(0.01, 1),
)
@settings(max_examples=200, deadline=None)
def test_damaged_recordings_are_heard_or_told(
    seed: bytes, damage: list[tuple[float, int]], near: int, share: float
) -> None:
    """Half of the damage is near the beginning, where the headers are."""
    damaged = bytearray(seed)
    for number, (where, byte) in enumerate(damage):
        reach = len(damaged) if number % 2 else min(near, len(damaged))
        damaged[int(where * reach)] = byte
    heard_or_told(bytes(damaged[: int(len(damaged) * share)]))


def heard_or_told(recording: bytes) -> None:
    """No other error comes out."""
    with suppress(AudioError):
        assert 0 < seconds_of(len(decode(recording, most_seconds=30))) <= 30
