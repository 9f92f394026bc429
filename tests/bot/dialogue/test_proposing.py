"""A neighbour asks about an initiative, or proposes other words, in the words of residents."""

import pytest

from bot.model.remark import Remark, RemarkKind, RemarkState
from bot.ports.storage import Views
from tests.bot.dialogue.talker import Talker
from tests.bot.dialogue.test_initiatives import neighbour, newest, published, told
from tests.bot.dialogue.test_remarks import said_of
from tests.bot.dialogue.test_rewards import known


async def gathering(talker: Talker) -> Talker:
    """There is an initiative of hers; return a neighbour whom the bot knows."""
    await told(talker)
    await published(talker)
    other = neighbour(talker)
    await known(other)
    return other


async def questions(talker: Talker) -> list[str]:
    said = await said_of(talker, 1)
    return [one.words for one in said if one.kind is RemarkKind.QUESTION]


ASKED = [
    ("number first", "1号提议我想问问什么时候装", "什么时候装"),
    ("number in words", "一号提议我想问一下，施工会不会停电？", "施工会不会停电？"),
    ("number last", "我想问问1号提议，钱从哪来", "钱从哪来"),
    ("about", "关于1号提议，想问一句要不要搬东西", "要不要搬东西"),
    ("sounds like a danger", "1号提议我想问一下会不会着火", "会不会着火"),
]


@pytest.mark.parametrize(("label", "words", "question"), ASKED)
async def test_a_question_in_one_sentence(
    talker: Talker, label: str, words: str, question: str
) -> None:
    other = await gathering(talker)
    assert f"替您问了（1 号提议）：{question}" in (await other.say(words)).text, label
    assert await questions(talker) == [question]


async def test_whoever_looked_at_one_asks_about_it(talker: Talker) -> None:
    await gathering(talker)
    stranger = Talker(
        talker.storage, talker.rules, talker.interpreter, talker.clock, "s", "telegram"
    )
    assert "发“问一句”" in (await stranger.say("看1号提议")).text
    assert "您想问什么" in (await stranger.say("问一句")).text
    assert "请去掉再发" in (await stranger.say("打13812345678告诉我")).text
    assert "替您问了（1 号提议）：什么时候能装好" in (await stranger.say("什么时候能装好")).text
    assert "您想问什么" in (await stranger.say("问一句")).text
    assert "不说了" in (await stranger.say("算了")).text
    assert await questions(talker) == ["什么时候能装好"]


async def test_without_having_looked_she_is_asked_which(talker: Talker) -> None:
    other = await gathering(talker)
    assert "是哪一个" in (await other.say("问一句")).text
    assert "您想问什么" in (await other.press("问 1 号")).text
    assert "替您问了" in (await other.say("钱从哪来")).text
    talker.clock.move(minutes=31)
    assert "是哪一个" in (await other.say("提个改法")).text
    assert "想改哪一样" in (await other.press("改 1 号")).text


NO_QUESTIONS = [
    ("a lift", "我想问1号楼的电梯什么时候修", "电梯"),
    ("a lamp", "1号提议那里的楼道灯坏了", "工单"),
    ("no such one", "99号提议我想问什么时候做", "没有找到这个提议"),
    ("a number beyond any", "1000000000000000001号提议我想问几时做", "没有找到这个提议"),
    ("only its number", "第1号提议什么时候开始做？", "给楼道装扶手"),
    ("one that nobody may see", "2号提议我想问问几点", "没有找到这个提议"),
    ("help", "帮助", "您直接说就行"),
]


@pytest.mark.parametrize(("label", "words", "answer"), NO_QUESTIONS)
async def test_what_is_no_question_about_it(
    talker: Talker, label: str, words: str, answer: str
) -> None:
    other = await gathering(talker)
    await other.say("看1号提议")
    await other.say("问一句")
    await other.say("算了")
    assert answer in (await other.say(words)).text, label
    assert await questions(talker) == []


GIVES = ["我想给1号提议出两个小时", "1号提议算我一个", "我捐一把电钻给1号提议", "我想支持"]


@pytest.mark.parametrize("words", GIVES)
async def test_who_wants_to_give_has_its_card_and_no_new_idea(talker: Talker, words: str) -> None:
    other = await gathering(talker)
    await other.say("看1号提议")
    answer = await other.say(words)
    assert "现在有 0 位邻居支持" in answer.text
    assert "危险" not in answer.text
    assert [one.label for one in answer.buttons] == ["出 2 小时", "出 10 分", "出一样东西"]


async def test_to_support_without_saying_what_lists_what_there_is(talker: Talker) -> None:
    other = await gathering(talker)
    assert "1 号 给楼道装扶手" in (await other.say("我想支持")).text


