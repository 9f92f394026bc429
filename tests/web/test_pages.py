"""What residents see: home, status, errors; and what protects every page."""

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.flow.cases import clocks
from bot.model.case import Case, State
from bot.ports.storage import StorageError, Tx
from bot.web.cases import ICONS, STAGES, mask_mobiles, mask_numbers
from channels.webchat import VISITOR_COOKIE, address_of, new_visitor
from tests.bot.community import Community
from tests.bot.proving import finish
from tests.web.conftest import Make, Web


async def solve(community: Community, case: Case) -> None:
    wang = await community.staff("wang")

    def unit(tx: Tx) -> None:
        version = tx.cases.get(case.id).version
        finish(tx, community.rules, case.id, wang, "换了控制板，试过了", version=version)

    await community.storage.write(unit)


async def test_the_home_page_knows_a_visitor_again(make: Make) -> None:
    site = await make(secure=True)
    first = await site.browser().get("/")
    cookie = first.cookies[VISITOR_COOKIE]
    assert address_of(cookie.value)
    assert (cookie["httponly"], cookie["samesite"], bool(cookie["secure"])) == (True, "Lax", True)
    headers = {"Cookie": f"{VISITOR_COOKIE}={cookie.value}"}
    again = await site.browser().get("/", headers=headers)
    assert again.cookies[VISITOR_COOKIE].value == cookie.value


async def test_a_broken_visitor_cookie_is_replaced(site: Web) -> None:
    answer = await site.browser().get("/", headers={"Cookie": f"{VISITOR_COOKIE}=x'><script>"})
    assert address_of(answer.cookies[VISITOR_COOKIE].value)


async def test_the_home_page_leads_to_her_points_without_a_word(site: Web) -> None:
    home = await (await site.browser().get("/")).text()
    assert '<a class="button wide" href="/rewards">' in home
    assert "我的积分、换东西" in home


async def test_my_matters_show_their_stages(site: Web) -> None:
    visitor = new_visitor()
    case = await site.community.report(address=address_of(visitor) or "")
    answer = await site.browser().get("/", headers={"Cookie": f"{VISITOR_COOKIE}={visitor}"})
    page = await answer.text()
    assert case.number in page
    assert "王师傅负责" in page
    assert case.number not in await (await site.browser().get("/")).text()


async def test_the_status_page_tells_who_and_when(site: Web) -> None:
    case = await site.community.report()
    answer = await site.browser().get(f"/c/{case.token}")
    page = await answer.text()
    assert answer.status == 200
    assert "noindex" in page
    assert "王师傅负责" in page
    assert page.count('class="station ') == 5
    assert 'aria-current="step"' in page
    assert "<time>" in page
    assert "手上最空" not in page  # workloads are no resident's business


async def test_a_late_case_says_so(site: Web) -> None:
    case = await site.community.report()
    site.clock.move(days=3)
    page = await (await site.browser().get(f"/c/{case.token}")).text()
    assert "晚了，原定" in page
    assert "is-late" in page
    assert "王师傅还没回话" in page


async def test_it_says_who_knows_that_it_is_late(site: Web) -> None:
    case = await site.community.report()
    site.clock.move(days=3)

    def fire_all(tx: Tx) -> None:
        for timer in tx.timers.claim_due(9):
            clocks.fire(tx, site.community.rules, timer)

    await site.community.storage.write(fire_all)
    page = await (await site.browser().get(f"/c/{case.token}")).text()
    assert "王师傅还没回话，已经报给街道" in page
    assert "报给网格负责人陈姐和街道方主任" in page


async def test_she_says_that_it_is_solved(site: Web) -> None:
    case = await site.community.report()
    await solve(site.community, case)
    browser = site.browser()
    assert "好了吗" in await (await browser.get(f"/c/{case.token}")).text()
    answer = await browser.post(f"/c/{case.token}/solved")
    assert answer.status == 200
    assert (await site.community.case(case.id)).state is State.ARCHIVED


async def test_she_says_that_it_is_not_and_why(site: Web) -> None:
    case = await site.community.report()
    await solve(site.community, case)
    answer = await site.browser().post(f"/c/{case.token}/unsolved", data={"words": "又停了"})
    assert "您说没好：又停了" in await answer.text()
    assert (await site.community.case(case.id)).times_reopened == 1


@pytest.mark.parametrize("step", ["solved", "unsolved"])
async def test_what_cannot_be_done_now_is_said_on_the_page(site: Web, step: str) -> None:
    case = await site.community.report()
    answer = await site.browser().post(f"/c/{case.token}/{step}")
    assert answer.status == 409
    assert 'role="alert"' in await answer.text()


async def test_another_sites_page_cannot_confirm(site: Web) -> None:
    case = await site.community.report()
    await solve(site.community, case)
    headers = {"Origin": "https://evil.example"}
    answer = await site.browser().post(f"/c/{case.token}/solved", headers=headers)
    assert answer.status == 403
    assert (await site.community.case(case.id)).state is State.FOLLOW_UP


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("打我电话13812345678", "打我电话138********"),
        ("138 1234 5678 找我", "138******** 找我"),
        ("0371-65551234", "037*********"),
        ("６５５５１２３４", "６５５*****"),
        ("身份证41010119900101123X", "身份证410***************"),
        ("12345打不通", "12345打不通"),
        ("3号楼2单元402", "3号楼2单元402"),
    ],
)
def test_numbers_of_people_are_hidden(said: str, shown: str) -> None:
    assert mask_numbers(said) == shown


