"""Voice messages: said back, and nothing in them closed, changed or dismissed by the machine."""

from datetime import timedelta
from functools import partial

import pytest

from bot.flow.cases.recording import listen_to_unconfirmed, words_came_late
from bot.flow.cases.reporter import withdraw
from bot.model.case import Actor, Party, State
from bot.ports.media import MediaState
from channels.message import Attachment, AttachmentKind
from nlp.speech.transcript import HeardWord, Transcript
from tests.bot.dialogue.looking import (
    INTERPRETER,
    LIFT,
    RULES,
    cases,
    history,
    lines_of,
    media_of,
    solve,
)
from tests.bot.dialogue.talker import Talker


async def test_a_spoken_report_is_said_back_and_holds_exactly_the_words(talker: Talker) -> None:
    answer = await talker.speak("三", "号", "楼", ("电梯", 0.4), "坏", "了")
    assert "我听到的是：“三号楼电梯（？）坏了”" in answer.text
    assert [b.label for b in answer.buttons] == ["对", "不对"]
    (case,) = await cases(talker)
    assert (case.description, case.service_code) == ("三号楼电梯坏了", "lift_fault")
    assert case.place == "3号楼"
    assert len(await media_of(talker, case)) == 1
    assert case.number in (await talker.press("对")).text
    assert "说没听错" in await history(talker, case)


MISHEARD = [
    (("三", "号楼", "佛", "罗", "得", "了"), "我再说一遍"),
    (("三", "号楼", "电梯", "坏", "了"), "不对"),
]


@pytest.mark.parametrize(("first", "label"), MISHEARD)
async def test_what_was_misheard_is_said_again_and_stays_one_case(
    talker: Talker, first: tuple[str, ...], label: str
) -> None:
    await talker.speak(*first)
    await talker.press(label)
    answer = await talker.speak("五号楼", "水管", "漏水")
    assert "五号楼水管漏水" in answer.text
    (case,) = await cases(talker)
    assert (case.description, case.place) == ("五号楼水管漏水", "5号楼")
    assert len(await media_of(talker, case)) == 2
    assert "".join(first) in await history(talker, case)


HOMOPHONES = ["二号楼楼道等不亮了", "三号楼电提坏了", "我家漏睡了"]


@pytest.mark.parametrize("heard", HOMOPHONES)
async def test_no_homophone_is_lost(talker: Talker, heard: str) -> None:
    answer = await talker.speak(heard)
    (case,) = await cases(talker)
    assert case.description == heard
    assert case.number in answer.text


DISMISSIBLE = ["你好", "谢谢", "哈哈哈", "那个啥", "气死我了"]


@pytest.mark.parametrize("heard", DISMISSIBLE)
async def test_no_voice_message_is_dismissed_by_the_machine(talker: Talker, heard: str) -> None:
    answer = await talker.speak(heard)
    (case,) = await cases(talker)
    assert case.state in {State.FOUND, State.ASSIGNED}
    assert "有人来听" in answer.text
    assert len(await media_of(talker, case)) == 1


async def test_nothing_heard_becomes_a_case_to_be_listened_to(talker: Talker) -> None:
    answer = await talker.speak(seconds=42)
    assert "没听清，不要紧" in answer.text
    (case,) = await cases(talker)
    assert case.description == "（语音留言 42 秒，等人来听）"


async def test_words_that_come_late_make_the_case_what_it_is(talker: Talker) -> None:
    await talker.speak()
    (case,) = await cases(talker)
    (media,) = await media_of(talker, case)

    def later(tx: object) -> None:
        heard = Transcript((HeardWord("三号楼"), HeardWord("电梯"), HeardWord("坏了")))
        tx.media.heard(media.id, heard)  # type: ignore[attr-defined]
        words_came_late(tx, RULES, INTERPRETER, media.id)  # type: ignore[arg-type]

    await talker.storage.write(later)
    (case,) = await cases(talker)
    assert (case.description, case.service_code) == ("三号楼电梯坏了", "lift_fault")
    assert case.place == "3号楼"


async def test_a_spoken_yes_ends_nothing_until_it_is_pressed(talker: Talker) -> None:
    await talker.say(LIFT)
    await solve(talker)
    answer = await talker.speak("好了")
    assert "是办好了吗" in answer.text
    assert (await cases(talker))[0].state is State.FOLLOW_UP
    assert "加 5 分" in (await talker.press("好了")).text


