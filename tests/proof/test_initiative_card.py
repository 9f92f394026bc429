"""The card of an initiative on Telegram's protocol: one message, changed in place."""

from dataclasses import replace

from bot.ports.storage import Tx
from tests.fakes.botapi import BotApi
from tests.proof.inside import running
from tests.proof.test_initiative import CHEN, LI, WANG, meet, propose
from tests.proof.test_telegram import settings

GROUP = -100


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


async def test_a_group_has_a_card_without_anybodys_buttons(database_url: str) -> None:
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
        assert (group.labels(card), len(group.from_bot)) == ([], 1)
        assert "收回" not in "".join(group.texts)
        assert server.complaints == []


def hide(tx: Tx) -> None:
    tx.initiatives.save(replace(tx.initiatives.get(1), hidden=True))
