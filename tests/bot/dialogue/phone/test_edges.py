"""Beside the conversations: kills, guesses, words at the last moment, the same as by chat."""

from functools import partial
from typing import Any

import pytest

from bot.dialogue.phone.lost import take_up_lost_calls
from bot.model.number import spoken_number
from bot.ports.storage import Storage
from channels.call import Heard, Listening
from tests.bot.dialogue.looking import INTERPRETER, RULES
from tests.bot.dialogue.phone.caller import A_SECOND, Caller
from tests.bot.dialogue.phone.tale import LIFT
from tests.bot.dialogue.phone.test_always import assert_called_back
from tests.bot.dialogue.talker import Talker
from tests.fakes.clock import FakeClock

SWEEP = partial(take_up_lost_calls, rules=RULES, interpreter=INTERPRETER)


async def sweep(caller: Caller) -> int:
    return await caller.storage.write(SWEEP)


async def test_a_call_that_a_kill_ended_is_listened_to_with_a_call_back(caller: Caller) -> None:
    await caller.calls()
    await caller.says("电梯坏了")
    await caller.says("幸福里小区三号楼")
    assert await sweep(caller) == 0
    caller.clock.move(minutes=5)
    assert await sweep(caller) == 1
    assert await sweep(caller) == 0
    (case,) = await caller.cases()
    assert (case.service_code, case.description) == ("other", "电梯坏了，幸福里小区3号楼")
    await assert_called_back(caller, case.id, "电梯坏了")
    assert await caller.standing() is None


async def test_a_call_that_goes_on_is_left_alone_however_long_it_lasts(caller: Caller) -> None:
    await caller.calls()
    await caller.says(LIFT)
    for _ in range(4):
        caller.clock.move(minutes=3)
        await caller.says("慢一点")
        assert await sweep(caller) == 0
    await caller.says("对")
    caller.clock.move(minutes=30)
    assert await sweep(caller) == 0
    (case,) = await caller.cases()
    assert case.service_code == "lift_fault"


async def test_a_sound_without_words_before_a_kill_is_listened_to(caller: Caller) -> None:
    await caller.calls()
    await caller.mumbles()
    caller.clock.move(minutes=5)
    assert await sweep(caller) == 1
    (case,) = await caller.cases()
    assert "等人来听" in case.description


async def test_what_was_taken_for_a_question_and_never_went_on_is_listened_to(
    caller: Caller,
) -> None:
    await caller.calls()
    await caller.says("我的事办得怎么样了啊")
    await caller.hangs_up()
    caller.clock.move(minutes=5)
    assert await sweep(caller) == 1
    (case,) = await caller.cases()
    assert case.description == "我的事办得怎么样了啊"


async def test_a_command_leaves_nothing_to_listen_to(caller: Caller) -> None:
    await caller.calls()
    await caller.says("听进度")
    await caller.hangs_up()
    caller.clock.move(minutes=5)
    assert await sweep(caller) == 0
    assert await caller.cases() == []


async def test_a_yes_as_she_hangs_up_is_a_yes(caller: Caller) -> None:
    await caller.calls()
    await caller.says(LIFT)
    await caller.turn(Heard.HUNG_UP, words=("对",), recording=A_SECOND)
    await caller.hangs_up()
    (case,) = await caller.cases()
    assert case.service_code == "lift_fault"


async def test_words_as_she_hangs_up_are_listened_to(caller: Caller) -> None:
    await caller.calls()
    await caller.turn(Heard.HUNG_UP, words=(LIFT,), recording=A_SECOND)
    await caller.hangs_up()
    (case,) = await caller.cases()
    assert (case.service_code, case.description) == ("other", LIFT)
    await assert_called_back(caller, case.id, "电梯坏了")


async def test_an_emergency_as_she_hangs_up_is_alarmed(caller: Caller) -> None:
    await caller.calls()
    await caller.turn(Heard.HUNG_UP, words=("幸福里小区三号楼着火了",), recording=A_SECOND)
    await caller.hangs_up()
    (case,) = await caller.cases()
    assert case.urgent


async def test_what_she_said_before_she_pressed_a_key_is_kept(caller: Caller) -> None:
    await caller.calls()
    said = await caller.turn(Heard.KEY, words=(LIFT,), keys="#", recording=A_SECOND)
    assert "对吗" in said.text
    await caller.hangs_up()
    other = Caller(caller.line, caller.storage, caller.clock, number="13800000002", uuid="other")
    await other.calls()
    await other.turn(Heard.KEY, words=(LIFT,), keys="0", recording=A_SECOND)
    await other.hangs_up()
    (case,) = await other.cases()
    assert case.description == LIFT


