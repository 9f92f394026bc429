"""A doubtful case is settled by a key; the correction is taken, released in words, taken back."""

import re

from playwright.async_api import Browser, expect

from tests.browser.pages import DESK, PHONE, TABLET, enter, page_of, picture
from tests.proof.service import ServiceProcess

DOUBTFUL = "门口灯也不亮地也不平"


async def test_a_correction_is_learned_and_taken_back(
    service: ServiceProcess, browser: Browser
) -> None:
    resident = await page_of(browser, PHONE)
    await resident.goto(service.url)
    await resident.get_by_role("textbox").fill(DOUBTFUL)
    await resident.keyboard.press("Enter")
    await expect(resident.get_by_role("log")).to_contain_text("更像是哪一件")

    dispatcher = await page_of(browser, DESK)
    await enter(dispatcher, service, "林晓")
    await dispatcher.get_by_role("link", name=re.compile("灯也不亮地也不平")).first.click()
    await expect(dispatcher.get_by_role("heading", name="是哪一类")).to_be_visible()
    await picture(dispatcher, "doubtful-1440")
    await dispatcher.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert await dispatcher.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await picture(dispatcher, "doubtful-360")
    await dispatcher.set_viewport_size(DESK)  # type: ignore[arg-type]
    await dispatcher.keyboard.press("2")
    await dispatcher.keyboard.press("Enter")
    await expect(dispatcher.get_by_role("heading", name="路灯不亮")).to_be_visible()
    await expect(dispatcher.get_by_role("heading", name="是哪一类")).to_be_hidden()

    supervisor = await page_of(browser, TABLET)
    await enter(supervisor, service, "丁科")
    await supervisor.goto(f"{service.url}/desk/words")
    await expect(supervisor.locator("mark").first).to_be_visible()
    await picture(supervisor, "words-proposal-768")
    await supervisor.get_by_role("button", name="采纳", exact=True).click()
    await expect(supervisor.get_by_role("heading", name="下一版")).to_be_visible()
    await picture(supervisor, "words-release-768")
    await supervisor.get_by_role("button", name="发布").click()
    await expect(supervisor.locator("main")).to_contain_text("第 1 版。")
    await supervisor.get_by_role("button", name="退回出厂的词").click()
    await expect(supervisor.locator("main")).to_contain_text("第 2 版：退回出厂的词")
    await supervisor.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert await supervisor.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await supervisor.set_viewport_size(TABLET)  # type: ignore[arg-type]
    await picture(supervisor, "words-back-768")
