"""A ballot on paper, entered at the workbench by two."""

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
