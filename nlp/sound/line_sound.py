"""Plain sound made fit for a telephone: 8 kHz, without silence at its ends, equally loud.

Sound is mono, signed 16 bits little-endian, as everywhere here.
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.filter import Graph
from numpy.typing import NDArray

from nlp.sound.wav import LINE_RATE

_FULL: Final = 32_767.0
_LOUD: Final = 0.16 * _FULL
"""The level of speech, −16 dB of the most there can be: loud for a telephone, for old ears."""
_GAIN_MOST: Final = 16.0
_BENT_FROM: Final = 0.6 * _FULL
_FRAME: Final = LINE_RATE // 50
_SPOKEN_SHARE: Final = 0.1
_KEPT_FRAMES: Final = 4
_CLICK_FRAMES: Final = 8

_Samples = NDArray[np.float64]


def for_the_line(sound: bytes, rate: int) -> bytes:
    """Return the sound at 8 kHz, trimmed and levelled; empty when there is nothing to hear."""
    samples = np.frombuffer(resampled(sound, rate), "<i2").astype(np.float64)
    return _levelled(_trimmed(samples)).astype("<i2").tobytes()


def resampled(sound: bytes, rate: int) -> bytes:
    """Return the sound at 8 kHz."""
    if not sound:
        return b""
    resampler = AudioResampler(format="s16", layout="mono", rate=LINE_RATE)
    return b"".join(
        _bytes(made) for frame in (_frame(sound, rate), None) for made in resampler.resample(frame)
    )


def slowed(sound: bytes, factor: float) -> bytes:
    """Return sound of the line so much slower (0.5 to 1) and no lower."""
    if not sound:
        return b""
    graph = Graph()
    begin = graph.add_abuffer(format="s16", sample_rate=LINE_RATE, layout="mono")
    end = graph.add("abuffersink")
    graph.link_nodes(
        begin,
        graph.add("atempo", str(factor)),
        graph.add("aformat", "sample_fmts=s16"),
        end,
    ).configure()
    begin.push(_frame(sound, LINE_RATE))
    begin.push(None)
    return b"".join(_pulled(end))


def _trimmed(samples: _Samples) -> _Samples:
    """Leave out what is silent before and after, but for a breath."""
    spoken = np.flatnonzero(_spoken(_levels(samples)))
    if not spoken.size:
        return samples[:0]
    first = max(0, int(spoken[0]) - _KEPT_FRAMES)
    return samples[first * _FRAME : (int(spoken[-1]) + 1 + _KEPT_FRAMES) * _FRAME]


def _levelled(samples: _Samples) -> _Samples:
    """Bring speech, without its pauses, to one level, and bend what would be too much."""
    levels = _levels(samples)
    spoken = np.minimum(levels, _loudest(levels))[_spoken(levels)]
    if not spoken.size:
        return samples
    gain = min(_LOUD / float(np.sqrt(np.mean(spoken**2))), _GAIN_MOST)
    return _bent(samples * gain)


def _spoken(levels: _Samples) -> NDArray[np.bool_]:
    return levels > _SPOKEN_SHARE * _loudest(levels)


def _loudest(levels: _Samples) -> float:
    """Return how loud it is at its loudest, but for a click."""
    return float(np.sort(levels)[-min(_CLICK_FRAMES, levels.size)]) if levels.size else 0.0


def _bent(samples: _Samples) -> _Samples:
    """Leave what is below the bend as it is, and let nothing go beyond the most there is."""
    room = _FULL - _BENT_FROM
    over = np.maximum(np.abs(samples) - _BENT_FROM, 0.0)
    most = np.minimum(np.abs(samples), _BENT_FROM) + room * np.tanh(over / room)
    return np.copysign(most, samples)


def _levels(samples: _Samples) -> _Samples:
    """Return the level of each 20 ms."""
    frames = samples[: samples.size // _FRAME * _FRAME].reshape(-1, _FRAME)
    levels: _Samples = np.sqrt(np.mean(frames**2, axis=1))
    return levels


def _frame(sound: bytes, rate: int) -> AudioFrame:
    frame = AudioFrame.from_ndarray(
        np.frombuffer(sound, "<i2").reshape(1, -1), format="s16", layout="mono"
    )
    frame.sample_rate = rate
    return frame


def _pulled(end: Any) -> Iterator[bytes]:
    while True:
        try:
            yield _bytes(end.pull())
        except (BlockingIOError, EOFError):
            return


def _bytes(frame: AudioFrame) -> bytes:
    return bytes(frame.planes[0])[: frame.samples * 2]
