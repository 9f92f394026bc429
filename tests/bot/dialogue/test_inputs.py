"""What is not plain text: voice, photos, edits, groups, commands, and the card of a case."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from bot.flow import handle
from bot.flow.erase import erase_due
from bot.flow.recording import listen_to_unconfirmed, words_came_late
from bot.flow.resident import withdraw
from bot.flow.talk import reply, shown_in
from bot.model.case import Actor, Case, Party, State
from bot.ports.media import Media, MediaState
from bot.ports.storage import Storage
from bot.store import tables as t
from channels.message import Attachment, AttachmentKind
from nlp.meaning import build_interpreter
from nlp.transcript import HeardWord, Transcript
from tests.bot.community import Community, rules
from tests.bot.dialogue.talker import Answer, Talker
from tests.fakes.clock import FakeClock

INTERPRETER = build_interpreter(estates=["幸福里小区"])
RULES = replace(rules(), editing=frozenset({"telegram"}))
LIFT = "幸福里小区3号楼2单元电梯坏了"


@pytest.fixture
async def talker(storage: Storage, clock: FakeClock) -> Talker:
    await Community(storage, RULES).fill()
    return Talker(storage, RULES, INTERPRETER, clock, channel="telegram")


async def cases(talker: Talker) -> list[Case]:
    def query(views: object) -> list[Case]:
        contact = views.people.find(talker.channel, talker.address)  # type: ignore[attr-defined]
        rows = views.cases.rows_of_person(contact.person_id, 20)  # type: ignore[attr-defined]
        return [row.case for row in rows]

    return await talker.storage.read(query)


async def media_of(talker: Talker, case: Case) -> Sequence[Media]:
    return await talker.storage.read(lambda views: views.media.of_case(case.id))


async def history(talker: Talker, case: Case) -> str:
    page = await talker.storage.read(lambda views: views.cases.page(case.id))
    assert page is not None
    return "\n".join(event.words for event in page.events)


async def test_a_spoken_report_is_said_back_and_holds_exactly_the_words(talker: Talker) -> None:
    answer = await talker.speak("三", "号", "楼", ("电梯", 0.4), "坏", "了")
    assert "我听到的是：“三号楼电梯（？）坏了”" in answer.text
    assert [b.label for b in answer.buttons] == ["对", "不对"]
    (case,) = await cases(talker)
    assert (case.description, case.service_code) == ("三号楼电梯坏了", "lift_fault")
    assert case.place == "3号楼"
    assert len(await media_of(talker, case)) == 1
    assert case.number in (await talker.press("对")).text
    assert "本人说没听错" in await history(talker, case)


MISHEARD = [
    (("三", "号楼", "电", "踢", "坏", "了"), "我再说一遍"),
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


async def test_an_edit_of_what_was_sent_elsewhere_is_a_new_matter(talker: Talker) -> None:
    await talker.send("我的社保卡丢了怎么补办", reference="5")
    answer = await talker.send("幸福里小区5号楼水管漏水", reference="5", edit=True)
    assert "收到了" in answer.text
    assert len(await cases(talker)) == 2


async def test_an_edit_into_an_emergency_is_one(talker: Talker) -> None:
    await talker.send("幸福里小区3号楼楼道灯坏了", reference="5")
    answer = await talker.send("幸福里小区3号楼楼道着火了", reference="5", edit=True)
    assert answer.text.startswith("请马上打 119")
    (case,) = await cases(talker)
    assert case.urgent
    assert case.answer_due - talker.clock.now() <= timedelta(minutes=16)


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


CHANGING = [("恢复码", "您的恢复码是"), ("别跟着我", "没有跟着您"), ("解绑手机定位", "")]


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


@pytest.mark.parametrize("verb", ["listen", "heard", "misheard", "understood", "add", "do"])
async def test_a_forged_button_is_told(talker: Talker, verb: str) -> None:
    for number in ("99999999999999999999", "1", "x", "-1"):
        assert "过时" in (await talker.say("x", f"{verb}:{number}")).text or verb == "understood"


async def test_a_recording_that_did_not_come_opens_no_case(talker: Talker) -> None:
    voice = Attachment(kind=AttachmentKind.VOICE, media_type="audio/ogg", content=b"v")
    answer = await talker.send("", attachments=(voice,), lost="too_big")
    assert "太大了" in answer.text
    assert await cases(talker) == []


async def test_a_photo_with_words_is_a_report_with_a_photo(talker: Talker) -> None:
    answer = await talker.show(LIFT)
    assert "收到了" in answer.text
    (case,) = await cases(talker)
    assert len(await media_of(talker, case)) == 1


async def test_a_photo_alone_waits_for_words(talker: Talker) -> None:
    assert "这是什么事" in (await talker.show()).text
    assert "什么事" not in (await talker.say("就是这个东西")).text
    (case,) = await cases(talker)
    assert case.description == "就是这个东西"
    assert len(await media_of(talker, case)) == 1


async def test_an_album_is_one_matter_and_asked_about_once(talker: Talker) -> None:
    first = await talker.show(album="a")
    later = [await talker.show(album="a") for _ in range(3)]
    assert "这是什么事" in first.text
    assert [answer.text for answer in later] == [""] * 3
    await talker.say("三号楼前的井盖没了")
    (case,) = await cases(talker)
    assert len(await media_of(talker, case)) == 4


async def test_an_album_with_a_caption_is_one_matter(talker: Talker) -> None:
    await talker.show(LIFT, album="a")
    await talker.show(album="a")
    (case,) = await cases(talker)
    assert len(await media_of(talker, case)) == 2


LOST = [("too_big", "太大了"), ("gone", "没收到")]


@pytest.mark.parametrize(("code", "said"), LOST)
async def test_what_did_not_come_is_told_and_its_words_count(
    talker: Talker, code: str, said: str
) -> None:
    assert said in (await talker.show(lost=code)).text
    answer = await talker.show(LIFT, lost=code)
    assert said in answer.text
    assert "收到了：" in answer.text


async def test_an_edit_changes_the_case_and_opens_no_second(talker: Talker) -> None:
    await talker.send(LIFT, reference="7")
    answer = await talker.send("幸福里小区5号楼1单元漏水", reference="7", edit=True)
    assert "改好了" in answer.text
    (case,) = await cases(talker)
    assert (case.description, case.place) == (
        "幸福里小区5号楼1单元漏水",
        "幸福里小区5号楼1单元",
    )
    assert (await talker.send("幸福里小区5号楼1单元漏水", reference="7", edit=True)).text == ""


async def test_an_edit_of_more_words_adds_and_of_none_is_a_new_message(talker: Talker) -> None:
    await talker.send("你好", reference="1")
    assert "收到了" in (await talker.send(LIFT, reference="1", edit=True)).text
    await talker.send("老人下不了楼", reference="3")
    await talker.send("老人下不了楼，要去医院", reference="3", edit=True)
    (case,) = await cases(talker)
    assert case.description == LIFT
    assert "要去医院" in await history(talker, case)


async def test_what_is_forwarded_is_marked(talker: Talker) -> None:
    await talker.send(LIFT, forwarded=True)
    (case,) = await cases(talker)
    assert "转发来的" in await history(talker, case)


async def test_in_a_group_only_a_sign_is_given(talker: Talker) -> None:
    answer = await talker.send(LIFT, room="-100")
    assert "收到了" in answer.text
    room = await lines_of(talker, "-100")
    (case,) = await cases(talker)
    assert case.number in room[0]
    assert "电梯" not in room[0]
    await talker.send("我的积分", room="-100")
    assert "单独回您" in (await lines_of(talker, "-100"))[1]


COMMANDS = [
    ("/start", "您好"),
    ("/help", "您直接说就行"),
    ("/status", "没有在办的事"),
    ("/points", "0 分"),
    ("/link", "关联码是"),
    ("/link 000000", "不对"),
    ("/language", "普通话"),
    ("/delete", "要现在就删掉吗"),
    ("/unheard_of", ""),
]


@pytest.mark.parametrize(("command", "said"), COMMANDS)
async def test_commands_are_sentences(talker: Talker, command: str, said: str) -> None:
    answer = await talker.say(command)
    assert said in answer.text
    assert answer.text


async def test_a_case_has_one_card_that_shows_how_it_stands(
    talker: Talker, engine: sa.Engine
) -> None:
    answer = await talker.say(LIFT)
    assert [b.label for b in answer.buttons] == ["补充", "催办", "撤回"]
    await take(talker)
    await talker.say("老人下不了楼")
    (card,) = rows(engine, sa.select(t.card.c.case_id))
    changes = rows(engine, sa.select(t.outbox.c.id).where(t.outbox.c.card, t.outbox.c.text == ""))
    assert len(changes) == 1, "changes that follow each other are one"
    news = rows(engine, sa.select(t.outbox.c.key).where(t.outbox.c.key.like("case:%")))
    assert news == [], "the card says it"
    assert card


PRESSED = [
    ("补充", "您接着说"),
    ("催办", "催过了"),
    ("撤回", "要撤回工单"),
]


@pytest.mark.parametrize(("label", "said"), PRESSED)
async def test_the_card_has_buttons(talker: Talker, label: str, said: str) -> None:
    await talker.say(LIFT)
    assert said in (await talker.press(label)).text


async def test_what_follows_the_button_is_put_to_the_case(talker: Talker) -> None:
    await talker.say(LIFT)
    await talker.press("补充")
    await talker.say("东门垃圾没人收")
    assert len(await cases(talker)) == 1


async def test_who_asks_for_it_is_forgotten(talker: Talker, engine: sa.Engine) -> None:
    await talker.speak("三号楼", "电梯", "坏了")
    await talker.say("/delete")
    await talker.press("删掉")
    assert await talker.storage.write(lambda tx: erase_due(tx, RULES)) == 0
    talker.clock.move(minutes=3)
    assert await talker.storage.write(lambda tx: erase_due(tx, RULES)) == 1
    for column in (t.inbox.c.text, t.outbox.c.text, t.media_content.c.content, t.contact.c.address):
        assert set(rows(engine, sa.select(column))) <= {("",)}, column
    assert rows(engine, sa.select(t.case_file.c.state)) == [(State.WITHDRAWN.value,)]
    await talker.say("你好")
    assert await cases(talker) == []


async def test_a_changed_mind_is_heard(talker: Talker) -> None:
    await talker.say("/delete")
    await talker.press("删掉")
    await talker.press("不删")
    talker.clock.move(minutes=3)
    assert await talker.storage.write(lambda tx: erase_due(tx, RULES)) == 0


SENT_TO_A_PERSON = [
    ("a photo alone", lambda talker: talker.show(), "（照片）", ""),
    ("a photo with words", lambda talker: talker.show("就是这根管子"), "就是这根管子", ""),
    ("a recording", lambda talker: talker.speak("水管", "漏水"), "水管漏水", ""),
    ("an unheard one", lambda talker: talker.speak(seconds=3), "（语音留言 3 秒，等人来听）", ""),
    ("a lost photo", lambda talker: talker.show(lost="gone"), "（照片）", "没收到"),
]


@pytest.mark.parametrize(("label", "send", "line", "said"), SENT_TO_A_PERSON)
async def test_what_is_sent_while_staff_are_there_goes_to_them(
    talker: Talker, label: str, send: Callable[[Talker], Awaitable[Answer]], line: str, said: str
) -> None:
    await talker.say("人工")
    lin = await Community(talker.storage, RULES).staff("lin")
    await talker.storage.write(lambda tx: reply(tx, RULES, 1, lin, "拍一张看看"))
    answer = await send(talker)
    assert (said in answer.text) is bool(answer.text != "林晓：拍一张看看"), label
    assert "什么事" not in answer.text
    assert (await talk_lines(talker))[-1] == line, label
    assert await cases(talker) == []
    shown = await talker.storage.read(lambda views: shown_in(views, views.talks.get(1)))
    assert len(shown) == 1


async def test_nobody_there_a_photo_is_asked_about_and_waits_for_them_too(talker: Talker) -> None:
    await talker.say("人工")
    assert "什么事" in (await talker.show()).text
    assert (await talk_lines(talker))[-1] == "（照片）"


async def talk_lines(talker: Talker) -> list[str]:
    lines = await talker.storage.read(lambda views: views.talks.lines(1))
    return [line.words for line in lines]


def rows(engine: sa.Engine, query: sa.Select[tuple[object]]) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


async def lines_of(talker: Talker, address: str) -> list[str]:
    def query(views: object) -> list[str]:
        contact = views.people.find(talker.channel, address)  # type: ignore[attr-defined]
        lines = views.chat.lines(contact.id, after=None, limit=50)  # type: ignore[attr-defined]
        return [line.text for line in lines]

    return await talker.storage.read(query)


async def take(talker: Talker) -> None:
    (case,) = await cases(talker)
    wang = await Community(talker.storage, RULES).staff("wang")
    await talker.storage.write(
        lambda tx: handle.take(tx, RULES, case.id, wang, version=case.version)
    )


async def solve(talker: Talker) -> None:
    await take(talker)
    (case,) = await cases(talker)
    wang = await Community(talker.storage, RULES).staff("wang")
    await talker.storage.write(
        lambda tx: handle.resolve(tx, RULES, case.id, wang, "换了控制板", version=case.version)
    )
