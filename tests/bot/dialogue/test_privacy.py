"""On the wall and off it; one's own records, given and removed, once it is surely she. Telegram."""

import re
from functools import partial

import pytest

from bot.flow.erase import erase_due
from bot.ports.storage import Views
from tests.bot.dialogue.looking import INTERPRETER, RULES
from tests.bot.dialogue.talker import Talker

LIFT = "幸福里小区3号楼2单元电梯坏了"


def digits(text: str) -> str:
    found = re.search(r"(?<!\d)(\d{6})(?!\d)", text)
    assert found is not None, text
    return found[1]


async def erase(talker: Talker) -> int:
    talker.clock.move(minutes=3)
    return await talker.storage.write(partial(erase_due, rules=RULES))


async def linked(talker: Talker) -> Talker:
    """The same resident in a browser."""
    other = Talker(talker.storage, RULES, INTERPRETER, talker.clock, "browser", "web")
    await other.say("你好")
    code = digits((await talker.say("关联")).text)
    assert "连好了" in (await other.say(f"关联 {code}")).text
    return other


async def last_heard(talker: Talker) -> str:
    def look(views: Views) -> str:
        contact = views.people.find(talker.channel, talker.address)
        assert contact is not None
        return views.chat.lines(contact.id, after=None, limit=9)[-1].text

    return await talker.storage.read(look)


@pytest.mark.parametrize("said", ["加入积分墙，幸福里小区3号楼", "加入积分墙"])
async def test_on_the_wall_and_off_it(talker: Talker, said: str) -> None:
    answer = await talker.say(said)
    if "几号楼" in answer.text:
        assert "没找到" in (await talker.say("99号楼")).text
        answer = await talker.say("幸福里小区3号楼")
    assert "您上墙了：幸福里小区3号楼" in answer.text
    assert "您在积分墙上" in (await talker.say("积分墙")).text
    assert "下墙了" in (await talker.press("不上墙了")).text
    assert "不在积分墙上" in (await talker.say("退出积分墙")).text
    assert "自己愿意才上墙" in (await talker.say("积分墙")).text


async def test_a_matter_told_instead_of_the_building_is_a_matter(talker: Talker) -> None:
    await talker.say("加入积分墙")
    assert "收到了" in (await talker.say(LIFT)).text


@pytest.mark.parametrize(
    ("said", "pressed", "done"),
    [("导出我的资料", "", "只能下一次"), ("删除我的资料", "删掉", "两分钟后都删掉")],
)
async def test_alone_she_types_what_she_reads(
    talker: Talker, said: str, pressed: str, done: str
) -> None:
    answer = await talker.say(said)
    if pressed:
        answer = await talker.press(pressed)
    assert await erase(talker) == 0
    wrong = f"{(int(digits(answer.text)) + 1) % 10**6:06d}"
    assert "不对" in (await talker.say(wrong)).text
    assert done in (await talker.say(digits(answer.text))).text


async def test_a_code_is_good_once_and_for_its_own_wish(talker: Talker) -> None:
    code = digits((await talker.say("导出我的资料")).text)
    await talker.say("删除我的资料")
    await talker.press("删掉")
    assert "不对" in (await talker.say(code)).text
    assert await erase(talker) == 0


async def test_a_code_lapses(talker: Talker) -> None:
    code = digits((await talker.say("导出我的资料")).text)
    talker.clock.move(minutes=11)
    assert "不对" in (await talker.say(code)).text


async def test_a_code_is_good_for_as_long_as_was_said_whatever_she_says_between(
    talker: Talker,
) -> None:
    code = digits((await talker.say("导出我的资料")).text)
    await talker.say(LIFT)
    assert "只能下一次" in (await talker.say(code)).text
    assert "只能下一次" not in (await talker.say(code)).text


async def test_who_asks_for_another_code_meanwhile_has_not_typed_a_wrong_one(
    talker: Talker,
) -> None:
    await talker.say("导出我的资料")
    assert "恢复码是" in (await talker.say("恢复码")).text


async def test_with_two_chats_the_code_goes_to_the_other_one(talker: Talker) -> None:
    other = await linked(talker)
    answer = await talker.say("导出我的资料")
    assert "另一个聊天窗口" in answer.text
    code = digits(await last_heard(other))
    assert code not in answer.text
    assert "/export/" in (await talker.say(code)).text


async def test_who_wrote_a_recovery_code_down_types_that(talker: Talker) -> None:
    written = (await talker.say("恢复码")).text.split("恢复码是 ")[1][:14]
    talker.clock.move(days=2)
    answer = await talker.say("导出我的资料")
    assert "抄下来的恢复码" in answer.text
    fresh = Talker(talker.storage, RULES, INTERPRETER, talker.clock, "x", "telegram")
    foreign = (await fresh.say("恢复码")).text.split("恢复码是 ")[1][:14]
    assert "不对" in (await talker.say(foreign)).text
    assert "/export/" in (await talker.say(written)).text


async def test_a_recovery_code_of_just_now_proves_nothing_more(talker: Talker) -> None:
    await talker.say("恢复码")
    assert "抄下来" not in (await talker.say("导出我的资料")).text


async def test_guesses_end(talker: Talker) -> None:
    right = digits((await talker.say("导出我的资料")).text)
    for number in range(5):
        await talker.say(f"{(int(right) + 1 + number) % 10**6:06d}")
    assert "太多" in (await talker.say(right)).text


async def test_removed_she_is_nobody_and_what_she_ordered_is_free(talker: Talker) -> None:
    await talker.say(LIFT)
    await talker.say("加入积分墙，幸福里小区3号楼")
    await talker.say("删除我的资料")
    asked = await talker.press("删掉")
    await talker.say(digits(asked.text))
    assert await erase(talker) == 1
    assert await erase(talker) == 0
    assert "没有在办的事" in (await talker.say("我的工单怎么样了")).text
    assert "自己愿意才上墙" in (await talker.say("积分墙")).text


async def test_she_changes_her_mind(talker: Talker) -> None:
    await talker.say("删除我的资料")
    asked = await talker.press("删掉")
    await talker.say(digits(asked.text))
    assert "一切照旧" in (await talker.press("不删")).text
    assert await erase(talker) == 0
