"""Speaking, showing, saying where, in a real browser with a microphone that plays a tone.

With the setting TEST_SCREENSHOTS the pages are written into that folder on the way.
"""

import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import pairwise
from typing import Any

import av
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import (
    Browser,
    BrowserContext,
    FilePayload,
    Page,
    expect,
)

from bot.store.engines.bell import LocalBell
from tests.bot.community import Community
from tests.browser.microphone import TONE_HZ
from tests.browser.pages import DESK, PHONE, is_breach, lasting, picture
from tests.channels.speaking import Ears, photo, speaking_site
from tests.fakes.clock import FakeClock

WORDS = [("幸福里小区", 1.0), ("3号楼", 0.4), ("2单元电梯坏了", 0.9)]
HEARD = "幸福里小区3号楼（？）2单元电梯坏了"


@pytest.fixture
def ears() -> Ears:
    return Ears(WORDS)


@pytest_asyncio.fixture(loop_scope="session")
async def server(
    community: Community, bell: LocalBell, clock: FakeClock, ears: Ears
) -> AsyncIterator[TestServer]:
    async with speaking_site(community, bell, clock, ears) as running:
        yield running


@asynccontextmanager
async def at_home(
    browser: Browser,
    server: TestServer,
    size: dict[str, int] = PHONE,
    script: str = "",
    **more: Any,
) -> AsyncIterator[Page]:
    """The chat page, ready; any error of its scripts fails the test."""
    context = await browser.new_context(viewport=size, locale="zh-CN", **more)  # type: ignore[arg-type]
    await context.add_init_script(script)
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if is_breach(said.text) else None)
    await page.goto(str(server.make_url("/")))
    await expect(page.locator(".chat.settled")).to_be_visible()
    yield page
    assert errors == []
    await context.close()


def talk(page: Page) -> Any:
    return page.locator("[data-talk]")


async def hold(page: Page, milliseconds: int) -> None:
    await talk(page).hover()
    await page.mouse.down()
    await expect(talk(page)).to_contain_text("松开发出去")
    await page.wait_for_timeout(milliseconds)
    await page.mouse.up()


