"""What somebody did for others, from 把垃圾分好了 until it waits, and what she can do then."""

from dataclasses import replace
from typing import Any, cast

import pytest

from bot.flow.credit.moderate import approve, ask, reject
from bot.model.staff import Role, Staff
from bot.ports.moderation import Claim
from bot.ports.storage import Tx
from credits.claims import ClaimState
from credits.ledger import resident
from credits.posting import post
from nlp.matter.kinds import Kind
from nlp.meaning import Interpreter, Meaning
from tests.bot.dialogue.looking import INTERPRETER, RULES
from tests.bot.dialogue.talker import Talker
from tests.credits.making import posting


def moderator(staff_id: int = 1) -> Staff:
    return Staff(
        id=staff_id,
        login="m",
        name="余老师",
        role=Role.MODERATOR,
        agency="community",
        organisation_id=1,
        capacity=1,
        on_duty=True,
    )


async def claim_of(talker: Talker, claim_id: int = 1) -> Claim:
    found = await talker.storage.read(lambda views: views.claims.find(claim_id))
    assert found is not None
    return found


async def claimed(talker: Talker) -> Claim:
    await talker.show("我把垃圾分好了，在幸福里小区3号楼")
    return await claim_of(talker)


async def news(talker: Talker) -> str:
    """Return the newest line of the conversation."""

    def look(tx: Tx) -> str:
        contact = tx.people.meet(talker.channel, talker.address)
        lines = tx.chat.lines(contact.id, after=None, limit=99)  # type: ignore[attr-defined]
        return str(lines[-1].text)

    return await talker.storage.write(look)


async def test_what_is_missing_is_asked_one_thing_at_a_time(talker: Talker) -> None:
    asked = await talker.say("把垃圾分好了")
    assert "照片" in asked.text
    assert "口令" in asked.text
    assert "在哪儿" in (await talker.show()).text
    made = await talker.say("3号楼旁边的投放点")
    assert "申报 1 号" in made.text
    assert "看完就告诉您" in made.text
    claim = await claim_of(talker)
    assert (claim.activity, claim.state, claim.place) == (
        "waste_sorting",
        ClaimState.WAITING,
        "3号楼旁边的投放点",
    )
    assert await talker.storage.read(lambda views: views.claims.photos(1)) == [1]


async def test_a_photo_that_came_first_is_taken_along(talker: Talker) -> None:
    await talker.show()
    assert "在哪儿" in (await talker.say("把垃圾分好了")).text
    await talker.say("和平家园门口")
    assert await talker.storage.read(lambda views: views.claims.photos(1)) == [1]


@pytest.mark.parametrize(
    ("told", "activity"),
    [
        ("我去看望了3号楼的李奶奶，给她送了菜", "care_visit"),
        ("我教邻居张大爷用手机挂号了", "phone_help"),
        ("我把两家吵架的劝开了，为停车的事", "mediation"),
        ("帮对门王阿姨抬了个冰箱上楼", "neighbour_help"),
    ],
)
async def test_a_deed_told_in_a_sentence_is_a_claim(
    talker: Talker, told: str, activity: str
) -> None:
    made = await talker.say(told)
    assert made.text.startswith("记下了")
    assert (await claim_of(talker)).activity == activity


async def test_what_earns_points_is_told(talker: Talker) -> None:
    said = (await talker.say("做什么有积分呀")).text
    for words in ("垃圾分类，2 分", "看望困难邻居，6 分", "办好了，回一句“好了”，5 分"):
        assert words in said, said


