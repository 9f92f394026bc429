"""One call on a virtual clock: pace, interruptions, what is measured."""

from dataclasses import replace
from itertools import pairwise

import pytest

from channels.call import CallEnd, Heard, Listening, Say
from channels.phone.line import Line
from tests.channels.phone.calling import DICTATE, Caller, Ears, Talk, quiet, speech
from tests.channels.phone.scripted import GOODBYE, call, heard, length, nothing, tells

LONG = Say(text="长" * 100, listening=Listening.DICTATION, keys="2")


def test_what_she_says_is_a_turn_with_its_recording() -> None:
    ears = Ears("电梯", "坏了")
    began, told = heard(DICTATE, script=tells, ears=ears)
    assert (began.heard, began.number, told.number) == (Heard.BEGAN, 0, 1)
    assert told.heard is Heard.WORDS
    assert [word.text for word in told.words] == ["电梯", "坏了"]
    assert not told.interrupted
    assert told.recording[44:] == bytes(ears.streams[0])  # the recogniser had exactly that
    assert speech()[8000:-8000] in told.recording
    assert 4.3 + 1.5 <= length(told.recording) <= 4.5 + 0.6 + 1.6


def test_she_is_spoken_to_in_the_set_that_she_has_chosen() -> None:
    caller = Caller(Talk((DICTATE, replace(GOODBYE, dialect="上海话"))))
    call(caller, tells)
    assert caller.voices.dialects == ["", "上海话"]


def test_a_frame_goes_out_every_20_ms_from_the_first_moment_to_the_last() -> None:
    caller = Caller(Talk((DICTATE, GOODBYE), seconds=0.4))
    call(caller, tells)
    times = [at for at, _ in caller.leg.frames]
    assert times[0] == 1000.0
    assert {round(later - at, 6) for at, later in pairwise(times)} == {0.02}
    assert {len(frame) for _, frame in caller.leg.frames} == {320}
    assert caller.leg.hung_up
    assert caller.book.ends == {"a call": CallEnd.GOODBYE}


def test_who_talks_over_the_prompt_stops_it_within_200_ms() -> None:
    caller = Caller(Talk((LONG, GOODBYE)), Ears("电梯"))

    async def interrupts(caller: Caller, line: Line) -> None:
        await caller.speak(line, quiet(3))
        sound = speech()
        loud = next(n for n in range(0, len(sound), 640) if _peak(sound[n : n + 640]) > 1000)
        began = await caller.speak(line, sound[loud:], quiet(3))
        (_, stopped), *_ = caller.leg.spoke()
        assert stopped - began <= 0.2

    call(caller, interrupts)
    assert caller.talk.turns[1].interrupted
    assert caller.talk.turns[1].heard is Heard.WORDS


def _peak(sound: bytes) -> int:
    return max(map(abs, memoryview(sound).cast("h")))


@pytest.mark.parametrize("label", ["silence", "noise"])
def test_what_is_no_speech_stops_no_prompt(label: str) -> None:
    noise = bytes(range(256)) * 25 * 50
    caller = Caller(Talk((LONG, GOODBYE)))

    async def rustles(caller: Caller, line: Line) -> None:
        await caller.speak(line, noise if label == "noise" else quiet(10))

    call(caller, rustles)
    ((began, stopped), *_) = caller.leg.spoke()
    assert stopped - began == pytest.approx(9.98)


def faint(sound: bytes) -> bytes:
    samples = memoryview(sound).cast("h")
    return b"".join((sample // 16).to_bytes(2, "little", signed=True) for sample in samples)


def test_our_own_voice_from_her_telephone_stops_no_prompt() -> None:
    caller = Caller(Talk((LONG, GOODBYE)), Ears("电梯"))

    async def echoes(caller: Caller, line: Line) -> None:
        await caller.speak(line, quiet(1), faint(speech()), quiet(5))
        await caller.speak(line, faint(speech()), quiet(3))

    call(caller, echoes)
    (_, stopped), *_ = caller.leg.spoke()
    assert stopped - 1000.0 == pytest.approx(10.0, abs=0.1)
    assert caller.talk.turns[1].heard is Heard.WORDS  # nothing is too faint once we are silent


def test_how_long_she_waits_is_measured() -> None:
    caller = Caller(Talk((DICTATE, GOODBYE), seconds=0.4), Ears("电梯", seconds=0.1))
    call(caller, tells)
    assert caller.figures.answers.pop() == pytest.approx(0.4 + 0.1, abs=0.15)
    assert len(caller.figures.lags) == -(-len(caller.talk.turns[1].recording[44:]) // 6400)
    assert max(list(caller.figures.lags)[4:]) == pytest.approx(0.1, abs=0.05)


def test_nothing_is_recognised_before_she_begins() -> None:
    ears = Ears()
    assert [turn.heard for turn in heard(DICTATE, script=nothing, ears=ears)] == [
        Heard.BEGAN,
        Heard.SILENCE,
    ]
    assert ears.streams == []