async def test_a_question_is_no_answer_to_something_else(talker: Talker) -> None:
    other = await gathering(talker)
    await other.say("我想发起给楼下种花")
    assert "替您问了" in (await other.say("1号提议我想问问，是不是要交钱？")).text
    assert "您想问什么" in (await other.say("问一句")).text
    assert "您想问什么" in (await other.say("问一句")).text
    assert "不说了" in (await other.say("算了吧")).text
    assert await questions(talker) == ["是不是要交钱？"]


AGAINST = ["1号提议太吵了我反对", "我要投诉1号提议", "1号提议我不同意", "给1号提议提意见：太贵"]


@pytest.mark.parametrize("words", AGAINST)
async def test_who_is_against_it_chooses(talker: Talker, words: str) -> None:
    other = await gathering(talker)
    assert "还是想把写的改一改" in (await other.say(words)).text


async def test_other_words_in_three_steps_and_both_hear_of_it(talker: Talker) -> None:
    other = await gathering(talker)
    which = await other.say("1号提议我想改一改")
    assert "在哪儿：3号楼2单元楼道" in which.text
    assert "现在写的是：3号楼2单元楼道" in (await other.press("在哪儿")).text
    assert "没有改" in (await other.say("3号楼2单元楼道")).text
    assert "为什么这样改" in (await other.say("3号楼1单元和2单元楼道")).text
    assert "提给发起的邻居了" in (await other.say("两边都难走")).text
    assert "改成“3号楼1单元和2单元楼道”" in (await talker.say("1号提议有人问吗")).text
    assert "换成新的了" in (await talker.press("用这个改法")).text
    assert (await newest(talker)).wish.place == "3号楼1单元和2单元楼道"
    heard = await news(other)
    assert any("用上了" in one for one in heard)


async def test_the_part_can_be_named_and_things_can_go(talker: Talker) -> None:
    other = await gathering(talker)
    assert "“要的东西”现在写的是" in (await other.say("1号提议要的东西写错了")).text
    assert "改成：没有写" in (await other.say("不用")).text
    assert "提给发起的邻居了" in (await other.say("我们都有")).text
    (said,) = await said_of(talker, 1)
    assert said.wording is not None
    assert said.wording.things == ""


async def test_who_has_an_opinion_changes_it_or_leaves_it(talker: Talker) -> None:
    other = await gathering(talker)
    await other.say("给1号提议提意见：太贵")
    assert "想改哪一样" in (await other.press("改一改")).text
    assert "不说了" in (await other.say("不改了")).text
    assert await said_of(talker, 1) == []


async def test_who_is_not_known_changes_nothing(talker: Talker) -> None:
    await gathering(talker)
    stranger = Talker(
        talker.storage, talker.rules, talker.interpreter, talker.clock, "s", "telegram"
    )
    for words, choice in (("1号提议我想改一改", None), ("", "remark_part:1:place")):
        assert "要先知道您是谁" in (await stranger.say(words, choice)).text
    for choice in ("remark_part:1:hours", "remark_part:x:place", "remark_ask:x", "remark_change:"):
        answer = await stranger.say("", choice)
        assert "想" not in answer.text, choice
    assert await said_of(talker, 1) == []


async def test_what_waits_is_shown_to_whose_idea_it_is_one_by_one(talker: Talker) -> None:
    other = await gathering(talker)
    for words in ("什么时候装", "要搬东西吗"):
        await other.say(f"1号提议我想问问{words}")
    assert "给楼道装扶手" in (await other.say("1号提议有人问吗")).text
    first = await talker.say("答邻居")
    assert "什么时候装" in first.text
    assert "后面还有 1 条" in first.text
    await talker.press("回答")
    assert "不说了" in (await talker.say("算了")).text
    await talker.say("", "remark_answer:1")
    assert "请去掉再发" in (await talker.say("打13812345678问我")).text
    assert "已经告诉" in (await talker.say("下个月")).text
    assert "要搬东西吗" in (await talker.press("看下一条")).text
    await talker.press("回答")
    assert (await talker.say("什么时候都行")).buttons == ()
    for words in ("答邻居", "有人问我的提议吗", "谁问了1号提议"):
        assert "没有邻居等着" in (await talker.say(words)).text, words
    found: list[Remark] = await said_of(talker, 1)
    assert {one.state for one in found} == {RemarkState.ANSWERED}
    assert any("下个月" in one for one in await news(other))


async def news(talker: Talker) -> list[str]:
    """Return all that was said to her."""

    def look(views: Views) -> list[str]:
        contact = views.people.find(talker.channel, talker.address)
        assert contact is not None
        return [line.text for line in views.chat.lines(contact.id, after=None, limit=99)]

    return await talker.storage.read(look)