@pytest.mark.parametrize(
    "said", ["没有照片", "我没拍照", "不会拍照", "没拍", "没有", "忘了拍了", "照片没有怎么办"]
)
async def test_without_a_photo_a_neighbour_who_saw_it_says_so(talker: Talker, said: str) -> None:
    await talker.say("把垃圾分好了")
    asked = (await talker.say(said)).text
    assert "没有照片也行" in asked
    assert "在哪儿" in asked
    made = (await talker.say("3号楼旁边的投放点")).text
    assert "申报 1 号" in made
    assert "作证 1" in made
    claim = await claim_of(talker)
    assert (claim.state, claim.place) == (ClaimState.WAITING, "3号楼旁边的投放点")
    signals = await talker.storage.read(lambda views: views.claims.signals([claim.id]))
    assert "no_photo" in {one.kind for _, one in signals}  # whoever decides sees it


async def test_who_says_at_once_that_there_is_no_photo_is_not_asked_for_one(
    talker: Talker,
) -> None:
    made = (await talker.say("我扫了3号楼门口的雪，没拍照片")).text
    assert "没有照片也行" in made
    assert "作证 1" in made


@pytest.mark.parametrize("said", ["在3号楼", "3号楼2单元", "补充一下，是幸福里小区3号楼的"])
async def test_a_place_given_after_a_claim_is_put_to_it(talker: Talker, said: str) -> None:
    await talker.say("看望了李奶奶，送了菜和米")
    assert "放进申报 1 号里了" in (await talker.say(said)).text
    claim = await claim_of(talker)
    assert "3号楼" in claim.place
    assert said in claim.words


async def test_a_place_long_after_a_claim_is_none_of_it(talker: Talker) -> None:
    await talker.say("看望了李奶奶，送了菜和米")
    talker.clock.move(hours=1)
    assert "申报" not in (await talker.say("3号楼2单元")).text


async def test_a_place_before_the_photo_is_not_asked_for_again(talker: Talker) -> None:
    await talker.say("把垃圾分好了")
    await talker.say("在3号楼")
    assert "申报 1 号" in (await talker.show()).text
    assert (await claim_of(talker)).place == "3号楼"


async def test_a_matter_right_after_a_claim_is_a_matter(talker: Talker) -> None:
    await talker.say("看望了李奶奶，送了菜和米")
    assert "工单" in (await talker.say("另外3号楼电梯坏了")).text


async def test_which_it_was_is_asked_with_buttons(talker: Talker) -> None:
    asked = await talker.say("做好事")
    assert [one.label for one in asked.buttons][:2] == ["垃圾分类", "打扫公共地方"]
    assert "帮了谁" in (await talker.press("邻里调解")).text
    assert "申报 1 号" in (await talker.say("楼上楼下为漏水吵架，说开了")).text
    assert (await claim_of(talker)).activity == "mediation"


async def test_which_it_was_is_taken_from_words_too(talker: Talker) -> None:
    assert "帮邻居一把，申报 1 号" in (await talker.say("我帮老大爷提了菜上楼，累得够呛")).text
    await talker.say("我做了件好事")
    told = (await talker.say("把楼道扫了一遍")).text
    assert "打扫公共地方" in told


async def test_a_clear_matter_meanwhile_is_a_matter(talker: Talker) -> None:
    await talker.say("把垃圾分好了")
    assert "工单" in (await talker.say("幸福里小区3号楼2单元电梯坏了")).text


async def test_duty_takes_a_check_in(talker: Talker) -> None:
    assert "打卡" in (await talker.say("今天在驿站值了一班")).text


async def test_the_word_of_the_day_stays_and_changes_with_the_day(talker: Talker) -> None:
    first = (await talker.say("今日口令")).text
    assert "口令" in first
    assert (await talker.say("今天的口令")).text == first
    words = {first}
    for _ in range(3):
        talker.clock.move(hours=24)
        words.add((await talker.say("今日口令")).text)
    assert len(words) > 1


async def test_approved_she_has_her_points(talker: Talker) -> None:
    claim = await claimed(talker)
    await talker.storage.write(
        lambda tx: approve(tx, RULES, claim.id, moderator(), version=claim.version)
    )
    assert "加 2 分" in await news(talker)
    assert "您现在有 2 分" in (await talker.say("我的积分")).text


