"""The page at a checkpoint, and the display there: what a browser may send, and what comes back."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.intake import Intake
from bot.ports.positions import Mark
from bot.store.engines.bell import LocalBell
from bot.web.check_in import CheckInPage
from bot.web.server import make_web
from channels.webchat import VISITOR_COOKIE, new_visitor
from tests.bot.community import Community, interpreter
from tests.fakes.clock import FakeClock
from tests.fakes.voice import FakeVoice
from tests.gcj02 import gcj02_from_wgs84

INTERPRETER = interpreter()
EAST_GATE = {"latitude": "33.5801", "longitude": "114.0203", "accuracy": "12"}


@dataclass(slots=True)
class Page:
    """A browser at the checkpoint's page."""

    browser: TestClient[web.Request, web.Application]
    community: Community
    posted: int = 0

    async def post(self, **fields: str) -> tuple[int, str]:
        """Send the form as its page would, and return what is shown in the end."""
        self.posted += 1
        form = {"id": f"identifier-{self.posted}", **fields}
        answer = await self.browser.post("/checkin", data=form)
        return answer.status, await answer.text()

    async def answered(self, **fields: str) -> str:
        status, page = await self.post(**fields)
        assert status == 200
        for _ in range(100):
            if "正在看" not in page:
                return page
            await asyncio.sleep(0.05)
            page = await (await self.browser.get(f"/checkin?sent=identifier-{self.posted}")).text()
        raise AssertionError("there is no answer")

    async def mark(self) -> Mark:
        marks = await self.community.storage.read(lambda views: views.grids.marks())
        return next(mark for mark in marks if mark.code == "east-gate")

    async def code(self) -> str:
        mark = await self.mark()
        return await self.community.storage.read(
            lambda views: views.grids.code_of(mark, changing=False)
        )


@pytest.fixture
async def page(community: Community, bell: LocalBell, clock: FakeClock) -> AsyncIterator[Page]:
    storage, rules = community.storage, community.rules
    intake = Intake(storage=storage, rules=rules, interpreter=INTERPRETER)
    ticks = iter(range(0, 10**6, 3))

    async def ready() -> list[str]:
        return []

    app = make_web(
        storage=storage,
        rules=rules,
        interpreter=INTERPRETER,
        bell=bell,
        clock=clock,
        ready=ready,
        secure_cookies=False,
        channel_routes=CheckInPage(receive=intake.receive, now=lambda: next(ticks)).routes(),
        sounds=FakeVoice(),
    )
    cookies = {VISITOR_COOKIE: new_visitor()}
    async with (
        TestClient(TestServer(app), cookies=cookies) as browser,
        asyncio.TaskGroup() as group,
    ):
        running = group.create_task(intake.run())
        yield Page(browser, community)
        running.cancel()


async def test_the_page_may_ask_for_a_position(page: Page) -> None:
    answer = await page.browser.get("/checkin")
    shown = await answer.text()
    assert "geolocation=(self)" in answer.headers["Permissions-Policy"]
    assert "我到了" in shown
    assert re.search(r'<div class="stack" data-locate hidden>', shown)
    assert answer.cookies[VISITOR_COOKIE]["httponly"]
    display = await page.browser.get("/checkpoints/east-gate/display")
    assert "geolocation=()" in display.headers["Permissions-Policy"]


async def test_a_code_in_the_link_is_filled_in(page: Page) -> None:
    code = await page.code()
    assert f'value="{code}"' in await (await page.browser.get(f"/checkin?code={code}")).text()
    crooked = await (await page.browser.get('/checkin?code="><script>')).text()
    assert 'name="code" value=""' in crooked


async def test_a_position_is_answered_on_the_page(page: Page) -> None:
    shown = await page.answered(**EAST_GATE)
    for words in ("您到了东门驿站", "饮水、充电", "先不算分", "去聊天里看"):
        assert words in shown


async def test_a_code_is_enough(page: Page) -> None:
    shown = await page.answered(code=f" {await page.code()} ")
    assert "您到了东门驿站" in shown
    assert "没有对上位置" in shown


async def test_both_are_strong(page: Page) -> None:
    shown = await page.answered(code=await page.code(), **EAST_GATE)
    assert "人也在这里" in shown
    assert "加 1 分" in shown


async def test_the_same_form_twice_is_one_check_in(page: Page) -> None:
    await page.answered(**EAST_GATE)
    page.posted -= 1
    assert "已经加过分" not in await page.answered(**EAST_GATE)


async def test_a_pair_of_a_chinese_map_is_taken_as_one(page: Page) -> None:
    """The same pair: at the checkpoint as GCJ-02, hundreds of metres away as WGS-84."""
    latitude, longitude = gcj02_from_wgs84(33.5801, 114.0203)
    pair = {"latitude": repr(latitude), "longitude": repr(longitude), "accuracy": "12"}
    text = {"code": await page.code()}
    shown = await page.answered(**pair, **text, datum="gcj02")
    assert "人也在这里" in shown
    assert "加 1 分" in shown
    assert "位置却在别处" in await page.answered(**pair, **text, datum="wgs84")


WRONG = [
    ("an unknown datum", EAST_GATE | {"datum": "bd09"}, "位置没传对"),
    ("nothing", {}, "还没有位置"),
    ("no number", EAST_GATE | {"latitude": "north"}, "位置没传对"),
    ("not a number", EAST_GATE | {"latitude": "nan"}, "位置没传对"),
    ("too far north", EAST_GATE | {"latitude": "91"}, "位置没传对"),
    ("half a pair", {"latitude": "33"}, "位置没传对"),
    ("endless", EAST_GATE | {"accuracy": "1e999"}, "位置没传对"),
    ("before all time", EAST_GATE | {"at": "-1"}, "位置没传对"),
    ("no code", {"code": "<script>"}, "这个码不对"),
]


@pytest.mark.parametrize(("label", "fields", "words"), WRONG)
async def test_what_is_wrong_is_said(
    page: Page, label: str, fields: dict[str, str], words: str
) -> None:
    status, shown = await page.post(**fields)
    assert (status, words in shown) == (400, True), label


async def test_too_many_have_to_wait(page: Page) -> None:
    statuses = [(await page.post(code="22222"))[0] for _ in range(12)]
    assert statuses[0] == 200
    assert 429 in statuses


async def test_forms_of_others_are_refused(page: Page) -> None:
    headers = {"Origin": "https://elsewhere.example"}
    answer = await page.browser.post("/checkin", data=EAST_GATE, headers=headers)
    assert answer.status == 403


async def test_a_browser_without_a_cookie_gets_the_page(page: Page) -> None:
    page.browser.session.cookie_jar.clear()
    status, shown = await page.post(**EAST_GATE)
    assert (status, "驿站打卡" in shown) == (200, True)
    answer = await page.browser.post("/checkin", data=EAST_GATE | {"id": "x"})
    assert answer.status == 200


async def test_the_display_needs_its_key(page: Page) -> None:
    mark = await page.mark()
    key = await page.community.storage.read(lambda views: views.grids.display_key(mark))
    answer = await page.browser.get(f"/checkpoints/east-gate/display?key={key}")
    shown = await answer.text()
    found = re.search(r"<strong>([0-9A-Z]{5}-[0-9A-Z]{4})</strong>", shown)
    assert found
    assert "显示屏上正在用的码" in await page.answered(code=found[1])
    for address in ("east-gate/display", "east-gate/display?key=ü", f"nowhere/display?key={key}"):
        assert (await page.browser.get(f"/checkpoints/{address}")).status == 404
