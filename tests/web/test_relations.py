"""Merging, splitting, asking, following and words with doubts, by the forms that people fill in."""

import re

import pytest

from bot.flow.telling.talk import hear
from bot.model.case import Case, State
from bot.ports.storage import Tx
from channels.webchat import VISITOR_COOKIE, address_of, new_visitor
from tests.web.conftest import Browser, Web


async def step(
    browser: Browser, site: Web, case_id: int, name: str, csrf: str, **fields: str
) -> tuple[int, str]:
    version = str((await site.community.case(case_id)).version)
    data = {"csrf": csrf, "version": version} | fields
    answer = await browser.post(f"/desk/cases/{case_id}/{name}", data=data)
    return answer.status, await answer.text()


async def two(site: Web) -> tuple[Case, Case]:
    return await site.community.report(address="a"), await site.community.report(address="b")


async def status_page(site: Web, case: Case) -> str:
    return await (await site.browser().get(f"/c/{case.token}")).text()


async def test_a_dispatcher_merges_and_separates(site: Web) -> None:
    first, second = await two(site)
    browser, csrf = await site.seated("lin")
    page = await (await browser.get(f"/desk/cases/{second.id}")).text()
    assert f'name="alike" value="{first.number}"' in page
    status, page = await step(browser, site, second.id, "merge", csrf, alike=first.number)
    assert status == 200, page
    assert f'href="/desk/cases/{first.id}"' in page
    assert (await site.community.case(second.id)).state is State.MERGED
    told = await status_page(site, second)
    assert f"和工单 {first.number} 一起办" in told
    assert first.token not in told
    assert "王师傅负责" in told
    assert "1 人也遇到了" in await status_page(site, first)
    status, page = await step(browser, site, second.id, "separate", csrf)
    assert status == 200, page
    assert (await site.community.case(second.id)).state is State.ASSIGNED


async def test_the_page_of_a_merged_case_tells_what_staff_answered_to_all(site: Web) -> None:
    first, second = await two(site)
    worker, csrf = await site.seated("wang")
    await step(worker, site, first.id, "answer", csrf, words="先来看过了")
    dispatcher, seal = await site.seated("lin")
    await step(dispatcher, site, second.id, "merge", seal, alike=first.number)
    await step(worker, site, first.id, "answer", csrf, words="读卡头下午换新的")
    told = await status_page(site, second)
    assert "读卡头下午换新的" in told
    assert "先来看过了" not in told
    await step(dispatcher, site, second.id, "separate", seal)
    assert "读卡头下午换新的" not in await status_page(site, second)


@pytest.mark.parametrize(
    ("number", "words"), [("", "没有这张工单"), ("K2A4", "没有这张工单"), ("KK4P", "不能并到自己")]
)
async def test_a_wrong_number_is_said(site: Web, number: str, words: str) -> None:
    await site.community.report()
    browser, csrf = await site.seated("lin")
    status, page = await step(browser, site, 1, "merge", csrf, number=number)
    assert status == 409
    assert words in page


async def test_a_worker_cannot_merge(site: Web) -> None:
    first, second = await two(site)
    browser, csrf = await site.seated("wang")
    status, _ = await step(browser, site, second.id, "merge", csrf, number=first.number)
    assert status == 403


async def test_a_handler_splits_a_report(site: Web) -> None:
    case = await site.community.report()
    browser, csrf = await site.seated("wang")
    fields = {"stays": "电梯坏了", "goes": "楼道灯不亮", "service": "stair_light"}
    status, page = await step(browser, site, case.id, "split", csrf, **fields)
    assert status == 200, page
    new = await site.community.case(2)
    assert new.description == "楼道灯不亮"
    assert f'href="/desk/cases/{new.id}"' in page
    for one, other in ((case, new), (new, case)):
        assert f"另一件是工单 {other.number}" in await status_page(site, one)


async def test_while_the_reporter_is_asked_the_page_says_so(site: Web) -> None:
    case = await site.community.report()
    browser, csrf = await site.seated("wang")
    status, page = await step(browser, site, case.id, "ask", csrf, words="几层的按钮不亮")
    assert status == 200, page
    assert 'id="step-ask"' not in page
    told = await status_page(site, case)
    assert "正在等您回话" in told
    assert "几层的按钮不亮" in told
    assert "等居民回话" in await (await browser.get("/desk")).text()


