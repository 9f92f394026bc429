"""Pages in a real browser: their sizes, who looks at them, and pictures of them.

With the setting TEST_SCREENSHOTS the pages are written into that folder on the way.
"""

import os
import re
from pathlib import Path

from playwright.async_api import Browser, FilePayload, Page, expect

from tests.channels.speaking import photo
from tests.proof.service import ServiceProcess

PHONE = {"width": 360, "height": 740}
TABLET = {"width": 768, "height": 1024}
DESK = {"width": 1440, "height": 900}
WORDS = "幸福里小区3号楼2单元电梯坏了"


async def page_of(browser: Browser, size: dict[str, int]) -> Page:
    """Open a page that fails the test on any error of its scripts."""
    context = await browser.new_context(viewport=size, locale="zh-CN")  # type: ignore[arg-type]
    page = await context.new_page()

    def failed(error: object) -> None:
        raise AssertionError(f"a script failed: {error}")

    page.on("pageerror", failed)
    return page


def is_breach(said: str) -> bool:
    """Say whether a browser complains that a page does what its policy forbids."""
    return "Content Security Policy" in said or "Permissions policy" in said


def lasting(seconds: int) -> re.Pattern[str]:
    """Match so many seconds or more: looks are rare enough to miss the one that is just so many."""
    return re.compile(rf"(?:[{seconds}-9]|\d\d) 秒")


async def picture(page: Page, name: str) -> None:
    folder = os.environ.get("TEST_SCREENSHOTS")
    if folder:
        await page.wait_for_timeout(400)  # let the last change be drawn
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def enter(page: Page, service: ServiceProcess, name: str) -> None:
    """Log in by the one-time link that the service printed."""
    found = re.findall(rf"{name}（.+?） (\S+)", service.tail())
    await page.goto(found[-1])
    await page.get_by_role("button").last.click()
    await expect(page).to_have_url(re.compile("/desk/?$"))


async def photograph(worker: Page, which: str) -> None:
    """Add a photo from before or after the work, and see it on the case."""
    there = await worker.locator(".proofs img").count()
    if not await worker.locator("#photo-file").is_visible():
        await worker.locator("#step-photo summary").click()
    taken = FilePayload(name="work.jpg", mimeType="image/jpeg", buffer=photo("gray"))
    await worker.locator("#photo-file").set_input_files(taken)
    await worker.get_by_label(which).check()
    await worker.get_by_role("button", name="加上这张").click()
    await expect(worker.locator(".proofs img")).to_have_count(there + 1)
