"""Two initiatives and five neighbours on Telegram and the page: one is done, one lapses."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp
import sqlalchemy as sa

from bot.flow.initiatives import review
from bot.model.people import Verification
from bot.ports.storage import Tx
from bot.store import tables as t
from credits.ledger import Balance, resident
from credits.posting import post
from tests.credits.making import posting
from tests.fakes.botapi import BotApi
from tests.fakes.clock import FakeClock
from tests.proof.inside import House, running
from tests.proof.test_telegram import settings

AUTHOR, WANG, LI, ZHAO, CHEN = 71, 72, 73, 74, 75
GIFT = 60


@dataclass(slots=True)
class Square:
    """What people do in their chats, and what staff and onlookers see."""

    server: BotApi
    house: House
    people: dict[int, int]

    async def say(self, who: int, words: str) -> str:
        """Write to the bot and return what it answers."""
        return await self._answer(who, partial(self.server.people.text, who, words))

    async def press(self, who: int, label: str) -> str:
        """Press the newest button with that label."""
        chat = self.server.chat(who)
        newest = [
            int(one["message_id"])
            for one in chat.from_bot
            if [label] in [[each] for row in chat.labels(int(one["message_id"])) for each in row]
        ][-1]
        return await self._answer(who, partial(self.server.people.press, who, newest, label))

    async def heard(self, who: int, words: str) -> None:
        """Wait until somebody was told."""
        await self.house.until(lambda: any(words in one for one in self.server.chat(who).texts))

    async def staff(self, step: Callable[..., Any], number: int, *rest: Any) -> None:
        """Let the dispatcher take the step from what she sees now."""

        def unit(tx: Tx) -> None:
            lin = next(one for one in tx.staff.all() if one.login == "lin")
            version = tx.initiatives.get(number).version
            step(tx, self.house.service.rules, number, lin, *rest, version=version)

        await self.house.storage.write(unit)

    async def published(self, number: int) -> None:
        def unit(tx: Tx) -> None:
            review.take(tx, number, next(one for one in tx.staff.all() if one.login == "lin"))

        await self.house.storage.write(unit)
        await self.staff(review.publish, number)

    async def page(self, number: int) -> str:
        async with aiohttp.ClientSession() as browser:
            answer = await browser.get(f"{self.house.url}/initiatives/{number}")
            return await answer.text()

    async def balance(self, who: int) -> Balance:
        account = resident(self.people[who])
        return await self.house.storage.read(lambda views: views.journal.balance(account))

    async def _answer(self, who: int, act: Callable[[], Any]) -> str:
        chat = self.server.chat(who)
        before = len(chat.from_bot)
        await act()
        await self.house.until(lambda: len(chat.from_bot) > before)
        return str(chat.from_bot[-1]["text"])


async def meet(server: BotApi, house: House) -> Square:
    """Five people write for the first time; they are known, with points from before."""
    people = (AUTHOR, WANG, LI, ZHAO, CHEN)
    for who in people:
        await server.people.text(who, "你好")
        await house.until(lambda who=who: bool(server.chat(who).from_bot))  # type: ignore[misc]

    def unit(tx: Tx) -> dict[int, int]:
        known = {}
        for who in people:
            known[who] = person_id = tx.people.meet("telegram", str(who)).person_id
            tx.people.verify(person_id, Verification.RESIDENT_CONFIRMED)
            gift = posting(
                f"gift {who}", "treasury", f"resident:{person_id}", GIFT, acted_at=tx.now
            )
            post(tx.journal, gift, now=tx.now, new_id=tx.new_transfer_id)
        return known

    return Square(server, house, await house.storage.write(unit))


async def propose(square: Square, who: int, title: str, needs: str) -> None:
    await square.say(who, f"我想发起{title}")
    await square.say(who, "3号楼2单元")
    await square.say(who, "老人们用得上")
    assert "看看对不对" in await square.say(who, needs)
    assert "交上去了" in await square.press(who, "交上去")


async def test_one_is_done_and_one_lapses(database_url: str, clock: FakeClock) -> None:
    async with (
        BotApi() as server,
        running(database_url, settings(server), clock) as house,
    ):
        square = await meet(server, house)
        await propose(square, AUTHOR, "给楼道装扶手", "2个小时人手，20分")
        await propose(square, CHEN, "每月办一次旧书交换", "300分")
        for number in (1, 2):
            await square.published(number)
        await square.heard(AUTHOR, "现在大家都能看到")

        assert "给楼道装扶手" in await square.say(WANG, "一起做")
        await square.press(WANG, "看 1 号")
        assert "10 分先替 1 号提议放着" in await square.press(WANG, "出 10 分")
        await square.press(WANG, "看 2 号")
        assert "10 分先替 2 号提议放着" in await square.press(WANG, "出 10 分")
        assert await square.balance(WANG) == Balance(GIFT, held=20)
        page = await square.page(1)
        assert "1 位，至少要 3 位" in page
        assert "10 分，要 20 分" in page

        for who, label in ((LI, "出 10 分"), (ZHAO, "出 2 小时")):
            await square.say(who, "一起做")
            await square.press(who, "看 1 号")
            await square.press(who, label)
        await square.heard(AUTHOR, "凑够了")
        assert await square.balance(WANG) == Balance(GIFT - 10, held=10)

        await square.staff(review.decide, 1, "周六上午九点")
        await square.heard(AUTHOR, "定下来了：“周六上午九点")
        await square.press(AUTHOR, "开始做")
        await square.press(AUTHOR, "做完了")
        assert "同事去看一眼" in await square.say(AUTHOR, "四段扶手都装好了")
        came = [row[0] for row in house.rows(sa.select(t.pledge.c.id))]
        await square.staff(review.finish, 1, came)
        await square.heard(AUTHOR, "给您加 20 分")
        await square.heard(ZHAO, "您来帮了忙，加 6 分")
        assert "四段扶手都装好了" in await square.page(1)

        clock.move(days=31)
        await square.heard(WANG, "没有凑够，您放的都退回了。10 分退给您了")
        assert "没凑够" in await square.page(2)
        ends = {AUTHOR: 80, WANG: 51, LI: 51, ZHAO: 66, CHEN: 60}
        assert {who: await square.balance(who) for who in ends} == {
            who: Balance(points) for who, points in ends.items()
        }
        assert not re.search(r"telegram|P7[1-5]", await square.page(1))
        assert server.complaints == []
