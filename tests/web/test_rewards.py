"""The catalogue, the page of an order, the counter: what they show, and what their forms do."""

import re
from dataclasses import dataclass

import pytest

from bot.model.people import Verification
from bot.model.reward import Reward, spoken_code
from bot.ports.storage import Tx
from channels.webchat import VISITOR_COOKIE, address_of, new_visitor
from credits.ledger import Balance, resident
from credits.posting import post
from tests.credits.making import posting
from tests.web.conftest import Browser, Web


@dataclass(slots=True)
class Visitor:
    """A resident's browser that wrote before and has 40 points."""

    site: Web
    browser: Browser
    person_id: int

    async def page(self, path: str = "/rewards") -> tuple[int, str]:
        answer = await self.browser.get(path)
        return answer.status, await answer.text()

    async def order(self, name: str = "鸡蛋十个", wish: str = "") -> tuple[int, str]:
        """Return the status and the way to the order's page."""
        _, page = await self.page()
        found = re.search(r'name="wish" value="([^"]+)"', page)
        data = {"wish": wish or (found[1] if found else ""), "reward": await self.reward_id(name)}
        answer = await self.browser.post("/rewards/order", data=data, allow_redirects=False)
        return answer.status, answer.headers.get("Location", "")

    async def reward_id(self, name: str) -> int:
        return (await self.reward(name)).id

    async def reward(self, name: str) -> Reward:
        found = await self.site.community.storage.read(lambda views: views.rewards.all())
        return next(one for one in found if one.name == name)

    async def balance(self) -> Balance:
        return await self.site.community.storage.read(
            lambda views: views.journal.balance(resident(self.person_id))
        )

    async def code(self, path: str) -> str:
        token = path.rpartition("/")[2]

        def look(views: Tx) -> str:
            found = views.rewards.by_token(token)
            assert found is not None
            return views.rewards.code_of(found.id)

        return await self.site.community.storage.write(look)


@pytest.fixture
async def visitor(site: Web) -> Visitor:
    secret = new_visitor()
    address = address_of(secret)
    assert address is not None

    def unit(tx: Tx) -> int:
        person_id = tx.people.meet("web", address).person_id
        tx.people.verify(person_id, Verification.RESIDENT_CONFIRMED)
        gift = posting("gift", "treasury", f"resident:{person_id}", 40, acted_at=tx.now)
        post(tx.journal, gift, now=tx.now, new_id=tx.new_transfer_id)
        return person_id

    person_id = await site.community.storage.write(unit)
    browser = site.browser()
    browser.session.cookie_jar.update_cookies({VISITOR_COOKIE: secret})
    return Visitor(site, browser, person_id)


async def test_a_stranger_sees_the_catalogue_and_no_button(site: Web) -> None:
    answer = await site.browser().get("/rewards")
    page = await answer.text()
    assert answer.status == 200
    for words in ("鸡蛋十个", "15 分", "还有 20 份", "在惠民超市领"):
        assert words in page
    assert "<form" not in page
    sent = await site.browser().post(
        "/rewards/order", data={"wish": "a" * 20, "reward": "1"}, allow_redirects=False
    )
    assert (sent.status, sent.headers["Location"]) == (303, "/rewards")


async def test_who_is_known_orders_and_sees_the_code(visitor: Visitor) -> None:
    status, page = await visitor.page()
    assert (status, "您有 40 分能用" in page) == (200, True)
    status, path = await visitor.order()
    assert status == 303
    _, page = await visitor.page(path)
    for group in spoken_code(await visitor.code(path)).split():
        assert f"<span>{group}</span>" in page
    assert "<svg" in page
    assert await visitor.balance() == Balance(40, held=15)
    assert path in (await visitor.page())[1]


async def test_a_form_that_is_sent_twice_is_one_order(visitor: Visitor) -> None:
    first = await visitor.order(wish="a-wish-of-sixteen-or-more")
    assert await visitor.order(wish="a-wish-of-sixteen-or-more") == first
    assert await visitor.balance() == Balance(40, held=15)


async def test_what_is_refused_is_said_on_the_page(visitor: Visitor) -> None:
    await visitor.order("理发一次")
    status, _ = await visitor.order("鸡蛋十个")
    assert status == 409
    assert await visitor.balance() == Balance(40, held=30)