async def test_asked_for_more_her_next_words_belong_to_it(talker: Talker) -> None:
    claim = await claimed(talker)
    await talker.storage.write(
        lambda tx: ask(tx, RULES, claim.id, moderator(), "哪个桶是您分的？", version=claim.version)
    )
    assert "哪个桶是您分的" in await news(talker)
    assert "放进申报 1 号里了" in (await talker.say("左边第二个")).text
    claim = await claim_of(talker)
    assert claim.state is ClaimState.WAITING
    assert "左边第二个" in claim.words


async def test_rejected_she_appeals_once(talker: Talker) -> None:
    claim = await claimed(talker)
    await talker.storage.write(
        lambda tx: reject(
            tx, RULES, claim.id, moderator(), "photo_unclear", "", version=claim.version
        )
    )
    assert "照片看不清" in await news(talker)
    assert "另一位同事重新看" in (await talker.say("申诉，我拍得很清楚")).text
    claim = await claim_of(talker)
    assert (claim.state, claim.appealed) == (ClaimState.APPEALED, True)
    await talker.storage.write(
        lambda tx: reject(
            tx, RULES, claim.id, moderator(2), "photo_unclear", "", version=claim.version
        )
    )
    assert "另一位同事也看过了" in await news(talker)
    assert "看过一次了" in (await talker.say("申诉 1")).text


async def test_what_counts_against_her_is_told_without_any_points(talker: Talker) -> None:
    claim = await claimed(talker)
    before = (await talker.say("我的信用")).text
    assert "您的信用是 80" in before
    assert "没有属实" not in before
    await talker.storage.write(
        lambda tx: reject(tx, RULES, claim.id, moderator(), "not_done", "", version=claim.version)
    )
    after = (await talker.say("我的信用")).text
    assert "您现在有 0 分" in after
    assert "垃圾分类，没有属实" in after
    assert "您的信用是 80" not in after


async def rejected(talker: Talker, reason: str = "not_done") -> Claim:
    claim = await claimed(talker)
    return await talker.storage.write(
        lambda tx: reject(tx, RULES, claim.id, moderator(), reason, "", version=claim.version)
    )


APPEALS = ["2号申报我要申诉，我有小票", "凭什么不算，我真的去了", "不算分我不服气"]


@pytest.mark.parametrize("said", [words.replace("2号", "1号") for words in APPEALS])
async def test_an_appeal_in_her_own_words_keeps_them(talker: Talker, said: str) -> None:
    await rejected(talker)
    told = (await talker.say(said)).text
    assert "另一位同事重新看" in told
    assert "有人有危险" not in told
    events = await talker.storage.read(lambda views: views.claims.events(1))
    assert events[-1].words == said


async def test_what_proves_it_is_put_to_the_appeal(talker: Talker) -> None:
    await rejected(talker)
    await talker.say("我要申诉")
    assert "放进申报 1 号里了" in (await talker.show()).text
    assert (await claim_of(talker)).state is ClaimState.APPEALED
    assert len(await talker.storage.read(lambda views: views.claims.photos(1))) == 2


async def test_a_photo_sent_right_after_a_claim_is_part_of_it(talker: Talker) -> None:
    assert "申报 1 号" in (await talker.say("我昨天去看了5号楼的张奶奶，帮她买了药")).text
    assert "放进申报 1 号里了" in (await talker.show()).text
    talker.clock.move(hours=1)
    assert "申报 1 号" not in (await talker.show()).text


HOW_IT_STANDS = ["我的申报怎么样了", "申报看完了没有", "分怎么还没到账", "怎么样了", "我的积分"]


@pytest.mark.parametrize("said", HOW_IT_STANDS)
async def test_how_a_claim_stands(talker: Talker, said: str) -> None:
    claim = await claimed(talker)
    assert "申报 1 号（垃圾分类）在等同事看，最晚" in (await talker.say(said)).text
    await talker.storage.write(
        lambda tx: reject(tx, RULES, claim.id, moderator(), "not_done", "", version=claim.version)
    )
    told = await talker.say(said)
    assert "申报 1 号（垃圾分类）没有算分：去看了，没有这回事。" in told.text
    assert "另一位同事重新看" in (await talker.press("不服，再看一次")).text
    assert "请了另一位同事重新看" in (await talker.say(said)).text


