"""One call on a virtual clock: pace, interruptions, pauses, keys, and every way to end."""

import asyncio
import io
import logging
import wave
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from channels.call import After, CallEnd, CallTurn, Heard, Listening, Say
from channels.phone.attention import PIECE_BYTES
from channels.phone.line import CALL_SECONDS_MOST, STILL_SECONDS_MOST, Line
from tests.channels.phone.calling import DICTATE, Caller, Colleague, Ears, Talk, quiet, speech
from tests.fakes.brisk_loop import briskly

GOODBYE = Say(text="再见", after=After.HANG_UP)
CHOOSE = Say(
    text="对吗", listening=Listening.CHOICE, phrases=("对", "不对"), keys="12", silence_seconds=1.0
)
NUMBER = Say(text="请按号码", listening=Listening.DIGITS, keys="*#")
LONG = Say(text="长" * 100, listening=Listening.DICTATION, keys="2")

Script = Callable[[Caller, Line], Awaitable[None]]


def call(caller: Caller, script: Script) -> None:
    async def run() -> None:
        async with caller.calling() as line:
            await script(caller, line)

    briskly(run())


def heard(*says: Say, script: Script, ears: Ears | None = None) -> list[CallTurn]:
    caller = Caller(Talk((*says, GOODBYE)), ears or Ears("电梯", "坏了"))
    call(caller, script)
    return caller.talk.turns


async def nothing(caller: Caller, line: Line) -> None:
    """She says nothing, and her leg sends nothing."""


async def tells(caller: Caller, line: Line) -> None:
    await caller.until_spoken()
    await caller.speak(line, speech(), quiet(3))


def length(recording: bytes) -> float:
    with wave.open(io.BytesIO(recording)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16000, 1, 2)
        return float(file.getnframes() / file.getframerate())


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


def test_how_long_she_waits_is_measured() -> None:
    caller = Caller(Talk((DICTATE, GOODBYE), seconds=0.4), Ears("电梯", seconds=0.1))
    call(caller, tells)
    assert caller.figures.answers.pop() == pytest.approx(0.4 + 0.1, abs=0.15)
    assert len(caller.figures.lags) == -(-len(caller.talk.turns[1].recording[44:]) // 6400)
    assert max(list(caller.figures.lags)[4:]) == pytest.approx(0.1, abs=0.05)


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


async def press_one(caller: Caller, line: Line) -> None:
    await caller.until_spoken()
    line.key("1")


async def press_one_early(_: Caller, line: Line) -> None:
    await asyncio.sleep(0.1)
    line.key("1")


async def press_a_wrong_one(caller: Caller, line: Line) -> None:
    await caller.until_spoken()
    line.key("7")


async def press_twice_at_once(caller: Caller, line: Line) -> None:
    await caller.until_spoken()
    line.key("1")
    await asyncio.sleep(0.3)
    line.key("1")


async def digits(caller: Caller, line: Line) -> None:
    await caller.until_spoken()
    for key in "1134#":
        line.key(key)
        await asyncio.sleep(0.1)


async def digits_without_end(caller: Caller, line: Line) -> None:
    await caller.until_spoken()
    for key in "113":
        line.key(key)
        await asyncio.sleep(0.1)


async def star(caller: Caller, line: Line) -> None:
    await caller.until_spoken()
    line.key("1")
    line.key("*")


async def dictates_and_presses(caller: Caller, line: Line) -> None:
    await caller.until_spoken()
    await caller.speak(line, speech())
    line.key("#")


KEYS = [
    ("a key", CHOOSE, press_one, ["key 1"]),
    ("a key during the prompt", CHOOSE, press_one_early, ["key 1"]),
    ("a key that means nothing", CHOOSE, press_a_wrong_one, ["silence"]),
    ("a key pressed twice at once", CHOOSE, press_twice_at_once, ["key 1", "silence"]),
    ("digits", NUMBER, digits, ["key 1134"]),
    ("digits without #", NUMBER, digits_without_end, ["key 113"]),
    ("a key that is no digit among digits", NUMBER, star, ["key *"]),
    ("a key after dictation", DICTATE, dictates_and_presses, ["key # 电梯坏了"]),
    ("nothing", CHOOSE, nothing, ["silence"]),
]


@pytest.mark.parametrize(("label", "say", "script", "expected"), KEYS)
def test_keys(label: str, say: Say, script: Script, expected: list[str]) -> None:
    says = (say,) if len(expected) == 1 else (say, say)
    came = heard(*says, script=script)[1:]
    told = [
        " ".join([turn.heard.value, turn.keys, "".join(word.text for word in turn.words)]).strip()
        for turn in came
    ]
    assert told == expected, label


def test_a_choice_is_listened_for_by_its_phrases_and_ends_soon() -> None:
    ears = Ears("不对")

    async def answers(caller: Caller, line: Line) -> None:
        await caller.until_spoken()
        await caller.speak(line, speech("clip06.ogg"), quiet(3))

    came = heard(CHOOSE, script=answers, ears=ears)
    assert ears.phrases == [("对", "不对")]
    assert length(came[1].recording) < 2.2 + 0.6 + 0.7


OTHERWISE = [
    ("a phrase", ("不对",), "不对", 1),
    ("she says at once what is wrong", ("不对", "楼"), "是三号楼", 2),
    ("an emergency that is no phrase", ("楼", "对"), "我家厨房着火了", 2),
    ("nothing of it is a phrase", (), "是三号楼", 2),
]


@pytest.mark.parametrize(("label", "by_phrases", "expected", "streams"), OTHERWISE)
def test_what_is_no_phrase_is_heard_freely(
    label: str, by_phrases: tuple[str, ...], expected: str, streams: int
) -> None:
    ears = Ears(*by_phrases, freely=(expected,))
    came = heard(CHOOSE, script=tells, ears=ears)
    assert "".join(word.text for word in came[1].words) == expected, label
    assert ears.phrases == [("对", "不对"), None][:streams]
    assert bytes(ears.streams[-1]) == came[1].recording[44:]  # all of it, from the beginning


def test_nothing_is_recognised_before_she_begins() -> None:
    ears = Ears()
    assert [turn.heard for turn in heard(DICTATE, script=nothing, ears=ears)] == [
        Heard.BEGAN,
        Heard.SILENCE,
    ]
    assert ears.streams == []


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


def test_a_leg_that_sends_nothing_while_she_is_silent_ends_her_turn_in_time() -> None:
    async def suppresses(caller: Caller, line: Line) -> None:
        await caller.until_spoken()
        await caller.speak(line, speech())

    caller = Caller(Talk((DICTATE, GOODBYE)), Ears("电梯"))
    call(caller, suppresses)
    assert caller.talk.turns[1].heard is Heard.WORDS
    assert caller.leg.frames[-1][0] - 1000.0 < 0.3 + 4.9 + 1.9 + 0.3


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


def test_sound_that_comes_faster_than_time_is_bounded() -> None:
    async def floods(caller: Caller, line: Line) -> None:
        await caller.until_spoken()
        for _ in range(1000):
            line.sound(speech()[16000:48000])
        await caller.speak(line, quiet(3))

    came = heard(DICTATE, script=floods)
    assert length(came[1].recording) < 12


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
