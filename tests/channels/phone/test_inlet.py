"""What comes in keeps time, and its beginning is there however late it is judged."""

import pytest

from channels.phone.inlet import Inlet
from channels.phone.sound import HEARD_FRAME_BYTES
from channels.phone.voices import WINDOW_BYTES


def numbered(frames: int, first: int = 0) -> bytes:
    return b"".join(
        (first + n).to_bytes(2, "little") * (HEARD_FRAME_BYTES // 2) for n in range(frames)
    )


@pytest.mark.parametrize("late", [0, 10, 40])
def test_the_beginning_is_there_however_late_it_is_judged(late: int) -> None:
    inlet = Inlet(0.0)
    sound = numbered(60 + late)
    inlet.take(sound, 1.2)
    judged = sum(len(inlet.window()) for _ in range(37))
    assert inlet.recent == sound[judged - 30 * HEARD_FRAME_BYTES :]


def test_windows_are_the_sound_in_order() -> None:
    inlet = Inlet(0.0)
    sound = numbered(40)
    windows = []
    for start in range(0, len(sound), HEARD_FRAME_BYTES):
        inlet.take(sound[start : start + HEARD_FRAME_BYTES], 0.02 * start / HEARD_FRAME_BYTES)
        if window := inlet.window():
            windows.append(window)
    assert b"".join(windows) == sound[: len(windows) * WINDOW_BYTES]
    assert len(windows) == len(sound) // WINDOW_BYTES


def test_what_is_never_judged_is_bounded() -> None:
    inlet = Inlet(0.0)
    for second in range(100):
        inlet.take(bytes(32000), float(second))
    assert len(inlet.recent) < 100_000


STILL = [
    ("a gap", 0.9, 0),
    ("stillness", 1.02, 51),
    ("a long stillness", 30.0, 1500),
]


@pytest.mark.parametrize(("label", "seconds", "frames"), STILL)
def test_stillness_is_heard_as_silence(label: str, seconds: float, frames: int) -> None:
    inlet, heard = Inlet(0.0), 0
    for beat in range(1, round(seconds / 0.02) + 1):
        heard += len(inlet.beat(beat * 0.02 + 0.001)) // HEARD_FRAME_BYTES
    assert heard == frames, label


DUE = [
    ("in time", [0.0, 0.02, 0.04], 0.04),
    ("one late", [0.0, 0.02, 0.09], 0.04),
    ("the first late", [0.1, 0.12, 0.14], 0.14),
    ("better later", [0.1, 0.1, 0.1], 0.1),
    ("after a gap", [0.0, 0.5, 0.52], 0.52),
]


@pytest.mark.parametrize(("label", "times", "due"), DUE)
def test_when_sound_was_due(label: str, times: list[float], due: float) -> None:
    inlet = Inlet(0.0)
    for at in times:
        inlet.take(numbered(1), 10 + at)
    assert inlet.due == pytest.approx(10 + due), label
