"""A whole case on WeChat: what she hears of it fits into what WeChat allows."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from bot.flow.cases import handle
from bot.model.staff import Role
from bot.ports.storage import Tx
from bot.store import tables as t
from channels.wechat.webhook import PATH
from tests.fakes.clock import FakeClock
from tests.fakes.wechat import AES_KEY, APP_ID, SECRET, TOKEN, WeChatServer, wechat_server
from tests.proof.inside import House, running
from tests.proof.test_card import arrive, counts, resolve, take

ANNA = "oAnna"


@pytest.fixture
async def server() -> AsyncIterator[WeChatServer]:
    async with wechat_server() as fake:
        yield fake


def settings(server: WeChatServer) -> dict[str, str]:
    return {
        "GONGZHI_WECHAT_APP_ID": APP_ID,
        "GONGZHI_WECHAT_SECRET": SECRET,
        "GONGZHI_WECHAT_TOKEN": TOKEN,
        "GONGZHI_WECHAT_AES_KEY": AES_KEY,
        "GONGZHI_WECHAT_BASE_URL": server.base_url,
    }


def text_of(sent: dict[str, Any]) -> str:
    menu = sent.get("msgmenu")
    return str(menu["head_content"] if menu else sent["text"]["content"])


async def test_a_case_from_report_to_points(sqlite_url: str, server: WeChatServer) -> None:
    async with running(sqlite_url, settings(server), FakeClock()) as house:
        server.webhook = f"{house.url}{PATH}"
        await server.say(ANNA, Content="幸福里小区3号楼2单元电梯坏了")
        await house.until(lambda: len(server.sent) == 1)
        await house.storage.write(partial(take, house))
        await go_on(house)
        asked = server.sent[-1]
        assert [one["content"] for one in asked["msgmenu"]["list"]] == ["好了", "没好"]
        assert server.allowed[ANNA] >= 0

        solved = asked["msgmenu"]["list"][0]
        await server.say(ANNA, Content=solved["content"], bizmsgmenuid=solved["id"])
        await house.until(lambda: "加 5 分" in text_of(server.sent[-1]))
        await calm(house)
        assert counts(house).keys() == {"sent"}


async def test_however_often_it_is_handed_on_she_is_asked_if_it_is_solved(
    sqlite_url: str, server: WeChatServer
) -> None:
    async with running(sqlite_url, settings(server), FakeClock()) as house:
        server.webhook = f"{house.url}{PATH}"
        await server.say(ANNA, Content="幸福里小区3号楼2单元电梯坏了")
        await house.until(lambda: len(server.sent) == 1)
        await house.storage.write(partial(take, house))
        for _ in range(2):
            await house.storage.write(partial(hand_there_and_back, house))
        await go_on(house)
        assert "好了吗" in text_of(server.sent[-1])
        assert counts(house).keys() == {"sent"}


def hand_there_and_back(house: House, tx: Tx) -> None:
    rules = house.service.rules
    wang = next(one for one in tx.staff.all() if one.login == "wang")
    other = next(
        one for one in tx.staff.all() if one.role is Role.GRID_WORKER and one.id != wang.id
    )
    for giver, taker in ((wang, other), (other, wang)):
        version = tx.cases.get(1).version
        case = handle.hand_over(tx, rules, 1, giver, taker.id, "换个人去", version=version)
        handle.take(tx, rules, 1, taker, version=case.version)


async def go_on(house: House) -> None:
    """Let the handler arrive and be done, each told before the next."""
    for step in (arrive, resolve):
        await house.storage.write(partial(step, house))
        await calm(house)


async def calm(house: House) -> None:
    """Wait until nothing waits, and of what went out is written down that it did."""
    await house.until(lambda: not counts(house).keys() & {"waiting", "sending"})


async def test_what_wechat_refused_after_two_days_comes_when_she_writes_again(
    sqlite_url: str, server: WeChatServer
) -> None:
    clock = FakeClock()
    server.now = lambda: clock.now().timestamp()
    async with running(sqlite_url, settings(server), clock) as house:
        server.webhook = f"{house.url}{PATH}"
        await server.say(ANNA, Content="幸福里小区3号楼2单元电梯坏了")
        await house.until(lambda: len(server.sent) == 1)
        await house.storage.write(partial(take, house))
        await house.until(lambda: len(server.sent) == 2)
        clock.move(days=3)
        await house.storage.write(partial(arrive, house))
        await house.storage.write(partial(resolve, house))
        clock.move(hours=1)
        await calm(house)
        assert held(house) == ["case:1:solved:0"]
        before = len(server.sent)

        await server.say(ANNA, Content="我的积分")
        await house.until(lambda: len(server.sent) == before + 2)
        answer, question = server.sent[before:]
        assert "积分" in text_of(answer)
        assert text_of(question).startswith("工单"), "of the same day: no day is named"
        assert "好了吗" in text_of(question)
        solved = question["msgmenu"]["list"][0]
        await server.say(ANNA, Content=solved["content"], bizmsgmenuid=solved["id"])
        await house.until(lambda: "加 5 分" in text_of(server.sent[-1]))
        await calm(house)
        assert counts(house).keys() == {"sent", "overtaken"}


def held(house: House) -> list[str]:
    query = sa.select(t.outbox.c.key).where(t.outbox_held).order_by(t.outbox.c.id)
    return [key for (key,) in house.rows(query)]
