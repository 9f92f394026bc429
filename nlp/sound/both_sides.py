"""A whole call as one WAV: she on the left, we on the right, each where it was in time."""

import io
import sys
import wave
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from nlp.sound.wav import LINE_RATE, SAMPLE_BYTES

RATE: Final = 16_000
SECONDS_MOST: Final = 1_800.0
_WANTED: Final = (1, SAMPLE_BYTES, RATE)


@dataclass(frozen=True, slots=True)
class Exchange:
    """What she said (a WAV, 16 kHz mono), until when, and what we answered (sound of the line).

    `until` is in seconds from the beginning of the call; our answer begins there.
    """

    until: float
    hers: bytes
    ours: bytes


def both_sides(exchanges: Iterable[Exchange]) -> bytes:
    """Return the WAV, stereo at 16 kHz. Nobody talks over themselves, whatever the times say."""
    left, right = array("h"), array("h")
    for one in exchanges:
        hers, ours = _of_wav(one.hers), _of_line(one.ours)
        ends = int(min(one.until, SECONDS_MOST) * RATE)
        _put(left, hers, ends - len(hers))
        _put(right, ours, ends)
    length = min(max(len(left), len(right)), int(SECONDS_MOST * RATE))
    both = array("h", bytes(2 * SAMPLE_BYTES * length))
    both[0 : 2 * min(len(left), length) : 2] = left[:length]
    both[1 : 2 * min(len(right), length) : 2] = right[:length]
    return _as_wav(both)


def _put(side: "array[int]", sound: "array[int]", start: int) -> None:
    """Add the sound where it was, or behind what is there already."""
    if sound and len(side) < SECONDS_MOST * RATE:
        side.extend(array("h", bytes(SAMPLE_BYTES * max(0, start - len(side)))))
        side.extend(sound)


def _of_wav(recording: bytes) -> "array[int]":
    """Return the samples; none of what is no such recording, or no longer there."""
    try:
        with wave.open(io.BytesIO(recording)) as reader:
            if (reader.getnchannels(), reader.getsampwidth(), reader.getframerate()) != _WANTED:
                return array("h")
            return _samples(reader.readframes(reader.getnframes()))
    except (wave.Error, EOFError, RuntimeError):
        return array("h")


def _of_line(sound: bytes) -> "array[int]":
    """Return the samples at twice the rate: each with the middle between it and the next."""
    samples = _samples(sound)
    doubled = array("h", bytes(2 * SAMPLE_BYTES * len(samples)))
    doubled[0::2] = samples
    following = samples[1:] + samples[-1:]
    doubled[1::2] = array("h", [(a + b) // 2 for a, b in zip(samples, following, strict=True)])
    return doubled


def _samples(sound: bytes) -> "array[int]":
    samples = array("h")
    samples.frombytes(sound[: len(sound) // SAMPLE_BYTES * SAMPLE_BYTES])
    return _swapped(samples)


def _swapped(samples: "array[int]") -> "array[int]":
    """Bring samples from or to the byte order of a WAV."""
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def _as_wav(both: "array[int]") -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(2)
        writer.setsampwidth(SAMPLE_BYTES)
        writer.setframerate(RATE)
        writer.writeframes(_swapped(both).tobytes())
    return file.getvalue()


if LINE_RATE * 2 != RATE:
    raise AssertionError("the line is at half the rate")
