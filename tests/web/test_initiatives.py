"""一起做: what its pages show to whom, and an initiative's way through the workbench."""

import re
from dataclasses import dataclass

import pytest

from bot.flow.initiatives import initiatives
from bot.model.initiative import Wish
from bot.model.people import Verification
from bot.ports.storage import Tx
from channels.webchat import VISITOR_COOKIE, address_of, new_visitor
from credits.ledger import Balance, resident
from credits.posting import post
from tests.credits.making import posting
from tests.web.conftest import Browser, Web


@dataclass(slots=True)
class Neighbour:
    """A browser that wrote before, and has 40 points."""

    site: Web
    browser: Browser
    person_id: int

    async def page(self, path: str) -> tuple[int, str]:
        answer = await self.browser.get(path)
        return answer.status, await answer.text()

    async def give(self, number: int, **form: str) -> tuple[int, str]:
        _, page = await self.page(f"/initiatives/{number}")
        found = re.search(r'name="wish" value="([^"]+)"', page)
        data = {"wish": found[1] if found else "x" * 16} | form
        answer = await self.browser.post(f"/initiatives/{number}/pledge", data=data)
        return answer.status, await answer.text()

    async def balance(self) -> Balance:
        return await self.site.community.storage.read(
            lambda views: views.journal.balance(resident(self.person_id))
        )


async def neighbour(site: Web) -> Neighbour:
    visitor = new_visitor()
    browser = site.browser()
    browser.session.cookie_jar.update_cookies({VISITOR_COOKIE: visitor})

    def unit(tx: Tx) -> int:
        person_id = tx.people.meet("web", address_of(visitor) or "").person_id
        tx.people.verify(person_id, Verification.CONTACT_CONFIRMED)
        gift = posting(
            f"gift {person_id}", "treasury", f"resident:{person_id}", 40, acted_at=tx.now
        )
        post(tx.journal, gift, now=tx.now, new_id=tx.new_transfer_id)
        return person_id

    return Neighbour(site, browser, await site.community.storage.write(unit))


async def submitted(author: Neighbour, title: str = "给楼道装扶手") -> int:
    wish = Wish(title=title, place="3号楼2单元", reason="老人上下楼没地方扶", hours=4, points=30)

    def unit(tx: Tx) -> int:
        made = initiatives.begin_draft(tx, author.person_id, title)
        rules = author.site.community.rules
        initiatives.write_draft(tx, rules, made.id, author.person_id, wish)
        return initiatives.submit(tx, rules, made.id, author.person_id).id

    return await author.site.community.storage.write(unit)


@dataclass(slots=True)
class Desk:
    """A member's browser in the workbench."""

    browser: Browser
    csrf: str

    async def page(self, number: int) -> str:
        return await (await self.browser.get(f"/desk/initiatives/{number}")).text()

    async def do(self, number: int, step: str, **form: str) -> tuple[int, str]:
        version = re.search(r'name="version" value="(\d+)"', await self.page(number))
        data = {"csrf": self.csrf, "version": version[1] if version else "0"} | form
        answer = await self.browser.post(f"/desk/initiatives/{number}/{step}", data=data)
        return answer.status, await answer.text()


async def test_a_whole_life_on_pages(site: Web) -> None:
    author, *others = [await neighbour(site) for _ in range(4)]
    number = await submitted(author)
    assert (await others[0].page(f"/initiatives/{number}"))[0] == 404
    desk = Desk(*await site.seated("lin"))
    listed = await (await desk.browser.get("/desk/initiatives")).text()
    assert "给楼道装扶手" in listed
    assert "前看完" in listed
    await desk.do(number, "take")
    assert "请邻居支持" in (await desk.do(number, "publish"))[1]
    status, page = await others[0].page("/initiatives")
    assert (status, "0 位，至少要 3 位" in page) == (200, True)
    for who, kind, amount in zip(others, ("points", "points", "hours"), (20, 10, 4), strict=True):
        assert (await who.give(number, kind=kind, amount=str(amount)))[0] == 200
    assert await others[0].balance() == Balance(20)
    assert "凑够了" in (await others[0].page(f"/initiatives/{number}"))[1]
    await desk.do(number, "decide", words="周六上午装")
    await desk.do(number, "begin")
    assert "等发起的居民说" in await desk.page(number)
    await site.community.storage.write(
        lambda tx: initiatives.tell_result(tx, number, author.person_id, "四段都装好了")
    )
    tick = re.search(r'name="(came-\d+)"', await desk.page(number))
    assert tick is not None
    await desk.do(number, "finish", **{tick[1]: "1"})
    done = (await others[2].page(f"/initiatives/{number}"))[1]
    for words in ("四段都装好了", "定下来了</strong>：周六上午装", "4 小时"):
        assert words in done, words
    assert [(await who.balance()).posted for who in (author, *others)] == [60, 21, 31, 46]