def test_offices_numbers_in_staffs_words_stay() -> None:
    words = "归水务局管，电话 0371-65551234；您的手机13812345678记下了"
    assert mask_mobiles(words) == "归水务局管，电话 0371-65551234；您的手机138********记下了"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/c/short", 404),
        ("/c/aaaaaaaaaaaaaaaaaaaaaa", 404),
        ("/c/%2e%2e%2f", 404),
        ("/static/x/none.js", 404),
        ("/mine/events", 403),
    ],
)
async def test_errors_are_pages(site: Web, path: str, status: int) -> None:
    answer = await site.browser().get(path)
    page = await answer.text()
    assert answer.status == status
    assert answer.content_type == "text/html"
    assert "回首页" in page
    assert "Traceback" not in page


async def test_too_much_is_refused_kindly(site: Web) -> None:
    case = await site.community.report()
    answer = await site.browser().post(f"/c/{case.token}/unsolved", data={"words": "长" * 70_000})
    assert answer.status == 413
    assert "写短一点" in await answer.text()


class Failing:
    """Storage that refuses: reads, writes, or neither."""

    def __init__(self, inner: Any, error: Exception) -> None:
        self._inner, self._error = inner, error
        self.reads = self.writes = False

    async def read(self, query: Callable[..., Any]) -> Any:
        if self.reads:
            raise self._error
        return await self._inner.read(query)

    async def write(self, unit: Callable[..., Any]) -> Any:
        if self.writes:
            raise self._error
        return await self._inner.write(unit)


async def test_what_was_not_stored_is_kept_for_another_press(make: Make) -> None:
    community = (await make()).community
    storage = Failing(community.storage, StorageError("disk full"))
    site = await make(storage=storage)
    case = await community.report()
    storage.writes = True
    answer = await site.browser().post(f"/c/{case.token}/unsolved", data={"words": "<b>还是停</b>"})
    page = await answer.text()
    assert answer.status == 503
    assert "刚才没存上，是我们的问题" in page
    assert "&lt;b&gt;还是停&lt;/b&gt;</textarea>" in page
    assert f'action="/c/{case.token}/unsolved"' in page
    assert "disk full" not in page


async def test_a_password_is_never_shown_again(make: Make) -> None:
    storage = Failing((await make()).community.storage, StorageError("away"))
    site = await make(storage=storage)
    storage.writes = True
    answer = await site.browser().post("/desk/login", data={"login": "lin", "password": "secret"})
    assert answer.status == 503
    assert "secret" not in await answer.text()


async def test_our_own_mistake_is_logged_and_told_kindly(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    storage = Failing((await make()).community.storage, ZeroDivisionError("secret detail"))
    site = await make(storage=storage)
    storage.reads = True
    with caplog.at_level(logging.ERROR, "bot.web"):
        answer = await site.browser().get("/c/aaaaaaaaaaaaaaaaaaaaaa")
    page = await answer.text()
    assert answer.status == 500
    assert "是我们的" in page
    assert "secret detail" not in page
    assert "ZeroDivisionError" in caplog.text
    assert "aaaaaaaa" not in caplog.text.split("Traceback")[0]  # tokens stay out of the log


@pytest.mark.parametrize("path", ["/", "/nothing", "/healthz", "/desk/login", "/mine/events"])
async def test_every_answer_is_shielded(site: Web, path: str) -> None:
    headers = (await site.browser().get(path)).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "Python" not in headers["Server"]


async def test_no_page_has_script_or_style_of_its_own(site: Web) -> None:
    case = await site.community.report()
    browser, _ = await site.seated("lin")
    for path in ("/", f"/c/{case.token}", "/desk", f"/desk/cases/{case.id}", "/desk/all"):
        page = await (await browser.get(path)).text()
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", page), path


async def test_static_files_keep_for_ever_under_their_version(site: Web) -> None:
    browser = site.browser()
    page = await (await browser.get("/")).text()
    found = re.findall(r'(?:href|src)="(/static/[^"#]+)', page)
    assert len(set(found)) >= 5
    for path in set(found):
        answer = await browser.get(path)
        assert answer.status == 200
        assert "immutable" in answer.headers["Cache-Control"]
    old = await browser.get("/static/older/gongzhi.css")
    assert (old.status, old.headers["Cache-Control"]) == (200, "no-cache")


def icons_of_templates() -> set[str]:
    templates = Path("bot/web/templates").rglob("*.html")
    written = "".join(template.read_text("utf-8") for template in templates)
    return set(re.findall(r"icon\('([a-z-]+)'\)", written))


async def test_every_icon_is_in_the_sprite(site: Web) -> None:
    browser = site.browser()
    page = await (await browser.get("/")).text()
    sprite = re.search(r"(/static/[0-9a-f]+/icons.svg)#", page)
    assert sprite
    symbols = set(re.findall(r'id="([^"]+)"', await (await browser.get(sprite[1])).text()))
    rules = site.community.rules.services
    used = {group.icon for group in rules.groups} | {service.icon for service in rules.services}
    used |= icons_of_templates() | {icon for _, icon in STAGES} | set(ICONS.values())
    assert used <= symbols


async def test_machines_learn_how_it_is(site: Web) -> None:
    await site.community.report()
    browser = site.browser()
    assert (await browser.get("/healthz")).status == 200
    assert (await browser.get("/readyz")).status == 200
    site.reasons.append("schema is old")
    answer = await browser.get("/readyz")
    assert (answer.status, (await answer.json())["reasons"]) == (503, ["schema is old"])
    counts = await (await browser.get("/metrics")).text()
    assert 'gongzhi_cases{state="assigned"} 1.0' in counts
    assert "gongzhi_inbox_waiting 0.0" in counts
    assert 'gongzhi_outbox_messages{delivery="failed"} 0.0' in counts
    assert 'gongzhi_cases{state="follow_up"} 0.0' in counts
    assert re.search(r'http_requests_total{method="GET",route="/healthz",status="200"} 1', counts)
