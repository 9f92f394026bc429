"""Whose idea it is hears questions and proposals in the chat, and answers there."""

from dataclasses import replace

from bot.flow.initiatives import remarks
from bot.model.remark import Remark, RemarkState, Wording
from bot.ports.storage import Tx
from tests.bot.dialogue.talker import Answer, Talker
from tests.bot.dialogue.test_initiatives import neighbour, newest, published, told
from tests.bot.dialogue.test_rewards import known


async def said_of(talker: Talker, number: int) -> list[Remark]:
    found = await talker.storage.read(lambda views: views.remarks.of_initiative(number))
    return list(found)


async def test_a_question_is_answered_where_it_is_told(talker: Talker) -> None:
    await told(talker)
    one = await published(talker)
    other = neighbour(talker)
    await other.say("你好")

    def ask(tx: Tx) -> None:
        person = tx.people.meet("telegram", "neighbour").person_id
        remarks.ask(tx, talker.rules, person, one.id, "什么时候装？")

    await talker.storage.write(ask)
    assert "怎么答" in (await talker.say("", "remark_answer:1")).text
    assert "已经告诉" in (await talker.say("下个月，水电都停一天")).text
    (said,) = await said_of(talker, one.id)
    assert (said.answer, said.state) == ("下个月，水电都停一天", RemarkState.ANSWERED)
    assert "已经答过了" in (await after(talker, "remark_answer:1", "再说一遍")).text


async def test_a_proposal_is_taken_or_declined_with_a_word(talker: Talker) -> None:
    await told(talker)
    one = await published(talker)
    helper = neighbour(talker)
    await known(helper)

    def propose(tx: Tx) -> None:
        person = tx.people.meet("telegram", "neighbour").person_id
        wording = Wording.of(one.wish)
        for reason in ("轮椅也要能上", "孩子也要能上"):
            changed = replace(wording, reason=reason)
            remarks.propose(tx, talker.rules, person, one.id, changed, "更好")

    await talker.storage.write(propose)
    taken = await talker.say("", "remark_take:1")
    assert "写的换成新的了" in taken.text
    assert (await newest(talker)).wish.reason == "轮椅也要能上"
    assert "后来已经改过了" in (await talker.say("", "remark_take:2")).text
    assert "已经告诉" in (await after(talker, "remark_decline:2", "已经写了轮椅")).text
    assert "没有找到" in (await helper.say("", "remark_take:2")).text
    assert "过" in (await talker.say("", "remark_take:x")).text


async def after(talker: Talker, choice: str, words: str) -> Answer:
    await talker.say("", choice)
    return await talker.say(words)
