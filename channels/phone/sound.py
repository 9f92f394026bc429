"""Sound: mono, signed 16 bits little-endian. The line listens at 16 kHz and speaks at 8 kHz."""

import io
import wave
from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

SAMPLE_BYTES: Final = 2
HEARD_RATE: Final = 16_000
SPOKEN_RATE: Final = 8_000
FRAME_SECONDS: Final = 0.02
SPOKEN_FRAME_BYTES: Final = int(SPOKEN_RATE * FRAME_SECONDS) * SAMPLE_BYTES
HEARD_FRAME_BYTES: Final = int(HEARD_RATE * FRAME_SECONDS) * SAMPLE_BYTES

_REACH: Final = 16
_STEEPNESS: Final = 7.0


class Resampler:
    """One stream of sound in another rate; what the filter keeps back comes with the next piece."""

    def __init__(self, source: int, target: int = HEARD_RATE) -> None:
        self._convert: Callable[[bytes], bytes]
        if source == target:
            self._convert = _unchanged
        elif source * 2 == target:
            self._convert = _Doubler().convert
        else:
            self._convert = partial(
                _resampled, AudioResampler(format="s16", layout="mono", rate=target), source
            )

    def convert(self, sound: bytes) -> bytes:
        """Return the piece; half a sample at its end is left out."""
        sound = sound[: len(sound) // SAMPLE_BYTES * SAMPLE_BYTES]
        return self._convert(sound) if sound else b""


class _Doubler:
    """Twice the rate, as nearly all calls need: a tenth of the time that FFmpeg takes for 20 ms.

    Each sample stays as it is, and between two of them is put what a low-pass has there.
    """

    def __init__(self) -> None:
        self._before = np.zeros(2 * _REACH - 1, np.float32)

    def convert(self, sound: bytes) -> bytes:
        """Return the piece, later by half the filter."""
        samples = np.concatenate((self._before, np.frombuffer(sound, "<i2")), dtype=np.float32)
        self._before = samples[1 - 2 * _REACH :]
        doubled = np.empty(2 * (samples.size - 2 * _REACH + 1), np.float32)
        doubled[::2] = samples[_REACH - 1 : -_REACH]
        doubled[1::2] = np.convolve(samples, _BETWEEN, "valid")
        return np.rint(doubled).clip(-32_768, 32_767).astype("<i2").tobytes()


def _between() -> NDArray[np.float32]:
    """Return the weights of the neighbours of a place between two samples: a windowed sinc."""
    places = np.arange(-_REACH + 0.5, _REACH)
    weights = np.sinc(places) * np.kaiser(2 * _REACH, _STEEPNESS)
    weighed: NDArray[np.float32] = (weights / weights.sum()).astype(np.float32)
    return weighed


_BETWEEN: Final = _between()


def _unchanged(sound: bytes) -> bytes:
    return sound


def _resampled(resampler: AudioResampler, source: int, sound: bytes) -> bytes:
    frame = AudioFrame(format="s16", layout="mono", samples=len(sound) // SAMPLE_BYTES)
    frame.sample_rate = source
    frame.planes[0].update(sound)
    return b"".join(map(_bytes, resampler.resample(frame)))


def _bytes(frame: AudioFrame) -> bytes:
    return bytes(frame.planes[0])[: frame.samples * SAMPLE_BYTES]


def heard_seconds(size: int) -> float:
    """Return how long so many bytes of what was heard are."""
    return size / (HEARD_RATE * SAMPLE_BYTES)


def level(sound: bytes) -> float:
    """Return how loud it is: the root of the mean square of its samples."""
    samples = np.frombuffer(sound, "<i2").astype(np.float32)
    return float(np.sqrt(np.mean(samples**2))) if samples.size else 0.0


def wav(sound: bytes, *, rate: int = HEARD_RATE, channels: int = 1) -> bytes:
    """Return the sound as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(channels)
        writer.setsampwidth(SAMPLE_BYTES)
        writer.setframerate(rate)
        writer.writeframes(sound)
    return file.getvalue()
