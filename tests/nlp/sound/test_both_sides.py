"""A whole call as one WAV."""

import io
import wave
from array import array

import pytest

from nlp.sound.both_sides import RATE, SECONDS_MOST, Exchange, both_sides
from nlp.sound.wav import as_wav
from tests.nlp.sound.sounds import pitch, sine

HERS = as_wav(sine(1.0, rate=RATE, hertz=400), RATE)
OURS = sine(2.0, hertz=700)


def sides(file: bytes) -> tuple[bytes, bytes]:
    with wave.open(io.BytesIO(file)) as reader:
        assert (reader.getnchannels(), reader.getframerate()) == (2, RATE)
        both = array("h", reader.readframes(reader.getnframes()))
    return both[0::2].tobytes(), both[1::2].tobytes()


def part(side: bytes, begins: float, ends: float) -> bytes:
    return side[int(begins * RATE) * 2 : int(ends * RATE) * 2]


def test_each_side_is_where_it_was_and_as_it_was() -> None:
    left, right = sides(both_sides([Exchange(0.0, b"", OURS), Exchange(4.0, HERS, OURS)]))
    assert len(left) == len(right) == 6 * RATE * 2
    assert pitch(part(left, 3.0, 4.0), RATE) == pytest.approx(400, abs=5)
    assert not any(part(left, 0.0, 3.0) + part(left, 4.0, 6.0))
    for begins in (0.0, 4.0):
        assert pitch(part(right, begins, begins + 2), RATE) == pytest.approx(700, abs=5)
    assert not any(part(right, 2.0, 4.0))


def test_times_that_make_no_sense_put_one_behind_the_other() -> None:
    left, right = sides(both_sides([Exchange(0.0, HERS, OURS), Exchange(0.0, HERS, OURS)]))
    assert len(left) // 2 == 4 * RATE
    assert pitch(part(left, 0.0, 2.0), RATE) == pytest.approx(400, abs=5)
    assert pitch(part(right, 0.0, 4.0), RATE) == pytest.approx(700, abs=5)


@pytest.mark.parametrize(
    "gone", [b"", b"junk", HERS[:20], as_wav(sine(0.5), 8_000)], ids=["", "junk", "cut", "rate"]
)
def test_what_is_gone_or_no_recording_is_silence(gone: bytes) -> None:
    left, _ = sides(both_sides([Exchange(1.0, gone, OURS)]))
    assert not any(left)


def test_an_endless_call_is_bounded() -> None:
    file = both_sides([Exchange(10.0**9, HERS, OURS), Exchange(10.0**9, HERS, OURS)])
    assert len(sides(file)[0]) // 2 == SECONDS_MOST * RATE