async def test_a_visitor_follows_and_stops(site: Web) -> None:
    case = await site.community.report()
    headers = {"Cookie": f"{VISITOR_COOKIE}={new_visitor()}"}
    browser = site.browser()
    page = await (await browser.get(f"/c/{case.token}", headers=headers)).text()
    assert f'action="/c/{case.token}/follow"' in page
    for verb, shown, count in (("follow", "unfollow", True), ("unfollow", "follow", False)):
        answer = await browser.post(f"/c/{case.token}/{verb}", headers=headers)
        page = await answer.text()
        assert f'action="/c/{case.token}/{shown}"' in page
        assert ("1 人也遇到了" in page) is count


async def test_the_reporter_is_not_asked_to_follow_her_own(site: Web) -> None:
    visitor = new_visitor()
    case = await site.community.report(address=address_of(visitor) or "")
    headers = {"Cookie": f"{VISITOR_COOKIE}={visitor}"}
    page = await (await site.browser().get(f"/c/{case.token}", headers=headers)).text()
    assert "我也遇到了" not in page


async def test_a_new_browser_that_follows_is_known_again(site: Web) -> None:
    case = await site.community.report()
    browser = site.browser()
    answer = await browser.post(f"/c/{case.token}/follow", allow_redirects=False)
    assert answer.status == 303
    assert address_of(answer.cookies[VISITOR_COOKIE].value)


async def test_nobody_follows_what_is_not_there(site: Web) -> None:
    assert (await site.browser().post("/c/0123456789abcdef/follow")).status == 404


async def test_personal_words_of_others_are_asked_about(site: Web) -> None:
    case = await site.community.report()
    browser, csrf = await site.seated("wang")
    words = "楼上王小明先生的电话 13812345678"
    status, page = await step(browser, site, case.id, "answer", csrf, words=words)
    assert status == 409
    assert "<mark>王小明先生</mark>" in page
    assert "<mark>13812345678</mark>" in page
    assert f"{words}</textarea>" in page
    assert await site.community.news(case.contact_id) == []
    found = re.search(r'name="sure" value="(\w+)"', page)
    assert found is not None
    changed = {"words": f"{words}，501室", "sure": found[1]}
    assert (await step(browser, site, case.id, "answer", csrf, **changed))[0] == 409
    sure = {"words": words, "sure": found[1]}
    assert (await step(browser, site, case.id, "answer", csrf, **sure))[0] == 200
    assert any(words in line for line in await site.community.news(case.contact_id))


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("resolve", {"note": "打了13812345678，修好了"}),
        ("redirect", {"where": "找王小明先生", "why": "不归我们管"}),
        ("ask", {"words": "是不是501室漏的"}),
    ],
)
async def test_every_form_that_residents_read_is_read_first(
    site: Web, name: str, fields: dict[str, str]
) -> None:
    case = await site.community.report()
    browser, csrf = await site.seated("wang")
    status, page = await step(browser, site, case.id, name, csrf, **fields)
    assert (status, 'name="sure"' in page) == (409, True)


async def test_templates_are_filled_in(site: Web) -> None:
    case = await site.community.report()
    browser, _ = await site.seated("wang")
    page = await (await browser.get(f"/desk/cases/{case.id}")).text()
    inserts = re.findall(r'data-insert="([^"]+)"', page)
    assert len(inserts) >= 5
    assert any("王师傅" in text and case.place in text for text in inserts)
    assert all("{" not in text for text in inserts)


async def test_what_is_urged_stands_before_its_equals(site: Web) -> None:
    first, second = await two(site)
    await site.community.storage.write(lambda tx: tx.cases.urged(second))
    browser, _ = await site.seated("wang")
    page = await (await browser.get("/desk")).text()
    assert page.index(second.number) < page.index(first.number)
    assert "催了 1 次" in page


async def test_a_reply_in_a_talk_is_read_first(site: Web) -> None:
    def unit(tx: Tx) -> int:
        return hear(tx, tx.people.meet("web", "somebody"), "我的电话是13812345678").id

    talk_id = await site.community.storage.write(unit)
    browser, csrf = await site.seated("lin")
    for words, status, marks in (
        ("打13812345678找您", 200, 0),
        ("打13912345678找他", 409, 1),
    ):
        data = {"csrf": csrf, "words": words}
        answer = await browser.post(f"/desk/talks/{talk_id}/reply", data=data)
        page = await answer.text()
        assert (answer.status, page.count("<mark>13912345678</mark>")) == (status, marks)
