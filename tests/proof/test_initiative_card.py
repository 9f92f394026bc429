"""The card of an initiative on Telegram's protocol: one message, changed in place."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from bot.flow.votes import steps as vote_steps
from bot.flow.votes import voting as votes
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from bot.ports.votes import Question
from credits.ballots import Method
from credits.ledger import Balance
from tests.fakes.botapi import BotApi
from tests.fakes.clock import FakeClock
from tests.proof.inside import running
from tests.proof.test_initiative import CHEN, GIFT, LI, WANG, meet, propose
from tests.proof.test_telegram import settings

GROUP, STRANGER = -100, 99


async def test_a_card_follows_what_neighbours_give(database_url: str) -> None:
    async with BotApi() as server, running(database_url, settings(server)) as house:
        square = await meet(server, house)
        await propose(square, CHEN, "每月办一次旧书交换", "300分")
        await square.published(1)
        await square.say(WANG, "一起做")
        await square.press(WANG, "看 1 号")
        chat = server.chat(WANG)
        card = int(chat.from_bot[-1]["message_id"])
        said = len(chat.from_bot)

        await square.say(LI, "一起做")
        await square.press(LI, "看 1 号")
        assert "10 分先替 1 号提议放着" in await square.press(LI, "出 10 分")
        await house.until(lambda: "1 位邻居支持、10 分" in chat.messages[card]["text"])
        assert chat.labels(card) == [["出 2 小时", "出 10 分"], ["出一样东西"]]

        assert "2 小时" in await square.press(WANG, "出 2 小时")
        await house.until(lambda: "2 位邻居支持、2 小时、10 分" in chat.messages[card]["text"])
        assert chat.labels(card) == [["出 10 分", "出一样东西"], ["收回"]]
        assert len(chat.from_bot) == said + 1, "nothing but the answer to her press"

        server.chat(LI).messages.clear()
        await house.storage.write(hide)
        await house.until(lambda: "没有找到这个提议" in chat.messages[card]["text"])
        assert chat.labels(card) == []
        assert server.chat(LI).from_bot == [], "who removed the card is not sent another"
        assert server.complaints == []


async def test_a_group_has_a_card_that_leads_each_to_her_own_chat(database_url: str) -> None:
    async with BotApi() as server, running(database_url, settings(server)) as house:
        square = await meet(server, house)
        await propose(square, CHEN, "每月办一次旧书交换", "300分")
        await square.published(1)
        await server.people.group_text(GROUP, WANG, "@gongzhi_bot 我支持1号提议")
        group = server.chat(GROUP)
        await house.until(lambda: bool(group.from_bot))
        card = int(group.from_bot[0]["message_id"])
        await square.heard(WANG, "每月办一次旧书交换")
        await square.press(WANG, "出 10 分")
        await house.until(lambda: "1 位邻居支持、10 分" in group.messages[card]["text"])
        assert (group.labels(card), len(group.from_bot)) == ([["我能出点什么"]], 1)
        assert "收回" not in "".join(group.texts)

        await server.people.follow(GROUP, card, "我能出点什么", by=LI)
        await square.heard(LI, "每月办一次旧书交换")
        assert server.chat(LI).labels(newest(server, LI))[0] == ["出 2 小时", "出 10 分"]
        await square.press(LI, "出 10 分")
        await house.until(lambda: "2 位邻居支持、20 分" in group.messages[card]["text"])

        await server.people.follow(GROUP, card, "我能出点什么", by=STRANGER)
        await square.heard(STRANGER, "支持之前，要先知道您是谁")
        assert "每月办一次旧书交换" in server.chat(STRANGER).texts[-1]
        assert len(group.from_bot) == 1, "what each asked for stays with her"
        assert server.complaints == []


async def test_a_vote_is_led_to_from_a_group_and_nobodys_code_stands_there(
    database_url: str,
) -> None:
    async with BotApi() as server, running(database_url, settings(server)) as house:
        square = await meet(server, house)
        await propose(square, CHEN, "每月办一次旧书交换", "300分")
        await square.published(1)
        await server.people.group_text(GROUP, WANG, "@gongzhi_bot 我支持1号提议")
        group = server.chat(GROUP)
        await house.until(lambda: bool(group.from_bot))
        card = int(group.from_bot[0]["message_id"])
        vote_id = await house.storage.write(partial(open_vote, house.service.rules))
        await house.until(lambda: "投了的还不到 5 人" in group.messages[card]["text"])
        assert group.labels(card) == [["去投票", "我能出点什么"]]

        voters = [*square.people.values()]
        for voted, person_id in enumerate(voters, start=1):
            await house.storage.write(partial(cast_one, person_id, vote_id))
            if voted < len(voters):
                assert "至少" not in group.messages[card]["text"]
        await house.until(lambda: "至少 5 人投了" in group.messages[card]["text"])

        await server.people.follow(GROUP, card, "去投票", by=LI)
        await square.heard(LI, "您投过了")
        assert "?code=" in server.chat(LI).texts[-1]
        await server.people.follow(GROUP, card, "去投票", by=STRANGER)
        await square.heard(STRANGER, "没有您可以投的")

        await server.people.group_text(GROUP, WANG, "@gongzhi_bot 投票")
        await house.until(lambda: len(group.from_bot) > 1)
        told = int(group.from_bot[1]["message_id"])
        assert "正在投票：“放在哪儿”" in group.messages[told]["text"]
        assert group.labels(told) == [["去投票"]]
        assert "code" not in str(group.messages)
        assert "您" not in group.messages[told]["text"].replace("您和我的聊天", "")
        assert server.complaints == []


async def test_a_question_asked_in_a_group_is_answered_to_her_alone(
    database_url: str, clock: FakeClock
) -> None:
    async with BotApi() as server, running(database_url, settings(server), clock) as house:
        square = await meet(server, house)
        await propose(square, CHEN, "每月办一次旧书交换", "300分")
        await square.published(1)
        group = server.chat(GROUP)
        await server.people.group_text(GROUP, WANG, "@gongzhi_bot 1号提议我想问问什么书都能换吗")
        await square.heard(WANG, "替您问了（1 号提议）：什么书都能换吗")
        await house.until(lambda: bool(group.from_bot))
        assert "这个我单独回您" in group.from_bot[0]["text"]
        await square.heard(CHEN, "什么书都能换吗")
        await square.press(CHEN, "回答")
        assert "已经告诉那位邻居" in await square.say(CHEN, "旧的、干净的都行")
        await square.heard(WANG, "回答：旧的、干净的都行")
        assert len(group.from_bot) == 1
        assert server.complaints == []


async def test_no_link_gives_anything_by_itself(database_url: str) -> None:
    async with BotApi() as server, running(database_url, settings(server)) as house:
        square = await meet(server, house)
        await propose(square, CHEN, "每月办一次旧书交换", "300分")
        await square.published(1)
        for payload in ("pledge-1-points-10", "idea_drop-1", "erase", "initiative-9", "initiative"):
            said = await square.say(WANG, f"/start {payload}")
            assert "每月办一次旧书交换" not in said
        assert await square.balance(WANG) == Balance(GIFT)
        assert server.complaints == []


def newest(server: BotApi, who: int) -> int:
    return int(server.chat(who).from_bot[-1]["message_id"])


def cast_one(person_id: int, vote_id: int, tx: Tx) -> None:
    votes.cast(tx, person_id, vote_id, [1])


def open_vote(rules: Rules, tx: Tx) -> int:
    staff = {one.login: one for one in tx.staff.all()}
    question = Question(
        title="放在哪儿",
        options=("一楼", "活动室"),
        method=Method.SINGLE,
        ends_at=tx.now + timedelta(days=3),
        subject="initiative:1",
    )
    made = vote_steps.prepare(tx, staff["lin"], question)
    vote_steps.offer(tx, staff["lin"], made)
    vote_steps.open_it(tx, rules, staff["admin"], made)
    return made


def hide(tx: Tx) -> None:
    tx.initiatives.save(replace(tx.initiatives.get(1), hidden=True))
