"""A recogniser that fails or lags, a network that stumbles or floods; on a virtual clock."""

import asyncio
from itertools import pairwise

import pytest

from channels.call import Heard
from channels.phone.attention import PIECE_BYTES
from channels.phone.line import Line
from tests.channels.phone.calling import DICTATE, Caller, Ears, Talk, quiet, speech
from tests.channels.phone.scripted import GOODBYE, call, heard, length, tells

TROUBLES = [
    ("the recogniser fails", Ears(fails=True)),
    ("no words", Ears()),
    ("the recogniser is far behind", Ears("电梯", seconds=2.0)),
    ("the recogniser stands still", Ears("电梯", seconds=1000.0)),
]


@pytest.mark.parametrize(("label", "ears"), TROUBLES)
def test_what_is_not_understood_is_there_as_a_recording(label: str, ears: Ears) -> None:
    came = heard(DICTATE, script=tells, ears=ears)
    assert came[1].heard is Heard.UNCLEAR, label
    assert speech()[8000:-8000] in came[1].recording


def test_sound_goes_on_being_read_while_recognition_lags() -> None:
    caller = Caller(Talk((DICTATE, GOODBYE)), Ears("电梯", seconds=0.3))
    call(caller, tells)
    assert caller.talk.turns[1].heard is Heard.WORDS
    times = [at for at, _ in caller.leg.frames]
    assert max(later - at for at, later in pairwise(times)) < 0.021


def test_a_recogniser_that_lags_is_given_all_that_waits_at_once() -> None:
    ears = Ears("电梯", seconds=0.25)
    (_, told) = heard(DICTATE, script=tells, ears=ears)
    assert max(ears.pieces) >= 2 * PIECE_BYTES
    assert {size % PIECE_BYTES for size in ears.pieces[:-1]} == {0}
    assert sum(ears.pieces) == len(told.recording[44:])


def test_a_network_that_stumbles_puts_no_silence_into_a_word() -> None:
    async def stumbles(caller: Caller, line: Line) -> None:
        await caller.until_spoken()
        sound = speech()
        await caller.speak(line, sound[:64000])
        await asyncio.sleep(0.8)
        line.sound(sound[64000:89600])
        await caller.speak(line, sound[89600:], quiet(3))

    came = heard(DICTATE, script=stumbles)
    assert speech()[8000:-8000] in came[1].recording


def test_sound_that_comes_faster_than_time_is_bounded() -> None:
    async def floods(caller: Caller, line: Line) -> None:
        await caller.until_spoken()
        for _ in range(1000):
            line.sound(speech()[16000:48000])
        await caller.speak(line, quiet(3))

    came = heard(DICTATE, script=floods)
    assert length(came[1].recording) < 12