async def test_a_spoken_question_is_answered_and_can_be_refused(talker: Talker) -> None:
    await talker.say(LIFT)
    answer = await talker.speak("我的", "工单", "怎么样", "了")
    assert "派给人了" in answer.text
    assert "有人来听" not in answer.text
    await talker.press("不对，请人来听")
    (case,) = await cases(talker)
    assert "请人来听这段录音" in await history(talker, case)


async def test_a_spoken_emergency_says_first_whom_to_call(talker: Talker) -> None:
    answer = await talker.speak("三号楼", "着火", "了")
    assert "119" in answer.text
    (case,) = await cases(talker)
    assert case.urgent


async def test_a_spoken_matter_of_others_is_not_closed_by_the_machine(talker: Talker) -> None:
    answer = await talker.speak("我的", "社保", "什么时候", "到账")
    (case,) = await cases(talker)
    assert case.state in {State.FOUND, State.ASSIGNED}
    assert "有人来听" in answer.text
    assert "归" in answer.text
    await talker.press("我再说一遍")
    await talker.speak("五号楼", "水管", "漏水")
    (case,) = await cases(talker)
    assert case.description == "五号楼水管漏水"


async def test_what_is_said_again_after_the_case_is_gone_is_a_new_one(talker: Talker) -> None:
    await talker.speak("三号楼", "电梯", "坏了")
    await talker.press("不对")
    (case,) = await cases(talker)
    actor = Actor(Party.REPORTER, f"resident:{case.reporter_id}")
    await talker.storage.write(lambda tx: withdraw(tx, RULES, case.id, actor))
    await talker.speak("五号楼", "水管", "漏水")
    assert [one.description for one in await cases(talker)] == ["五号楼水管漏水", "三号楼电梯坏了"]


async def test_an_emergency_that_is_heard_late_is_one(talker: Talker) -> None:
    await talker.say(LIFT)
    await talker.speak()
    (case,) = await cases(talker)
    (media,) = await media_of(talker, case)

    def later(tx: object) -> None:
        heard = Transcript((HeardWord("五号楼"), HeardWord("着火"), HeardWord("了")))
        tx.media.heard(media.id, heard)  # type: ignore[attr-defined]
        words_came_late(tx, RULES, INTERPRETER, media.id)  # type: ignore[arg-type]

    await talker.storage.write(lambda tx: tx.media.keep(media.id, b"v", "a", MediaState.UNHEARD))
    await talker.storage.write(later)
    (case,) = await cases(talker)
    assert case.urgent
    assert case.answer_due - talker.clock.now() <= timedelta(minutes=16)
    assert "请马上打 119" in (await lines_of(talker, "resident"))[-1]


CHANGING = [("恢复码", "您的恢复码是"), ("别跟着我", "没有跟着您"), ("解绑手机定位", "没有绑定")]


@pytest.mark.parametrize(("spoken", "done"), CHANGING)
async def test_what_changes_something_is_pressed_not_only_said(
    talker: Talker, spoken: str, done: str
) -> None:
    answer = await talker.speak(spoken)
    assert "要这样办吗" in answer.text
    assert done in (await talker.press("对")).text


async def test_a_spoken_question_that_nobody_confirms_is_listened_to(talker: Talker) -> None:
    await talker.speak("我的", "积分")
    await talker.speak("我的", "积分")
    await talker.press("对")
    sweep = partial(listen_to_unconfirmed, rules=RULES, interpreter=INTERPRETER)
    assert await talker.storage.write(sweep) == 0
    talker.clock.move(minutes=11)
    assert await talker.storage.write(sweep) == 1
    assert await talker.storage.write(sweep) == 0
    (case,) = await cases(talker)
    assert case.description == "我的积分"


async def test_asking_twice_for_a_listener_is_one_case(talker: Talker) -> None:
    await talker.speak("我的", "积分")
    buttons = talker.buttons
    for _ in range(3):
        talker.buttons = buttons
        await talker.press("不对，请人来听")
    assert len(await cases(talker)) == 1


async def test_a_recording_that_did_not_come_opens_no_case(talker: Talker) -> None:
    voice = Attachment(kind=AttachmentKind.VOICE, media_type="audio/ogg", content=b"v")
    answer = await talker.send("", attachments=(voice,), lost="too_big")
    assert "太大了" in answer.text
    assert await cases(talker) == []
