"""The public pages: the wall shows nobody who could be guessed, the account names nobody."""

import pytest

from bot.ports.storage import Tx
from channels.webchat import VISITOR_COOKIE, address_of, new_visitor
from credits.ledger import resident
from credits.posting import post
from tests.credits.making import posting
from tests.web.conftest import Browser, Web


async def neighbours(site: Web, count: int) -> None:
    """People of one building on the wall, each with five points of this week."""

    def unit(tx: Tx) -> None:
        building = tx.places.building("幸福里小区", "3")
        assert building is not None
        for number in range(count):
            person_id = tx.people.meet("web", f"n{number}").person_id
            tx.wall.join(person_id, building.id)
            gift = posting(f"n{number}", acted_at=tx.now)._replace(
                credit=resident(person_id), amount=5
            )
            post(tx.journal, gift, now=tx.now, new_id=tx.new_transfer_id)

    await site.community.storage.write(unit)
    site.clock.move(days=7)


@pytest.fixture
async def visitor(site: Web) -> Browser:
    secret = new_visitor()
    address = address_of(secret)
    assert address is not None
    await site.community.storage.write(lambda tx: tx.people.meet("web", address))
    browser = site.browser()
    browser.session.cookie_jar.update_cookies({VISITOR_COOKIE: secret})
    return browser


@pytest.mark.parametrize(("count", "shown"), [(9, False), (10, True)])
async def test_ten_of_a_building_are_shown_and_nine_are_not(
    site: Web, count: int, *, shown: bool
) -> None:
    await neighbours(site, count)
    page = await (await site.browser().get("/wall")).text()
    assert ("幸福里小区3号楼" in page) is shown
    assert ("满 10 个人" in page) is not shown
    assert page.count("<li>") == (10 if shown else 0)


async def test_one_who_leaves_takes_the_building_along_when_it_has_ten(site: Web) -> None:
    await neighbours(site, 10)
    await site.community.storage.write(lambda tx: tx.wall.leave(1))
    page = await (await site.browser().get("/wall")).text()
    assert page.count('class="board"') == 0


async def test_on_and_off_by_the_page(site: Web, visitor: Browser) -> None:
    page = await (await visitor.get("/wall")).text()
    assert "您住哪一栋" in page

    def building(tx: Tx) -> int:
        found = tx.places.building("幸福里小区", "3")
        assert found is not None
        return found.id

    building_id = await site.community.storage.write(building)
    joined = await visitor.post("/wall/join", data={"building": building_id})
    assert "您在墙上：幸福里小区3号楼" in await joined.text()
    left = await visitor.post("/wall/leave")
    assert "您在墙上" not in await left.text()


@pytest.mark.parametrize("building", ["", "x", "999", "-1", "1; DROP"])
async def test_a_made_up_building_joins_nobody(visitor: Browser, building: str) -> None:
    page = await (await visitor.post("/wall/join", data={"building": building})).text()
    assert "您在墙上" not in page


async def test_a_stranger_joins_nothing(site: Web) -> None:
    for path in ("/wall/join", "/wall/leave"):
        answer = await site.browser().post(path, data={"building": "1"})
        assert answer.status == 200
        assert "先在聊天里" in await answer.text()


async def test_the_account_is_public_and_names_nobody(site: Web) -> None:
    empty = await (await site.browser().get("/points")).text()
    assert "还没有发过积分" in empty
    await neighbours(site, 2)
    page = await (await site.browser().get("/points")).text()
    assert "10 分，2 次" in page
    assert "垃圾分类" in page
    assert "resident:" not in page
