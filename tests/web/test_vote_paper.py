"""At the workbench: a ballot on paper and a number for the telephone, by two; and a helper."""

import re

from bot.flow.votes import voting as votes
from bot.model.people import Verification
from bot.ports.storage import Tx
from tests.web.conftest import Browser
from tests.web.test_votes import CODE, Hall, hall

__all__ = ["hall"]


async def enter(browser: Browser, path: str, **form: str) -> tuple[int, str]:
    answer = await browser.post(f"/desk{path}/paper", data=form)
    return answer.status, await answer.text()


async def test_two_enter_a_paper_and_its_voter_gets_the_code(hall: Hall) -> None:
    path = await hall.opened()
    case = await hall.site.community.report(address=hall.address)
    lin, of_lin = await hall.site.seated("lin")
    admin, of_admin = await hall.site.seated("admin")
    assert "录纸票" in await (await lin.get(f"/desk{path}")).text()
    first = {"number": case.number, "o": "2", "csrf": of_lin}
    status, page = await enter(lin, path, **first)
    assert (status, "还不算" in page, "等第二位同事录的：1 张" in page) == (200, True, True)
    second = first | {"csrf": of_admin}
    status, page = await enter(admin, path, **second | {"o": "1"})
    assert (status, "跟第一位同事录的不一样" in page) == (409, True)
    assert 'name="o" value="1" checked' in page
    status, page = await enter(admin, path, **second)
    assert (status, CODE.search(page) is not None, "等第二位" in page) == (200, True, False)
    status, page = await enter(admin, path, **second)
    assert (status, "一个人一张" in page) == (409, True)
    assert "您现在的票：停车" in await (await hall.visitor.get(path)).text()
    status, page = await enter(lin, path, number="????", o="1", csrf=of_lin)
    assert (status, "没有这张工单" in page) == (409, True)
    await hall.cast(path, o="3")
    hall.site.clock.move(days=1)
    lin, of_lin = await hall.site.seated("lin")
    status, page = await enter(lin, path, **first | {"csrf": of_lin})
    assert (status, "投票已经结束" in page) == (409, True)
    assert (await lin.get("/desk/votes/99/paper")).status == 404


async def test_a_helper_on_record_votes_on_the_page(hall: Hall) -> None:
    community = hall.site.community
    neighbour = await community.report(address="an old neighbour")
    mine = await community.report(address=hall.address)

    def confirm(tx: Tx) -> None:
        tx.people.verify(neighbour.reporter_id, Verification.RESIDENT_CONFIRMED)
        tx.people.call(neighbour.reporter_id, "陈奶奶")

    await community.storage.write(confirm)
    lin, csrf = await hall.site.seated("lin")
    form = {"number": neighbour.number, "helper": mine.number, "csrf": csrf}
    assert "替人投票" in await (await lin.get("/desk/vote-helpers")).text()
    answer = await lin.post("/desk/vote-helpers", data=form | {"helper": neighbour.number})
    assert (answer.status, "自己不用替自己" in await answer.text()) == (409, True)
    path = await hall.opened(roll=2)
    mark = {"for": str(neighbour.reporter_id), "o": "1"}
    assert (await hall.cast(path, **mark))[0] == 409  # not on record yet
    answer = await lin.post("/desk/vote-helpers", data=form)
    assert "两个人都会收到消息" in await answer.text()
    assert "替陈奶奶投" in await (await hall.visitor.get(path)).text()
    page = await (await hall.visitor.get(f"{path}?for={mark['for']}")).text()
    assert "您在替陈奶奶投" in page
    status, page = await hall.cast(path, **mark)
    assert (status, "替陈奶奶投的票号" in page, "现在的票：种花" in page) == (200, True, True)
    assert "现在的票" not in await (await hall.visitor.get(path)).text()  # hers is not cast
    await community.storage.write(lambda tx: votes.cast(tx, neighbour.reporter_id, 1, [2]))
    page = await (await hall.visitor.get(f"{path}?for={mark['for']}")).text()
    assert "现在的票" not in page  # what she did herself is not shown to her helper
    status, page = await hall.cast(path, **mark)
    assert (status, "本人已经投过" in page) == (409, True)
    listed = await (await lin.get("/desk/vote-helpers/list")).text()
    assert "陈奶奶" in listed
    (ends,) = re.findall(r'action="(/desk/vote-helpers/list/[0-9]+/end)"', listed)
    for said in ("以后没有人替这个人投", "已经取消了"):
        assert said in await (await lin.post(ends, data={"csrf": csrf})).text()
    assert "替陈奶奶投" not in await (await hall.visitor.get(path)).text()


async def test_two_issue_half_of_a_number_each_and_it_is_shown_once(hall: Hall) -> None:
    community = hall.site.community

    def call(tx: Tx) -> int:
        return tx.people.meet("phone", "+8613800000001").person_id

    person_id = await community.storage.write(call)
    case = await community.report(address="+8613800000001", channel="phone")
    lin, of_lin = await hall.site.seated("lin")
    wang, of_wang = await hall.site.seated("wang")
    assert "电话投票密码" in await (await lin.get("/desk/votes")).text()
    page = await (await wang.get(f"/desk/vote-pins?of={case.number}")).text()
    assert f'value="{case.number}"' in page
    form = {"number": case.number}
    page = await (await wang.post("/desk/vote-pins/second", data=form | {"csrf": of_wang})).text()
    assert "请先发前三位" in page
    first = await half(wang, "first", form | {"csrf": of_wang})
    second = await half(lin, "second", form | {"csrf": of_lin})
    halves = (first, second)
    assert await community.storage.write(lambda tx: tx.votes.is_pin(person_id, halves))
    for browser in (lin, wang):
        assert not HALF.search(await (await browser.get("/desk/vote-pins")).text())
    answer = await lin.post("/desk/vote-pins/end", data=form | {"csrf": of_lin})
    assert "收回了" in await answer.text()
    answer = await lin.post("/desk/vote-pins/end", data=form | {"csrf": of_lin})
    assert (answer.status, "没有电话投票密码" in await answer.text()) == (409, True)
    admin, of_admin = await hall.site.seated("admin")  # may not confirm anybody
    answer = await admin.post("/desk/vote-pins/first", data=form | {"csrf": of_admin})
    assert answer.status == 403


HALF = re.compile(r"<code>([0-9]{3})</code>")


async def half(browser: Browser, which: str, form: dict[str, str]) -> str:
    page = await (await browser.post(f"/desk/vote-pins/{which}", data=form)).text()
    found = HALF.search(page)
    assert found is not None, page
    return found[1]
