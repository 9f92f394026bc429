"""Sound as a WAV file, and little sounds made of nothing.

Sound is mono, signed 16 bits little-endian.
"""

import array
import io
import math
import sys
import wave
from typing import Final

LINE_RATE: Final = 8_000
"""Samples a second on a telephone line."""

SAMPLE_BYTES: Final = 2


def as_wav(sound: bytes, rate: int = LINE_RATE) -> bytes:
    """Return the sound as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(SAMPLE_BYTES)
        writer.setframerate(rate)
        writer.writeframes(sound)
    return file.getvalue()


def line_seconds(sound: bytes) -> float:
    """Return how long sound of the line is."""
    return len(sound) / (LINE_RATE * SAMPLE_BYTES)


def silence(seconds: float) -> bytes:
    """Return so much silence of the line."""
    return bytes(SAMPLE_BYTES * int(seconds * LINE_RATE))


def tone(seconds: float, *, hertz: float = 425.0, level: float = 0.2) -> bytes:
    """Return a tone of the line, at a share of the most there can be."""
    step = 2 * math.pi * hertz / LINE_RATE
    samples = array.array(
        "h", (int(32_767 * level * math.sin(step * n)) for n in range(int(seconds * LINE_RATE)))
    )
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()
