"""'我有个想法', as residents say and press it, until neighbours back it."""

import pytest

from bot.flow.initiatives import review
from bot.model.initiative import Initiative, InitiativeState, Wish
from bot.ports.storage import Tx
from credits.ledger import Balance
from tests.bot.dialogue.talker import Talker
from tests.bot.dialogue.test_rewards import balance, known


async def newest(talker: Talker) -> Initiative:
    found = await talker.storage.read(
        lambda views: views.initiatives.in_states(list(InitiativeState), 1)
    )
    return found[0]


async def published(talker: Talker) -> Initiative:
    def unit(tx: Tx) -> Initiative:
        staff = next(one for one in tx.staff.all() if one.login == "lin")
        taken = review.take(tx, found.id, staff)
        return review.publish(tx, talker.rules, found.id, staff, version=taken.version)

    found = await newest(talker)
    return await talker.storage.write(unit)


async def told(talker: Talker, title: str = "我想发起给楼道装扶手") -> None:
    """She says all that is asked for, and sends it in."""
    asked = await talker.say(title)
    if "差不多" in asked.text:
        asked = await talker.press("不是一件，接着说我的")
    assert "在哪儿做" in asked.text, asked.text
    assert "为什么" in (await talker.say("3号楼2单元楼道")).text
    assert "要些什么" in (await talker.say("老人上下楼没地方扶，差点摔了")).text
    read = await talker.say("要4个小时人手，30分，还要两把电钻")
    for words in ("给楼道装扶手", "3号楼2单元楼道", "4 个小时人手、30 分、两把电钻"):
        assert words in read.text, read.text
    assert "同事最晚" in (await talker.press("交上去")).text


async def test_a_proposal_is_named_without_the_words_that_announce_it(talker: Talker) -> None:
    assert (
        "“能不能搞个老年食堂”" in (await talker.say("我想给社区提个建议，能不能搞个老年食堂")).text
    )


async def test_what_an_idea_needs_is_no_danger(talker: Talker) -> None:
    for words in ("我想发起把空地种上花", "3号楼门口", "一楼出门就是土，下雨全是泥"):
        await talker.say(words)
    read = await talker.say("要五个人，两个小时，锄头三把")
    assert "危险" not in read.text
    assert "110" not in read.text
    assert "119" in (await talker.say("着火了")).text


async def test_how_her_own_stand(talker: Talker) -> None:
    assert "还没有提议" in (await talker.say("我的提议怎么样了")).text
    await talker.say("我想发起给楼道装扶手")
    told = await talker.say("我的提议")
    assert "1 号提议（给楼道装扶手）：还没交。" in told.text
    assert "在哪儿做" in (await talker.press("接着说")).text
    await talker.say("3号楼2单元楼道")
    await talker.say("老人上下楼没地方扶")
    await talker.say("不用")
    await talker.press("交上去")
    for words in ("我的提议呢", "1号提议怎么样了", "怎么样了"):
        assert "1 号提议（给楼道装扶手）：等同事看，最晚" in (await talker.say(words)).text
    await published(talker)
    assert "请邻居支持" in (await talker.say("我的提议")).text
    assert "老人上下楼没地方扶" in (await talker.press("看 1 号")).text


async def test_what_is_not_understood_has_it_read_again(talker: Talker) -> None:
    await talker.say("我想发起给楼道装扶手")
    await talker.say("3号楼2单元楼道")
    await talker.say("老人上下楼没地方扶")
    await talker.say("不用")
    assert "看看对不对" in (await talker.say("不用别的了")).text
    assert "同事最晚" in (await talker.say("交上去吧")).text


async def test_numbers_may_be_words(talker: Talker) -> None:
    await talker.say("我想发起给楼道装扶手")
    await talker.say("3号楼2单元楼道")
    await talker.say("老人上下楼没地方扶")
    read = await talker.say("四个小时，三十分，还要两把电钻")
    assert "4 个小时人手、30 分、两把电钻" in read.text


async def test_an_initiative_is_seen_by_its_number(talker: Talker) -> None:
    await told(talker)
    await published(talker)
    other = neighbour(talker)
    for words in ("我支持1号提议", "支持一号", "我想支持1号提议"):
        assert "现在有 0 位邻居支持" in (await other.say(words)).text, words


async def test_her_points_are_no_place(talker: Talker) -> None:
    await talker.say("我想发起把空地种上花")
    mine = (await talker.say("我的等级")).text
    assert "0 分" in mine
    assert "您是“新邻居”" in mine
    assert "垃圾分类，2 分" in (await talker.say("怎么得积分")).text
    assert "把空地种上花" in (await talker.say("我有个想法")).text
    assert "在哪儿做" in (await talker.press("接着说")).text
    assert "为什么" in (await talker.say("3号楼门口")).text


def neighbour(talker: Talker) -> Talker:
    return Talker(
        talker.storage, talker.rules, talker.interpreter, talker.clock,
        address="neighbour", channel="telegram",
    )  # fmt: skip


