"""What is neither plain text nor voice: photos, edits, groups, commands, the card of a case."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.flow.erase import erase_due
from bot.flow.telling.talk import reply, shown_in
from bot.model.case import State
from bot.store import tables as t
from tests.bot.community import Community
from tests.bot.dialogue.looking import (
    LIFT,
    RULES,
    cases,
    history,
    lines_of,
    media_of,
    rows,
    take,
)
from tests.bot.dialogue.talker import Answer, Talker


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


@pytest.mark.parametrize("verb", ["listen", "heard", "misheard", "understood", "add", "do"])
async def test_a_forged_button_is_told(talker: Talker, verb: str) -> None:
    for number in ("99999999999999999999", "1", "x", "-1"):
        assert "过时" in (await talker.say("x", f"{verb}:{number}")).text


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
    asked = await talker.press("删掉")
    await talker.say(asked.text[-6:])
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


UNREADABLE = [
    ("a contact card, a dice", "", "能发的是：字、语音、照片、视频、位置"),
    ("a document with words", LIFT, "一起发来的文件在这里打不开"),
]


@pytest.mark.parametrize(("label", "words", "told"), UNREADABLE)
async def test_what_cannot_be_opened_is_said_plainly(
    talker: Talker, label: str, words: str, told: str
) -> None:
    answer = await talker.send(words, unreadable=True)
    assert told in answer.text, label
    assert "没收到字" not in answer.text
    assert len(await cases(talker)) == (1 if words else 0)
