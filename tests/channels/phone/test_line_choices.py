"""Keys, digits and phrases, and what is none of them; on a virtual clock."""

import asyncio

import pytest

from channels.call import Listening, Say
from channels.phone.line import Line
from tests.channels.phone.calling import DICTATE, Caller, Ears, quiet, speech
from tests.channels.phone.scripted import Script, heard, length, nothing, tells

CHOOSE = Say(
    text="对吗", listening=Listening.CHOICE, phrases=("对", "不对"), keys="12", silence_seconds=1.0
)


NUMBER = Say(text="请按号码", listening=Listening.DIGITS, keys="*#")


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


ALONE = Say(text="请按密码", listening=Listening.KEYS, keys="*#0", digits_most=6)
MENU = Say(text="投，请按1", listening=Listening.KEYS, keys="123*#0", wait_seconds=0.5)
LIST = Say(text="请按数字", listening=Listening.KEYS, keys="*#", wait_seconds=0.5)


async def six_digits(caller: Caller, line: Line) -> None:
    await caller.until_spoken()
    for key in "113355":
        line.key(key)
        await asyncio.sleep(0.2)


async def digits_slowly(caller: Caller, line: Line) -> None:
    await caller.until_spoken()
    for key in "13":
        line.key(key)
        await asyncio.sleep(7.0)


async def speaks_and_presses(caller: Caller, line: Line) -> None:
    await caller.until_spoken()
    await caller.speak(line, speech())
    line.key("2")
    await caller.speak(line, speech())


async def hash_alone(caller: Caller, line: Line) -> None:
    await caller.until_spoken()
    line.key("#")


KEYS = [
    ("keys alone: so many", ALONE, six_digits, ["key 113355"]),
    ("keys alone: one of a menu", MENU, press_one, ["key 1"]),
    ("keys alone: ended by #", LIST, digits, ["key 1134"]),
    ("keys alone: slowly, as from a slip", LIST, digits_slowly, ["key 13"]),
    ("keys alone: # and nothing else", LIST, hash_alone, ["key #"]),
    ("keys alone: nothing", MENU, nothing, ["silence"]),
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


def test_where_keys_are_alone_nothing_that_is_said_is_heard_or_kept() -> None:
    ears = Ears("种花")
    long = Say(text="投，请按1", listening=Listening.KEYS, keys="12", wait_seconds=60)
    (turn,) = heard(long, script=speaks_and_presses, ears=ears)[1:]
    assert (turn.keys, turn.words, turn.recording) == ("2", (), b"")
    assert ears.streams == []


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
