"""换什么, from the wish to the code, as residents say and press it; on Telegram."""

import re
from functools import partial

import pytest

from bot.flow.credit import redeem
from bot.model.people import Verification
from bot.model.reward import Offer, Order
from bot.ports.storage import Tx
from bot.till import do_all
from credits.ledger import Balance, resident
from credits.posting import post
from tests.bot.dialogue.talker import Talker
from tests.credits.making import posting


async def known(talker: Talker, points: int = 40) -> None:
    """Let her be known, with points."""

    def unit(tx: Tx) -> None:
        person_id = tx.people.meet(talker.channel, talker.address).person_id
        tx.people.verify(person_id, Verification.RESIDENT_CONFIRMED)
        gift = posting("gift", "treasury", f"resident:{person_id}", points, acted_at=tx.now)
        post(tx.journal, gift, now=tx.now, new_id=tx.new_transfer_id)

    await talker.storage.write(unit)


async def balance(talker: Talker) -> Balance:
    def look(tx: Tx) -> Balance:
        person_id = tx.people.meet(talker.channel, talker.address).person_id
        return tx.journal.balance(resident(person_id))

    return await talker.storage.write(look)


def code_in(text: str) -> str:
    found = re.search(r"\b(\d{4}) (\d{4})\b", text)
    assert found is not None, text
    return found[1] + found[2]


async def hand_out(talker: Talker, code: str) -> None:
    def unit(tx: Tx) -> None:
        staff = next(one for one in tx.staff.all() if one.login == "shop")
        errand = partial(redeem.hand_out, rules=talker.rules, staff=staff, code=code)
        (end,) = do_all([errand], tx)
        assert isinstance(end, Order)

    await talker.storage.write(unit)


async def test_from_the_wish_to_the_counter(talker: Talker) -> None:
    await known(talker)
    told = await talker.say("换什么")
    for words in ("您有 40 分能用", "鸡蛋十个：15 分，还有 20 份，在惠民超市领", "洗衣液一瓶"):
        assert words in told.text
    asked = await talker.press("换鸡蛋十个")
    assert "用 15 分换“鸡蛋十个”？" in asked.text
    placed = await talker.press("换")
    code = code_in(placed.text)
    assert "/r/" in placed.text
    assert await balance(talker) == Balance(40, held=15)
    assert code in (await talker.say("兑换码")).text.replace(" ", "")
    assert "先记着 15 分：兑换" in (await talker.say("我的积分")).text
    await hand_out(talker, code)
    assert await balance(talker) == Balance(25)
    assert "没有等着领" in (await talker.say("我换的东西")).text
    assert "-15 分：兑换" in (await talker.say("我的积分")).text


async def test_pressed_twice_it_is_one_order_with_one_code(talker: Talker) -> None:
    await known(talker)
    await talker.say("兑换鸡蛋")
    first, second = await talker.press("换"), await talker.press("换")
    assert code_in(first.text) == code_in(second.text)
    assert await balance(talker) == Balance(40, held=15)


async def test_asked_anew_it_is_another(talker: Talker) -> None:
    await known(talker)
    for _ in range(2):
        await talker.say("兑换鸡蛋")
        await talker.press("换")
    assert await balance(talker) == Balance(40, held=30)


async def test_she_keeps_her_points(talker: Talker) -> None:
    await known(talker)
    await talker.say("用积分换鸡蛋")
    assert "不换" in (await talker.press("不换")).text
    assert await balance(talker) == Balance(40)


async def test_she_gives_it_up(talker: Talker) -> None:
    await known(talker)
    await talker.say("兑换鸡蛋")
    await talker.press("换")
    assert "15 分退回" in (await talker.press("不要鸡蛋十个了")).text
    assert "没有再动" in (await talker.press("不要鸡蛋十个了")).text
    assert await balance(talker) == Balance(40)


