"""Sounds made for tests, and what can be measured of one."""

import itertools
import math
from array import array


def sine(seconds: float, *, rate: int = 8_000, peak: int = 3_000, hertz: float = 440.0) -> bytes:
    step = 2 * math.pi * hertz / rate
    return array(
        "h", (int(peak * math.sin(step * n)) for n in range(int(seconds * rate)))
    ).tobytes()


def seconds(sound: bytes, rate: int = 8_000) -> float:
    return len(sound) / 2 / rate


def level(sound: bytes) -> float:
    samples = array("h", sound)
    return math.sqrt(sum(one * one for one in samples) / max(1, len(samples)))


def peak(sound: bytes) -> int:
    return max(map(abs, array("h", sound)), default=0)


def pitch(sound: bytes, rate: int = 8_000) -> float:
    """How often the sound crosses zero upwards in a second: the pitch of a pure tone."""
    samples = array("h", sound)
    crossings = sum(before < 0 <= after for before, after in itertools.pairwise(samples))
    return crossings / seconds(sound, rate)