async def test_from_the_idea_to_a_pledge(talker: Talker) -> None:
    await told(talker)
    await published(talker)
    other = neighbour(talker)
    await known(other)
    assert "给楼道装扶手（请邻居支持，0 位邻居支持）" in (await other.say("一起做")).text
    seen = await other.press("看 1 号")
    assert "现在有 0 位邻居支持" in seen.text
    assert "10 分先替 1 号提议放着" in (await other.press("出 10 分")).text
    assert await balance(other) == Balance(40, held=10)
    assert "已经支持过了" in (await other.press("出 10 分")).text
    assert "出一样什么" in (await other.press("出一样东西")).text
    assert "记下了：一把电钻" in (await other.say("一把电钻")).text
    again = await other.say("", "initiative:1")
    assert "1 位邻居支持、10 分、1 样东西" in again.text
    assert [one.label for one in again.buttons] == ["出 2 小时", "出一样东西", "收回"]
    assert "10 分又能用了" in (await other.press("收回")).text
    assert await balance(other) == Balance(40)


async def test_what_is_alike_is_shown_first(talker: Talker) -> None:
    await told(talker)
    await published(talker)
    other = neighbour(talker)
    asked = await other.say("我想发起在楼道里装扶手")
    assert "邻居想做的差不多" in asked.text
    assert "1 号 给楼道装扶手" in asked.text
    assert "在哪儿做" in (await other.press("不是一件，接着说我的")).text


async def test_without_a_title_she_is_asked_and_a_draft_is_kept(talker: Talker) -> None:
    assert "想做什么" in (await talker.say("我有个想法")).text
    assert "4 到 60 个字" in (await talker.say("扶手")).text
    await talker.say("给楼道装扶手")
    await talker.say("3号楼2单元楼道")
    again = await talker.say("我有个想法")
    assert "您上次说到“给楼道装扶手”" in again.text
    assert "为什么" in (await talker.press("接着说")).text
    await talker.say("我有个想法")
    assert "不要了" in (await talker.press("不要了")).text
    assert (await newest(talker)).state is InitiativeState.WITHDRAWN


async def test_returned_changed_and_sent_in_again(talker: Talker) -> None:
    await told(talker)

    def back(tx: Tx) -> None:
        staff = next(one for one in tx.staff.all() if one.login == "lin")
        taken = review.take(tx, 1, staff)
        review.send_back(tx, talker.rules, 1, staff, "请写清楚装几段", version=taken.version)

    await talker.storage.write(back)
    assert "在哪儿做" in (await talker.say("", "idea_change:1")).text
    await talker.say("3号楼2单元，四段")
    await talker.say("老人没地方扶")
    assert "不用别的" in (await talker.say("不用")).text
    assert "同事最晚" in (await talker.say("对")).text


ANSWERS = ["3号楼2单元，一楼到四楼", "小花园打卡的地方", "换东西的店门口", "不好找，在车棚后面"]


@pytest.mark.parametrize("place", ANSWERS)
async def test_a_place_may_sound_like_anything(talker: Talker, place: str) -> None:
    await talker.say("我想发起给楼道装扶手")
    assert "为什么" in (await talker.say(place)).text
    assert (await newest(talker)).wish.place == place


async def test_a_report_after_all_was_said_is_a_report(talker: Talker) -> None:
    await talker.say("我想发起给楼道装扶手")
    for words in ("3号楼2单元", "老人没地方扶", "不用"):
        await talker.say(words)
    assert "王师傅" in (await talker.say("幸福里小区3号楼2单元电梯坏了")).text
    assert (await newest(talker)).state is InitiativeState.DRAFT


async def test_an_hour_later_a_report_is_no_answer(talker: Talker) -> None:
    await talker.say("我想发起给楼道装扶手")
    talker.clock.move(minutes=45)
    assert "王师傅" in (await talker.say("幸福里小区3号楼2单元电梯坏了")).text
    assert not (await newest(talker)).wish.place


WRONG = [
    ("somebody else's", "idea_submit:1", "没有找到这个提议"),
    ("none", "idea_drop:99", "没有找到这个提议"),
    ("no number", "idea_go_on:x", "按钮"),
    ("a pledge of nonsense", "pledge:1:gold:5", "按钮"),
    ("a pledge without a number", "pledge:1:hours:x", "按钮"),
    ("one that nobody may see yet", "initiative:1", "没有找到这个提议"),
    ("a pledge for one that is not open", "pledge:1:hours:2", "要先知道您是谁"),
]


@pytest.mark.parametrize(("label", "choice", "answer"), WRONG)
async def test_a_button_that_leads_nowhere(
    talker: Talker, label: str, choice: str, answer: str
) -> None:
    await told(talker)
    said = await neighbour(talker).say("", choice)
    expected = talker.rules.texts.say("talk.too_late") if answer == "按钮" else answer
    assert expected in said.text, label


async def test_who_leads_says_in_words_that_it_is_done(talker: Talker) -> None:
    def begun(tx: Tx, title: str) -> None:
        person_id = tx.people.meet(talker.channel, talker.address).person_id
        wish = Wish(title=title, place="3号楼", reason="方便")
        state = InitiativeState.IN_PROGRESS
        tx.initiatives.make(
            Initiative(id=0, author_id=person_id, wish=wish, state=state, made_at=tx.now)
        )

    assert "做成了什么" not in (await talker.say("做完了")).text
    await talker.storage.write(lambda tx: begun(tx, "装扶手"))
    assert "做成了什么" in (await talker.say("做完了！")).text
    assert "同事去看一眼" in (await talker.say("四段都装好了")).text
    assert (await newest(talker)).result == "四段都装好了"
    await talker.storage.write(lambda tx: begun(tx, "种花"))
    answer = await talker.say("做完了")
    assert [button.label for button in answer.buttons] == ["种花", "装扶手"]
    assert "做成了什么" in (await talker.press("种花")).text