async def test_numbers_can_not_be_guessed(caller: Caller) -> None:
    await caller.calls()
    await caller.says(LIFT)
    await caller.presses("1")
    await caller.hangs_up()
    (case,) = await caller.cases()
    guesser = Caller(caller.line, caller.storage, caller.clock, uuid="guesser")
    await guesser.calls()
    for _ in range(2):
        await guesser.presses("2")
        for guess in range(3):
            await guesser.presses(f"11111{guess}")
    await guesser.presses("2")
    said = await guesser.presses(spoken_number(case.id))
    assert "过一刻钟再打" in said.text
    caller.clock.move(minutes=16)
    await guesser.presses("2")
    said = await guesser.presses(spoken_number(case.id))
    assert "派给人了" in said.text


SAME = [
    LIFT,
    "三号楼楼道灯不亮了",
    "幸福里小区五号楼水管漏水",
    "门口的垃圾堆了三天没人收",
    "幸福里小区二号楼对面有人半夜放音乐太吵了",
]


@pytest.mark.parametrize("words", SAME)
async def test_the_same_words_by_chat_and_by_telephone_lead_to_the_same_case(
    words: str, storage: Storage, clock: FakeClock, caller: Caller
) -> None:
    talker = Talker(storage, RULES, INTERPRETER, clock, channel="web")
    await talker.say(words)
    await caller.calls()
    await caller.says(words)
    if await caller.state() == "place":
        await caller.waits()
        await caller.waits()
    await caller.presses("1")
    (spoken,) = await caller.cases()

    def written(views: Any) -> Any:
        contact = views.people.find("web", "resident")
        return [row.case for row in views.cases.rows_of_person(contact.person_id, 9)]

    (typed,) = await storage.read(written)
    assert (spoken.service_code, spoken.place, spoken.description, spoken.urgent) == (
        typed.service_code,
        typed.place,
        typed.description,
        typed.urgent,
    )


async def test_a_name_put_right_by_its_sound_is_shown_in_the_case(caller: Caller) -> None:
    await caller.calls()
    await caller.says("心福里三号楼电梯坏了")
    await caller.says("对")
    (case,) = await caller.cases()
    assert case.description == "幸福里三号楼电梯坏了"
    page = await caller.storage.read(lambda views: views.cases.page(case.id))
    assert page is not None
    history = "\n".join(event.words for event in page.events)
    assert "录音里听着是“心福里”，按本社区的地名改成“幸福里”。" in history
    assert "说没听错" in history


async def test_silent_calls_of_one_number_are_one_case(caller: Caller) -> None:
    for number in range(3):
        silent = Caller(caller.line, caller.storage, caller.clock, uuid=f"silent-{number}")
        await silent.calls()
        await silent.waits()
        await silent.waits()
        await silent.hangs_up()
    (case,) = await caller.cases()
    assert "电话里没有说话" in case.description


async def test_the_number_she_was_told_stands_in_the_history(caller: Caller) -> None:
    await caller.calls()
    await caller.says(LIFT)
    await caller.says("对")
    (case,) = await caller.cases()
    page = await caller.storage.read(lambda views: views.cases.page(case.id))
    assert page is not None
    assert spoken_number(case.id) in "\n".join(event.words for event in page.events)


async def test_words_in_three_calls_from_one_telephone_stay_apart(caller: Caller) -> None:
    calls = [
        Caller(caller.line, caller.storage, caller.clock, uuid=f"call-{number}")
        for number in range(3)
    ]
    for call in calls:
        await call.calls()
    for number, call in enumerate(calls, start=1):
        await call.says(f"幸福里小区{number}号楼电梯坏了")
    for number, call in enumerate(calls, start=1):
        assert f"{number}号楼" in (await call.says("重听")).text
        await call.presses("1")
    places = {case.place for case in await caller.cases()}
    assert places == {f"幸福里小区{number}号楼" for number in (1, 2, 3)}


async def test_after_a_goodbye_nothing_is_listened_for(caller: Caller) -> None:
    await caller.calls()
    await caller.says(LIFT)
    await caller.presses("1")
    said = await caller.presses("3")
    assert said.listening is Listening.NOTHING
    assert (await caller.says("喂")).text == "再见。"
