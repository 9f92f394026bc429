"""Sound: mono, signed 16 bits little-endian. The line listens at 16 kHz and speaks at 8 kHz."""

import io
import wave
from typing import Final

from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

SAMPLE_BYTES: Final = 2
HEARD_RATE: Final = 16_000
SPOKEN_RATE: Final = 8_000
FRAME_SECONDS: Final = 0.02
SPOKEN_FRAME_BYTES: Final = int(SPOKEN_RATE * FRAME_SECONDS) * SAMPLE_BYTES
HEARD_FRAME_BYTES: Final = int(HEARD_RATE * FRAME_SECONDS) * SAMPLE_BYTES


class Resampler:
    """One stream of sound in another rate; what the filter keeps back comes with the next piece."""

    def __init__(self, source: int, target: int = HEARD_RATE) -> None:
        self._source = source
        self._same = source == target
        self._resampler = AudioResampler(format="s16", layout="mono", rate=target)

    def convert(self, sound: bytes) -> bytes:
        """Return the piece; half a sample at its end is left out."""
        samples = len(sound) // SAMPLE_BYTES
        sound = sound[: samples * SAMPLE_BYTES]
        if self._same or not samples:
            return sound
        frame = AudioFrame(format="s16", layout="mono", samples=samples)
        frame.sample_rate = self._source
        frame.planes[0].update(sound)
        return b"".join(map(_bytes, self._resampler.resample(frame)))


def _bytes(frame: AudioFrame) -> bytes:
    return bytes(frame.planes[0])[: frame.samples * SAMPLE_BYTES]


def heard_seconds(size: int) -> float:
    """Return how long so many bytes of what was heard are."""
    return size / (HEARD_RATE * SAMPLE_BYTES)


def wav(sound: bytes, *, rate: int = HEARD_RATE, channels: int = 1) -> bytes:
    """Return the sound as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(channels)
        writer.setsampwidth(SAMPLE_BYTES)
        writer.setframerate(rate)
        writer.writeframes(sound)
    return file.getvalue()
