"""When she has ended: pauses, being cut short, talking without end; on a virtual clock."""

from dataclasses import replace

import pytest

from channels.call import Heard
from channels.phone.line import Line
from tests.channels.phone.calling import DICTATE, Caller, Ears, Talk, quiet, speech
from tests.channels.phone.scripted import GOODBYE, call, heard, length

PAUSES = [
    ("a pause that is not too long", [], 1.3, 1),
    ("a long pause ends it", [], 2.0, 2),
    ("who pauses long is given longer", [1.3], 1.8, 1),
    ("but not for ever", [1.3], 2.7, 2),
]


@pytest.mark.parametrize(("label", "before", "pause", "turns"), PAUSES)
def test_dictation_ends_as_she_pauses(
    label: str, before: list[float], pause: float, turns: int
) -> None:
    async def pauses(caller: Caller, line: Line) -> None:
        await caller.until_spoken()
        for seconds in [*before, pause]:
            await caller.speak(line, speech("clip06.ogg")[:-12000], quiet(seconds - 0.4))
        await caller.speak(line, speech("clip06.ogg"), quiet(4))

    came = heard(DICTATE, DICTATE, script=pauses)
    assert len([turn for turn in came if turn.heard is Heard.WORDS]) == turns, label


def test_who_is_cut_short_is_given_longer_from_then_on() -> None:
    async def goes_on(caller: Caller, line: Line) -> None:
        await caller.until_spoken()
        for pause in (1.3, 1.4, 4.0):
            await caller.speak(line, speech("clip06.ogg")[:-12000], quiet(pause))

    came = heard(DICTATE, DICTATE, script=goes_on)
    assert [turn.heard for turn in came] == [Heard.BEGAN, Heard.WORDS, Heard.WORDS]
    assert length(came[2].recording) > 2 * 1.7 + 1.4 + 2.5


def test_who_talks_without_end_is_ended_at_a_breath() -> None:
    async def talks(caller: Caller, line: Line) -> None:
        await caller.until_spoken()
        for _ in range(10):
            await caller.speak(line, speech("clip06.ogg")[:-8000], quiet(0.3))

    came = heard(replace(DICTATE, most_seconds=10.0), script=talks)
    assert 10.0 <= length(came[1].recording) <= 14.0


def test_who_never_breathes_is_ended_all_the_same() -> None:
    sound = speech()[16000:-32000]

    async def talks(caller: Caller, line: Line) -> None:
        await caller.until_spoken()
        await caller.speak(line, *([sound] * 12))

    came = heard(replace(DICTATE, most_seconds=10.0), script=talks)
    assert length(came[1].recording) <= 10 + 10 + 1


def test_a_leg_that_sends_nothing_while_she_is_silent_ends_her_turn_in_time() -> None:
    async def suppresses(caller: Caller, line: Line) -> None:
        await caller.until_spoken()
        await caller.speak(line, speech())

    caller = Caller(Talk((DICTATE, GOODBYE)), Ears("电梯"))
    call(caller, suppresses)
    assert caller.talk.turns[1].heard is Heard.WORDS
    assert caller.leg.frames[-1][0] - 1000.0 < 0.3 + 4.9 + 1.9 + 0.3