async def test_given_up_on_the_page(visitor: Visitor) -> None:
    _, path = await visitor.order()
    assert (await visitor.browser.post(f"{path}/cancel")).status == 200
    assert await visitor.balance() == Balance(40)
    again = await visitor.browser.post(f"{path}/cancel")
    assert again.status == 409
    assert "退回给您了" in await again.text()


@pytest.mark.parametrize("path", ["/r/x", f"/r/{'0' * 32}", "/r/"])
async def test_no_page_behind_a_wrong_address(site: Web, path: str) -> None:
    assert (await site.browser().get(path)).status == 404


async def _counter(site: Web, path: str, login: str = "shop", **form: str) -> tuple[int, str]:
    browser, csrf = await site.seated(login)
    answer = await browser.post(path, data={"csrf": csrf} | form)
    return answer.status, await answer.text()


async def test_a_shop_types_the_code_looks_and_hands_out_once(visitor: Visitor) -> None:
    _, path = await visitor.order()
    code = await visitor.code(path)
    browser, csrf = await visitor.site.seated("shop")
    looked = await browser.post("/desk/counter", data={"csrf": csrf, "code": spoken_code(code)})
    page = await looked.text()
    assert (looked.status, "鸡蛋十个" in page, "交给居民了" in page) == (200, True, True)
    assert await visitor.balance() == Balance(40, held=15)
    given = await browser.post("/desk/counter/give", data={"csrf": csrf, "code": code})
    assert "交好了：鸡蛋十个，扣了 15 分" in await given.text()
    again = await browser.post("/desk/counter/give", data={"csrf": csrf, "code": code})
    assert (again.status, "已经领过" in await again.text()) == (409, True)
    assert await visitor.balance() == Balance(25)
    assert "领走了" in (await visitor.page(path))[1]


async def test_the_picture_leads_to_the_order(visitor: Visitor) -> None:
    _, path = await visitor.order()
    browser, _ = await visitor.site.seated("wang")
    page = await (await browser.get(f"/desk/counter?code={await visitor.code(path)}")).text()
    assert "交给居民了" in page


WRONG = [("", "八个数字"), ("1234", "八个数字"), ("00000000", "不对"), ("码" * 40, "八个数字")]


@pytest.mark.parametrize(("code", "words"), WRONG)
async def test_a_wrong_code_is_said(visitor: Visitor, code: str, words: str) -> None:
    for path in ("/desk/counter", "/desk/counter/give"):
        visitor.site.clock.move(minutes=1)
        status, page = await _counter(visitor.site, path, code=code)
        assert status == 409
        assert words in page or path.endswith("give")


async def test_a_shop_sees_its_counter_and_nothing_else(site: Web) -> None:
    browser, _ = await site.seated("shop")
    home = await browser.get("/desk", allow_redirects=False)
    assert (home.status, home.headers["Location"]) == (303, "/desk/counter")
    page = await (await browser.get("/desk/counter")).text()
    assert "/desk/all" not in page
    assert "/desk/duty" not in page


async def test_the_office_keeps_the_catalogue(visitor: Visitor) -> None:
    site, reward = visitor.site, await visitor.reward("鸡蛋十个")
    browser, csrf = await site.seated("lin")
    form = {
        "csrf": csrf,
        "name": "鸡蛋二十个",
        "words": "",
        "price": "28",
        "stock": "7",
        "organisation_id": str(reward.organisation_id),
        "stock_was": "20",
    }
    await browser.post(f"/desk/rewards/{reward.id}/save", data=form | {"offered": "1"})
    changed = await visitor.reward("鸡蛋二十个")
    assert (changed.price, changed.stock, changed.offered) == (28, 7, True)
    late = await browser.post(f"/desk/rewards/{reward.id}/save", data=form)
    assert (late.status, "库存变了" in await late.text()) == (409, True)
    added = await browser.post("/desk/rewards", data=form | {"name": "大米五斤", "stock": "0"})
    assert "大米五斤" in await added.text()
    assert not (await visitor.reward("大米五斤")).offered
    for wrong in ({"stock": "many"}, {"price": ""}, {"organisation_id": "x"}, {"name": ""}):
        assert (await browser.post("/desk/rewards", data=form | wrong)).status == 409


async def test_a_shop_is_added_once(site: Web) -> None:
    browser, csrf = await site.seated("lin")
    for name, status in (("老李粮油", 200), ("老李粮油", 409), ("", 409)):
        answer = await browser.post("/desk/rewards/shops", data={"csrf": csrf, "name": name})
        assert answer.status == status
    assert "老李粮油" in await (await browser.get("/desk/rewards/new")).text()
