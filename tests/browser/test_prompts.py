"""What the telephone line says, recorded in a real browser whose microphone plays a tone."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, FilePayload, Page, expect

from bot.flow.words.prompts import piece_id
from bot.ports.prompts import MANDARIN
from bot.store.engines.bell import LocalBell
from bot.voice import PhoneVoice
from bot.web.server import make_web
from nlp.sound.wav import as_wav
from nlp.voice.synthesis import VoiceProcess
from tests.bot.community import Community, interpreter
from tests.browser.microphone import TONE_HZ
from tests.browser.pages import DESK, PHONE, TABLET, is_breach, lasting, picture
from tests.fakes.clock import FakeClock
from tests.nlp.sound.sounds import level, pitch, seconds, sine

FIRST = piece_id("您慢慢讲，是什么事，在哪儿")


@pytest_asyncio.fixture(loop_scope="session")
async def server(
    community: Community, bell: LocalBell, clock: FakeClock
) -> AsyncIterator[TestServer]:
    """The pages, with the real voice behind them."""
    process = VoiceProcess()
    voice = PhoneVoice(storage=community.storage, bell=bell, process=process)

    async def ready() -> list[str]:
        return []

    app = make_web(
        storage=community.storage,
        rules=community.rules,
        interpreter=interpreter(),
        bell=bell,
        clock=clock,
        ready=ready,
        secure_cookies=False,
        channel_routes=[],
        sounds=voice,
    )
    running = TestServer(app)
    async with asyncio.TaskGroup() as group, running:
        parts = [group.create_task(part.run()) for part in (process, voice)]
        yield running
        for part in parts:
            part.cancel()


@pytest_asyncio.fixture(loop_scope="session")
async def page(
    browser: Browser,
    server: TestServer,
    community: Community,
) -> AsyncIterator[Page]:
    lin = await community.staff("lin")
    await community.storage.write(
        lambda tx: tx.sessions.allow_once("code", lin.id, tx.now + timedelta(hours=1))
    )
    context = await browser.new_context(viewport=DESK, locale="zh-CN")  # type: ignore[arg-type]
    opened = await context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda said: errors.append(said.text) if is_breach(said.text) else None)
    await opened.goto(str(server.make_url("/desk/enter?code=code")))
    await opened.get_by_role("button").last.click()
    await opened.goto(str(server.make_url("/desk/prompts")))
    yield opened
    assert errors == []
    await context.close()


async def kept(community: Community) -> list[bytes]:
    storage = community.storage
    prompts = await storage.read(lambda views: views.prompts.of(MANDARIN))
    return [
        await storage.read(lambda views, one=prompt: views.prompts.sound(one.id))  # type: ignore[misc]
        for prompt in prompts
    ]


async def test_a_sentence_is_recorded_by_pressing_twice(page: Page, community: Community) -> None:
    await picture(page, "prompts-1440")
    row = page.locator(f"#piece-{FIRST}")
    await row.get_by_role("button", name="录", exact=True).click()
    await expect(row).to_contain_text(lasting(2))
    await picture(page, "prompts-recording-1440")
    (told,) = re.findall(r"停 (\d+) 秒", await row.inner_text())
    await row.locator("[data-microphone]").click()
    await expect(row).to_contain_text("林晓")
    await expect(row).to_contain_text("重录")
    await expect(page.locator("[data-progress] strong")).to_have_text("1")
    (sound,) = await kept(community)
    assert seconds(sound) == pytest.approx(int(told) + 0.5, abs=1.0)
    assert pitch(sound) == pytest.approx(TONE_HZ, rel=0.03)
    assert 4_000 < level(sound) < 6_000
    for name, size in (("360", PHONE), ("768", TABLET), ("1440", DESK)):
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        await page.evaluate("scrollTo(0, 0)")
        await picture(page, f"prompts-recorded-{name}")


async def test_it_is_played_where_it_stands(page: Page) -> None:
    await page.evaluate(
        "() => { const play = Audio.prototype.play;"
        " Audio.prototype.play = function () { this.addEventListener('playing', () => {"
        " document.body.dataset.played = this.duration; }); return play.call(this); }; }"
    )
    await page.locator(f"#piece-{FIRST} [data-play]").click()
    await expect(page.locator("body[data-played]")).to_be_visible()
    assert float(await page.locator("body").get_attribute("data-played") or 0) > 1
    assert page.url.endswith("/desk/prompts")


async def test_a_recording_that_is_given_up_is_not_kept(page: Page, community: Community) -> None:
    row = page.locator(f"#piece-{FIRST}")
    await row.get_by_role("button", name="录", exact=True).click()
    await expect(row).to_contain_text(lasting(1))
    await page.keyboard.press("Escape")
    await expect(row.get_by_role("button", name="录", exact=True)).to_be_visible()
    assert await kept(community) == []


async def test_a_file_is_taken_and_one_of_no_use_says_so(page: Page, community: Community) -> None:
    row = page.locator(f"#piece-{FIRST}")
    chooser = row.locator("input[type=file]")
    junk: FilePayload = {"name": "a.webm", "mimeType": "audio/webm", "buffer": b"junk"}
    await chooser.set_input_files(junk)
    await expect(page.get_by_role("alert")).to_contain_text("换一个录音文件")
    await picture(page, "prompts-refused-1440")
    good: FilePayload = {"name": "a.wav", "mimeType": "audio/wav", "buffer": as_wav(sine(1.0))}
    await chooser.set_input_files(good)
    await expect(row).to_contain_text("林晓")
    await expect(page.get_by_role("alert")).to_have_count(0)
    assert [seconds(sound) for sound in await kept(community)] == [pytest.approx(1.0, abs=0.05)]
