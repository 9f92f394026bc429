"""Who votes for whom: what the two see, what the workbench lists; a code to be known by."""

import re

import sqlalchemy as sa

from bot.model.people import Verification
from bot.ports.storage import Tx
from tests.web.conftest import Web
from tests.web.counting import statements
from tests.web.test_initiatives import neighbour

PAGE = "/votes/helpers"


def code_in(page: str) -> str:
    found = re.search(r'voucher-code">(\d{4}) (\d{4})<', page)
    assert found, page
    return "".join(found.groups())


async def test_two_who_never_reported_are_put_on_record_and_each_can_end_it(site: Web) -> None:
    one, other = [await neighbour(site) for _ in range(2)]
    codes = []
    for who in (one, other):
        answer = await who.browser.post(f"{PAGE}/code", data={})
        codes.append(code_in(await answer.text()))
        assert "voucher-code" not in (await who.page(PAGE))[1]
    lin, csrf = await site.seated("lin")
    for code, name in zip(codes, ("陈奶奶", "小李"), strict=True):
        form = {"number": code, "name": name, "csrf": csrf}
        assert f"{name}认过了" in await (await lin.post("/desk/residents", data=form)).text()
    form = {"number": codes[0], "helper": codes[1], "csrf": csrf}
    for ends in (one, other):
        answer = await lin.post("/desk/vote-helpers", data=form)
        assert "两个人都会收到消息" in await answer.text()
        assert "小李可以替您投票" in (await one.page(PAGE))[1]
        page = (await other.page(PAGE))[1]
        assert "您可以替陈奶奶投票" in page
        (path,) = re.findall(rf'action="({PAGE}/[0-9]+/end)"', page)
        stranger = await neighbour(site)
        assert (await stranger.browser.post(path, data={})).status == 409
        page = await (await ends.browser.post(path, data={})).text()
        assert "没有登记谁替您投票" in page
        assert (await one.browser.post(path, data={})).status == 409


async def test_what_a_stranger_gets(site: Web) -> None:
    browser = site.browser()
    assert "还不认识" in await (await browser.get(PAGE)).text()
    assert (await browser.post(f"{PAGE}/code", data={})).status == 409
    assert (await browser.post(f"{PAGE}/1/end", data={})).status == 409


async def test_a_wrong_code_confirms_nobody_and_the_audit_says_who_was(site: Web) -> None:
    one = await neighbour(site)
    lin, csrf = await site.seated("lin")
    form = {"number": "1234 5678", "name": "陈奶奶", "csrf": csrf}
    answer = await lin.post("/desk/residents", data=form)
    assert (answer.status, "没有这个登记码" in await answer.text()) == (409, True)
    form["number"] = code_in(await (await one.browser.post(f"{PAGE}/code", data={})).text())
    await lin.post("/desk/residents", data=form)

    def level(tx: Tx) -> Verification:
        return tx.people.person(one.person_id).verification

    assert await site.community.storage.write(level) is Verification.RESIDENT_CONFIRMED
    admin, _ = await site.seated("admin")
    assert f"当面认居民 {one.person_id}<" in await (await admin.get("/desk/audit")).text()


async def test_the_list_is_paged_and_takes_as_many_statements_however_long(
    site: Web, engine: sa.Engine
) -> None:
    staff = await site.community.staff("lin")

    def fill(tx: Tx) -> None:
        for number in range(52):
            hers, helper = (tx.people.meet("web", f"{side}{number}").person_id for side in "ab")
            tx.people.call(hers, f"第{number}位")
            tx.votes.set_helper(hers, helper, staff.id)

    lin, _ = await site.seated("lin")
    with statements(engine) as first:
        assert "现在没有登记" in await (await lin.get("/desk/vote-helpers/list")).text()
    await site.community.storage.write(fill)
    with statements(engine) as full:
        page = await (await lin.get("/desk/vote-helpers/list")).text()
    assert len(first) == len(full)
    assert (page.count("/end"), "第51位" in page, "第1位" in page) == (50, True, False)
    older = re.search(r'href="(/desk/vote-helpers/list\?before=[0-9]+)"', page)
    assert older
    page = await (await lin.get(older[1])).text()
    assert (page.count("/end"), "第1位" in page, "before=" in page) == (2, True, False)
