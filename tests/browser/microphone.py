"""What the microphone of the browser hears: a tone of one second, again and again."""

import math
import struct
import wave
from pathlib import Path

TONE_HZ = 440
_RATE = 48_000


def write_tone(file: Path) -> None:
    with wave.open(str(file), "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(_RATE)
        samples = (math.sin(2 * math.pi * TONE_HZ * n / _RATE) for n in range(_RATE))
        made.writeframes(b"".join(struct.pack("<h", int(12_000 * s)) for s in samples))
