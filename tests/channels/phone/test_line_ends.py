"""Every way in which a call ends; on a virtual clock."""

import asyncio
import logging

import pytest

from channels.call import After, CallEnd, Heard, Say
from channels.phone.line import CALL_SECONDS_MOST, STILL_SECONDS_MOST, Line
from tests.channels.phone.calling import DICTATE, Caller, Colleague, Ears, Talk, quiet, speech
from tests.channels.phone.scripted import GOODBYE, Script, call, nothing


async def hangs_up_at_once(_: Caller, line: Line) -> None:
    line.gone(CallEnd.HUNG_UP)


async def hangs_up_during_the_prompt(_: Caller, line: Line) -> None:
    await asyncio.sleep(0.1)
    line.gone(CallEnd.HUNG_UP)


async def hangs_up_while_speaking(caller: Caller, line: Line) -> None:
    await caller.until_spoken()
    await caller.speak(line, speech()[:96000])
    line.gone(CallEnd.LOST)


async def hangs_up_after_speaking(caller: Caller, line: Line) -> None:
    await caller.until_spoken()
    await caller.speak(line, speech(), quiet(1.72))
    line.gone(CallEnd.HUNG_UP)


async def gives_up(_: Caller, line: Line) -> None:
    await asyncio.sleep(10)
    line.gone(CallEnd.HUNG_UP)


HANGS_UP = [
    ("at once", hangs_up_at_once, CallEnd.HUNG_UP, ""),
    ("during the prompt", hangs_up_during_the_prompt, CallEnd.HUNG_UP, ""),
    ("while she speaks", hangs_up_while_speaking, CallEnd.LOST, "电梯坏了"),
    ("while her words are heard", hangs_up_after_speaking, CallEnd.HUNG_UP, "电梯坏了"),
]


@pytest.mark.parametrize(("label", "script", "end", "words"), HANGS_UP)
def test_who_hangs_up_has_said_what_she_said(
    label: str, script: Script, end: CallEnd, words: str
) -> None:
    caller = Caller(Talk((DICTATE, DICTATE)), Ears("电梯", "坏了"))
    call(caller, script)
    last = caller.talk.turns[-1]
    assert last.heard is Heard.HUNG_UP
    assert caller.book.ends == {"a call": end}, label
    told = [turn for turn in caller.talk.turns if turn.words]
    assert ["".join(word.text for word in turn.words) for turn in told] == [words] * bool(words)
    assert caller.leg.hung_up


def test_a_leg_that_is_still_is_ended_by_the_clock(caplog: pytest.LogCaptureFixture) -> None:
    caller = Caller(Talk((DICTATE,)))
    with caplog.at_level(logging.WARNING):
        call(caller, nothing)
    assert caller.book.ends == {"a call": CallEnd.LOST}
    assert caller.talk.turns[-1].heard is Heard.HUNG_UP
    assert caller.leg.frames[-1][0] - 1000.0 == pytest.approx(STILL_SECONDS_MOST, abs=0.1)
    assert "nothing comes" in caplog.text


def test_a_call_without_end_is_ended() -> None:
    caller = Caller(Talk((DICTATE,)))

    async def stays(caller: Caller, line: Line) -> None:
        while not caller.leg.hung_up:
            line.sound(quiet(1))
            await asyncio.sleep(1)

    call(caller, stays)
    assert caller.leg.frames[-1][0] - 1000.0 == pytest.approx(CALL_SECONDS_MOST, abs=0.1)


TRANSFER = Say(text="请稍等", after=After.TRANSFER)


TRANSFERS = [
    ("nobody takes it", False, nothing, ["began", "unanswered"], CallEnd.GOODBYE),
    ("somebody takes it", True, nothing, ["began"], CallEnd.TRANSFERRED),
    ("she hangs up meanwhile", True, gives_up, ["began", "hung_up"], CallEnd.HUNG_UP),
]


@pytest.mark.parametrize(("label", "there", "script", "turns", "end"), TRANSFERS)
def test_a_person_is_asked_for(
    label: str,
    there: bool,  # noqa: FBT001
    script: Script,
    turns: list[str],
    end: CallEnd,
) -> None:
    caller = Caller(Talk((TRANSFER, GOODBYE)), colleague=Colleague(there=there))
    call(caller, script)
    assert caller.talk.heard == turns, label
    assert caller.book.ends == {"a call": end}
    assert caller.colleague.asked == ["a call"]
    assert caller.colleague.ringing is False
    assert caller.leg.hung_up


def test_a_call_that_is_there_already_is_not_served() -> None:
    caller = Caller(Talk((DICTATE,)))
    caller.book.known.add("a call")
    call(caller, nothing)
    assert caller.talk.turns == []
    assert caller.leg.hung_up