async def test_what_can_be_appealed_no_more_is_told_no_more(talker: Talker) -> None:
    await rejected(talker)
    talker.clock.move(hours=24 * (RULES.policy.moderation.appeal_days + 1))
    assert "申报 1 号" not in (await talker.say("怎么样了")).text


async def test_an_appeal_that_comes_too_late(talker: Talker) -> None:
    claim = await claimed(talker)
    await talker.storage.write(
        lambda tx: reject(
            tx, RULES, claim.id, moderator(), "photo_unclear", "", version=claim.version
        )
    )
    talker.clock.move(hours=24 * (RULES.policy.moderation.appeal_days + 1))
    assert "过了能申诉的时间" in (await talker.say("申诉")).text


async def test_she_takes_it_back(talker: Talker) -> None:
    await claimed(talker)
    assert "撤回了" in (await talker.press("撤回")).text
    assert (await claim_of(talker)).state is ClaimState.WITHDRAWN
    assert "不能这样改" in (await talker.press("撤回")).text


@pytest.mark.parametrize(
    ("points", "words"), [(0, "热心邻居"), (30, "记下了您的话")], ids=["too new", "known"]
)
async def test_a_neighbour_gives_her_word(talker: Talker, points: int, words: str) -> None:
    made = await talker.say("我去看望了3号楼的李奶奶，陪她说话")
    assert "作证 1" in made.text
    assert "自己不能给自己作证" in (await talker.say("作证 1")).text
    neighbour = Talker(
        talker.storage, RULES, INTERPRETER, talker.clock, address="neighbour", channel="telegram"
    )

    def earn(tx: Tx) -> None:
        person_id = tx.people.meet("telegram", "neighbour").person_id
        if points:
            wish = posting("k", "treasury", f"resident:{person_id}", points, acted_at=tx.now)
            post(tx.journal, wish, now=tx.now, new_id=tx.new_transfer_id)
            assert tx.journal.balance(resident(person_id)).free == points

    await talker.storage.write(earn)
    assert words in (await neighbour.say("作证 1")).text
    if points:
        assert "已经作过证" in (await neighbour.say("作证1")).text


@pytest.mark.parametrize("words", ["申诉", "申诉 99", "作证 99", "作证 999999999999999"])
async def test_what_is_not_there_is_said(talker: Talker, words: str) -> None:
    assert "没有找到" in (await talker.say(words)).text


class Unsure:
    """An interpreter that can't tell whether a sentence is of a deed or of a matter."""

    SENTENCE = "今天轮到我站桶边上，我站满了"

    def __init__(self, inner: Interpreter) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def interpret(self, text: str) -> Meaning:
        found = self._inner.interpret(text)
        return replace(found, kind=Kind.REPORT, deed=True) if text == self.SENTENCE else found


@pytest.fixture
def unsure(talker: Talker) -> Talker:
    talker.interpreter = cast("Interpreter", Unsure(talker.interpreter))
    return talker


ANSWERS = [("我做的，记一笔", "您做了哪一件"), ("有事要办", "工单")]


@pytest.mark.parametrize(("label", "answer"), ANSWERS)
async def test_a_deed_or_a_matter_is_asked_first(unsure: Talker, label: str, answer: str) -> None:
    asked = await unsure.say(Unsure.SENTENCE)
    assert "想记一笔，还是有事要我们去办" in asked.text
    assert answer in (await unsure.press(label)).text


async def test_what_was_asked_before_is_asked_no_more(unsure: Talker) -> None:
    await unsure.say(Unsure.SENTENCE)
    await unsure.say("你好")
    assert "过时了" in (await unsure.press("我做的，记一笔")).text