async def test_who_is_not_known_hears_how_to_be_before_she_presses(talker: Talker) -> None:
    await known(talker)

    def forget(tx: Tx) -> None:
        person_id = tx.people.meet(talker.channel, talker.address).person_id
        tx.people.verify(person_id, Verification.UNVERIFIED)

    await talker.storage.write(forget)
    answer = await talker.say("兑换鸡蛋")
    assert "登记码" in answer.text
    assert not answer.buttons
    assert await balance(talker) == Balance(40)


async def test_too_few_points(talker: Talker) -> None:
    await known(talker, points=3)
    told = await talker.say("换什么")
    assert "再攒一攒" in told.text
    assert told.buttons == ()
    await talker.say("兑换鸡蛋")
    assert "积分不够" in (await talker.press("换")).text


async def test_an_empty_catalogue(talker: Talker) -> None:
    def take_off(tx: Tx) -> None:
        for one in tx.rewards.all():
            values = {name: getattr(one, name) for name in Offer.__dataclass_fields__}
            offer = Offer(**values | {"offered": False})
            assert tx.rewards.change(one.id, offer, stock_was=one.stock)

    await talker.storage.write(partial(take_off))
    assert "还没有能换的东西" in (await talker.say("换什么")).text


@pytest.mark.parametrize(
    "choice",
    ["reward:999", "reward:x", "order:1:x", "order:x:1", "order:999:1", "cancel_order:x",
     "cancel_order:999", "order:1", f"order:{'9' * 30}:1"],
)  # fmt: skip
async def test_what_nobody_offered_gets_a_kind_sentence(talker: Talker, choice: str) -> None:
    await known(talker)
    answer = (await talker.say("?", choice)).text
    assert any(words in answer for words in ("过时", "不换了", "没有找到")), answer
    assert await balance(talker) == Balance(40)


async def test_long_accounts_are_explained_to_the_last_entry(talker: Talker) -> None:
    await known(talker)

    def earn(tx: Tx) -> None:
        owner = resident(tx.people.meet(talker.channel, talker.address).person_id).owner
        for number in range(20):
            gift = posting(f"more {number}", "treasury", owner, 1 + number, acted_at=tx.now)
            post(tx.journal, gift, now=tx.now, new_id=tx.new_transfer_id)

    await talker.storage.write(earn)
    answer = await talker.say("我的积分怎么来的")
    said = answer.text.splitlines()
    while answer.buttons:
        answer = await talker.press("更早的")
        said += answer.text.splitlines()
    assert len(said) == len(set(said))
    for number in range(20):
        assert any(f" +{1 + number} 分" in one for one in said), number
    assert "过时" in (await talker.say("更早的", "points:x")).text


WISHES = [
    ("我想换垃圾袋", "用 5 分换“垃圾袋一卷”？"),
    ("我想换十个鸡蛋", "用 15 分换“鸡蛋十个”？"),
    ("鸡蛋怎么换", "用 15 分换“鸡蛋十个”？"),
    ("换一袋米", "现在没有“米”可以换。"),
    ("拿分换点东西", "您有 40 分能用。能换的东西："),
    ("能不能把积分转给别人", "积分只能自己用"),
    ("我的积分什么时候过期", "积分有期限"),
    ("别人能看到我多少分吗", "只有您自己和审核的同事看得到"),
    ("信用是什么意思", "信用是说"),
    ("扣我分凭啥", "少了的写着为什么"),
    ("超市说码不对", "没有等着领的东西"),
    ("我去商店领鸡蛋码不见了", "没有等着领的东西"),
]


@pytest.mark.parametrize(("said", "answered"), WISHES)
async def test_what_is_asked_about_points(talker: Talker, said: str, answered: str) -> None:
    await known(talker)
    told = await talker.say(said)
    assert answered in told.text
    assert "有人有危险" not in told.text


async def test_who_writes_what_stands_on_a_button_has_pressed_it(talker: Talker) -> None:
    await known(talker)
    await talker.say("换什么")
    assert "用 15 分换“鸡蛋十个”？" in (await talker.say("换鸡蛋十个")).text
    assert "换好了" in (await talker.say("换吧。")).text
    assert await balance(talker) == Balance(40, held=15)
    await talker.say("你好")
    assert "换好了" not in (await talker.say("换")).text