async def test_a_pledge_is_taken_back_and_a_refusal_keeps_what_was_typed(site: Web) -> None:
    author, other = await neighbour(site), await neighbour(site)
    number = await submitted(author)
    desk = Desk(*await site.seated("lin"))
    await desk.do(number, "take")
    await desk.do(number, "publish")
    status, page = await other.give(number, kind="points", amount="41")
    assert (status, "积分不够" in page, 'value="41"' in page) == (409, True, True)
    await other.give(number, kind="points", amount="15")
    await other.give(number, kind="thing", words="一把<电钻>")
    page = (await other.page(f"/initiatives/{number}"))[1]
    assert "您已经支持了：15 分、一把&lt;电钻&gt;" in page
    assert "电钻" not in (await author.page(f"/initiatives/{number}"))[1]
    await other.browser.post(f"/initiatives/{number}/back")
    assert await other.balance() == Balance(40)


async def test_a_stranger_reads_and_is_told_how_to_begin(site: Web) -> None:
    number = await submitted(await neighbour(site))
    desk = Desk(*await site.seated("lin"))
    await desk.do(number, "take")
    await desk.do(number, "publish")
    browser = site.browser()
    page = await (await browser.get(f"/initiatives/{number}")).text()
    assert "请先在聊天里说句话" in page
    answer = await browser.post(
        f"/initiatives/{number}/pledge",
        data={"wish": "x" * 16, "kind": "hours", "amount": "2"},
    )
    assert (answer.status, "要先知道您是谁" in await answer.text()) == (409, True)


async def test_three_who_object_hide_it_until_staff_look(site: Web) -> None:
    author, *others = [await neighbour(site) for _ in range(4)]
    number = await submitted(author)
    desk = Desk(*await site.seated("lin"))
    await desk.do(number, "take")
    await desk.do(number, "publish")
    await others[0].give(number, kind="hours", amount="1")
    for one in others:
        await one.browser.post(f"/initiatives/{number}/object", data={"words": "写了<人名>"})
    hidden = (await others[0].page(f"/initiatives/{number}"))[1]
    assert "同事在看，先不显示" in hidden
    assert "老人上下楼" not in hidden
    assert "您已经支持了：1 小时" in hidden
    assert "给楼道装扶手" not in (await others[0].page("/initiatives"))[1]
    page = await desk.page(number)
    assert page.count("写了&lt;人名&gt;") == len(others)
    await desk.do(number, "show")
    assert "老人上下楼" in (await others[0].page(f"/initiatives/{number}"))[1]


@pytest.mark.parametrize("path", ["/initiatives/0", "/initiatives/99", "/initiatives/x"])
async def test_what_is_not_there(site: Web, path: str) -> None:
    assert (await site.browser().get(path)).status == 404


async def test_staff_return_merge_and_step_aside(site: Web) -> None:
    author = await neighbour(site)
    first, second = await submitted(author), await submitted(author, "楼道里装扶手")
    desk = Desk(*await site.seated("lin"))
    for number in (first, second):
        await desk.do(number, "take")
    status, page = await desk.do(first, "return", words=" ")
    assert (status, "请写清楚为什么" in page) == (409, True)
    assert (await desk.do(first, "publish", version="1"))[0] == 409
    await desk.do(first, "publish")
    await desk.do(second, "publish")
    assert "合到别的里了" in (await desk.do(first, "merge", into=str(second)))[1]
    assert f"合到 {second} 号里了，去看看" in (await author.page(f"/initiatives/{first}"))[1]
    assert f"合进来的：{first} 号" in (await author.page(f"/initiatives/{second}"))[1]
    await desk.do(second, "kin")
    assert "要请另一位同事来看" in await desk.page(second)