def length_and_pitch(recording: bytes) -> tuple[str, float, float]:
    """The codec, the seconds and the crossings of zero a second, halved: a tone's pitch."""
    samples: list[float] = []
    with av.open(io.BytesIO(recording), "r") as container:
        stream = container.streams.audio[0]
        codec, rate = stream.codec_context.name, stream.rate
        for frame in container.decode(stream):
            samples.extend(frame.to_ndarray()[0].tolist())
    middle = samples[len(samples) // 3 : 2 * len(samples) // 3]
    crossings = sum(a < 0 <= b for a, b in pairwise(middle))
    return codec, len(samples) / rate, crossings * rate / len(middle)


async def test_what_is_said_arrives_whole_and_staff_hear_it(
    server: TestServer, browser: Browser, community: Community, ears: Ears
) -> None:
    async with at_home(browser, server) as page:
        await picture(page, "speak-empty-360")
        await talk(page).hover()
        await page.mouse.down()
        await expect(talk(page)).to_contain_text("松开发出去")
        await expect(talk(page)).to_contain_text(lasting(2))
        await picture(page, "speak-holding-360")
        await page.mouse.up()
        log = page.get_by_role("log")
        await expect(log).to_contain_text(re.compile(r"语音 \d+ 秒"))
        (told,) = re.findall(r"语音 (\d+) 秒", await log.inner_text())
        await expect(log.locator(".own .heard")).to_have_text(HEARD)
        await expect(log).to_contain_text("工单")
        await picture(page, "speak-360")
        await page.reload()
        await expect(log.locator(".own .heard")).to_have_text(HEARD)
        await expect(log.locator(".line.own")).to_have_count(1)
        ears.words = []
        await talk(page).click()
        await expect(talk(page)).to_contain_text("按一下发出去")
        await expect(talk(page)).to_contain_text(lasting(1))
        await picture(page, "speak-hands-free-360")
        await talk(page).click()
        await expect(log).to_contain_text("没听清")
        await log.evaluate("log => log.scrollTo(0, 0)")
        await picture(page, "speak-top-360")
    codec, seconds, pitch = length_and_pitch(ears.heard[0])
    assert codec == "opus"
    assert seconds == pytest.approx(int(told), abs=1.0)
    assert int(told) >= 2
    assert pitch == pytest.approx(TONE_HZ, rel=0.03)
    await staff_hear_it(server, browser, community)


async def staff_hear_it(server: TestServer, browser: Browser, community: Community) -> None:
    context = await browser.new_context(viewport=DESK, locale="zh-CN")  # type: ignore[arg-type]
    desk = await enter(context, server, community)
    await desk.goto(str(server.make_url("/desk/cases/1")))
    await expect(desk.locator(".heard mark")).to_contain_text("3号楼")
    played = "document.querySelector('.recording audio').play().then(() => 'ok', e => String(e))"
    assert await desk.evaluate(played) == "ok"
    await expect(desk.locator(".recording .tag-listen")).to_have_count(1)
    await picture(desk, "case-listen-1440")
    await desk.set_viewport_size(PHONE)  # type: ignore[arg-type]
    await picture(desk, "case-listen-360")
    await desk.get_by_label("听到的话").fill("幸福里小区3号楼2单元电梯又坏了")
    await desk.get_by_role("button", name="就是这些话").click()
    await expect(desk.locator(".words")).to_have_text("幸福里小区3号楼2单元电梯又坏了")
    await expect(desk.locator(".tag-listen")).to_have_count(0)
    await context.close()


async def enter(context: BrowserContext, server: TestServer, community: Community) -> Page:
    staff = await community.staff("wang")
    await community.storage.write(
        lambda tx: tx.sessions.allow_once("code", staff.id, tx.now + timedelta(hours=1))
    )
    page = await context.new_page()
    await page.goto(str(server.make_url("/desk/enter?code=code")))
    await page.get_by_role("button").last.click()
    await expect(page).to_have_url(re.compile("/desk/?$"))
    return page


async def slide_away(page: Page) -> None:
    await talk(page).hover()
    await page.mouse.down()
    await expect(talk(page)).to_contain_text(lasting(1))
    await page.mouse.move(5, 5)
    await expect(talk(page)).to_contain_text("松开就不发了")
    await page.mouse.up()


async def escape(page: Page) -> None:
    await talk(page).click()
    await expect(talk(page)).to_contain_text(lasting(1))
    await page.keyboard.press("Escape")


async def press_cancel(page: Page) -> None:
    await talk(page).click()
    await expect(talk(page)).to_contain_text(lasting(1))
    await page.get_by_role("button", name="不发了").click()


async def test_it_can_be_given_up_and_keys_do_it_too(
    server: TestServer, browser: Browser, ears: Ears
) -> None:
    async with at_home(browser, server) as page:
        for way in (slide_away, escape, press_cancel):
            await way(page)
            await expect(talk(page)).to_contain_text("按住说话")
        await talk(page).press("Enter")
        await expect(talk(page)).to_contain_text("按一下发出去")
        await talk(page).press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("太短了")
        await picture(page, "speak-short-360")
        await expect(page.locator(".line")).to_have_count(0)
        for key in ("Space", "Enter"):
            await talk(page).press(key)
            await expect(talk(page)).to_contain_text(lasting(1))
            await talk(page).press(key)
            await expect(talk(page)).to_contain_text("按住说话")
        await expect(page.locator(".line.own .heard")).to_have_count(2)
    assert len(ears.heard) == 2


DEAF = (
    "navigator.mediaDevices.getUserMedia = async () => {{ throw new DOMException('', '{name}'); }}"
)
WITHOUT = [
    ("no microphone", DEAF.format(name="NotFoundError"), "没找到"),
    ("no leave", DEAF.format(name="NotAllowedError"), "麦克风没打开"),
    ("no recorder", "delete window.MediaRecorder", ""),
]


async def test_without_a_microphone_a_recording_is_chosen(
    server: TestServer, browser: Browser, ears: Ears
) -> None:
    sound = b"OggS" + bytes(100)
    recording: FilePayload = {"name": "a.ogg", "mimeType": "audio/ogg", "buffer": sound}
    for label, script, said in WITHOUT:
        async with at_home(browser, server, script=script) as page:
            if said:
                await talk(page).click()
                await expect(page.get_by_role("alert")).to_contain_text(said)
                await picture(page, f"speak-{label.replace(' ', '-')}-360")
            else:
                await expect(talk(page)).to_be_hidden()
            await page.locator("[data-voice-file] input").set_input_files(recording)
            await expect(page.locator(".line.own .heard")).to_have_count(1)
    assert ears.heard == [sound] * len(WITHOUT)


async def test_photos_are_an_album_with_the_words_of_the_field(
    server: TestServer, browser: Browser, community: Community
) -> None:
    files: list[FilePayload] = [
        {"name": "a.png", "mimeType": "image/png", "buffer": photo("teal", "PNG", (3000, 1500))},
        {"name": "b.jpg", "mimeType": "image/jpeg", "buffer": photo("orange")},
    ]
    async with at_home(browser, server) as page:
        await page.get_by_role("textbox").fill("幸福里小区3号楼楼道里堆满了纸箱")
        await picture(page, "speak-written-360")
        await page.locator("[data-photos] input").set_input_files(files)
        await expect(page.locator(".line.own")).to_have_count(2)
        await expect(page.get_by_role("log")).to_contain_text("工单")
        await expect(page.locator('.line.own img[src^="/chat/media/"]')).to_have_count(2)
        await expect(page.get_by_role("textbox")).to_have_value("")
        await page.wait_for_function(
            "[...document.querySelectorAll('.line.own img')].every(i => i.naturalWidth > 0)"
        )
        await picture(page, "photo-360")
        await page.set_viewport_size(DESK)  # type: ignore[arg-type]
        await picture(page, "photo-1440")
    found = await community.storage.read(lambda views: views.media.of_case(1))
    assert [media.media_type for media in found] == ["image/jpeg", "image/jpeg"]


async def test_a_file_waits_for_the_service_and_a_reload_and_goes_once(
    server: TestServer, browser: Browser, ears: Ears
) -> None:
    async with at_home(browser, server) as page:
        await page.context.route("**/chat/upload*", lambda route: route.abort())
        await hold(page, 1200)
        await expect(page.locator(".line.own.waiting")).to_contain_text("还没送到")
        await page.reload()
        await expect(page.locator(".line.own.waiting")).to_have_count(1)
        await page.context.unroute("**/chat/upload*")
        await expect(page.locator(".line.own .heard")).to_have_count(1, timeout=15_000)
        await expect(page.locator(".line.own")).to_have_count(1)
        kept = await page.evaluate(
            "Object.keys(localStorage).filter(k => k.startsWith('gz-pending'))"
        )
        assert kept == []
    assert len(ears.heard) == 1


async def test_where_she_is_goes_over_the_socket(
    server: TestServer, browser: Browser, community: Community
) -> None:
    here = {"latitude": 31.2304, "longitude": 121.4737, "accuracy": 15}
    async with at_home(browser, server, permissions=["geolocation"], geolocation=here) as page:
        await page.get_by_role("button", name="位置").click()
        await expect(page.locator(".line.own")).to_contain_text("发了现在的位置")
        await expect(page.locator(".line.own .meta")).to_contain_text("收到")
        refused = "function (_, no) { no({code: 1, PERMISSION_DENIED: 1}); }"
        await page.evaluate(f"() => {{ navigator.geolocation.getCurrentPosition = {refused}; }}")
        await page.get_by_role("button", name="位置").click()
        await expect(page.get_by_role("alert")).to_contain_text("没拿到位置")
    line = (await community.storage.read(lambda v: v.chat.lines(1, after=None, limit=9)))[0]
    assert line.position
