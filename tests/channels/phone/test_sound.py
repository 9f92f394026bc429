"""Sound in another rate: what was there is there, nothing is added, however it is cut."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from channels.phone.audiosocket import RATES
from channels.phone.sound import HEARD_RATE, SPOKEN_RATE, Resampler


def tone(rate: int, hertz: float, seconds: float = 1.0) -> bytes:
    steps = np.arange(int(rate * seconds)) * 2 * np.pi * hertz / rate
    return bytes(np.rint(10_000 * np.sin(steps)).astype("<i2").tobytes())


def spectrum(sound: bytes) -> NDArray[np.float64]:
    """Level by hertz, of the middle of a second."""
    middle = np.frombuffer(sound, "<i2")[4000:12000].astype(np.float64)
    return np.abs(np.fft.rfft(middle * np.hanning(middle.size))) / middle.size


@pytest.mark.parametrize("rate", sorted(RATES.values()))
@pytest.mark.parametrize("hertz", [200, 1000, 3000])
def test_a_tone_is_the_same_tone(rate: int, hertz: int) -> None:
    levels = spectrum(Resampler(rate).convert(tone(rate, hertz)))
    loudest = int(levels.argmax())
    assert loudest * 2 == pytest.approx(hertz, abs=2)
    assert levels[loudest] == pytest.approx(2500, rel=0.03)
    others = np.delete(levels, range(max(0, loudest - 6), loudest + 7))
    assert others.max() < levels[loudest] / 500


@given(st.binary(max_size=2000), st.lists(st.integers(0, 1000)))
def test_however_it_is_cut(sound: bytes, cuts: list[int]) -> None:
    places = sorted({0, *(2 * cut for cut in cuts if 2 * cut < len(sound)), len(sound)})
    resampler = Resampler(SPOKEN_RATE)
    pieces = [resampler.convert(sound[start:end]) for start, end in pairwise(places)]
    assert b"".join(pieces) == Resampler(SPOKEN_RATE).convert(sound)
    assert len(b"".join(pieces)) == len(sound) // 2 * 2 * 2


def test_the_loudest_sound_stays_within_bounds() -> None:
    square = np.repeat(np.array([32767, -32768] * 50, "<i2"), 8)
    doubled = np.frombuffer(Resampler(SPOKEN_RATE).convert(square.tobytes()), "<i2")
    assert (doubled[32::2] == square[:-16]).all()  # as it was, later by half the filter
    assert (np.sign(doubled[34:46]) == 1).all()  # nothing has come round from the other side


@pytest.mark.parametrize("sound", [b"", b"\1"])
def test_nothing_is_nothing(sound: bytes) -> None:
    assert Resampler(SPOKEN_RATE).convert(sound) == b""
    assert Resampler(HEARD_RATE).convert(sound) == b""
