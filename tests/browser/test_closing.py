"""Closing in a real browser on a phone: a signature by finger, a photo, how it was."""

import re
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from tests.browser.pages import PHONE, WORDS, enter, page_of, picture
from tests.channels.speaking import photo
from tests.proof.service import ServiceProcess


async def sign(worker: Page) -> None:
    """Draw a line with the pointer, and send it."""
    await worker.locator("#step-sign summary").click()
    canvas = worker.locator("canvas[data-sign]")
    await canvas.scroll_into_view_if_needed()
    frame = await canvas.bounding_box()
    assert frame is not None
    await worker.mouse.move(frame["x"] + 40, frame["y"] + 30)
    await worker.mouse.down()
    await worker.mouse.move(frame["x"] + 200, frame["y"] + 80, steps=5)
    await worker.mouse.up()
    await picture(worker, "sign-360")
    await worker.get_by_role("button", name="签好了").click()
    await expect(worker.locator(".proofs")).to_contain_text("签字")


async def test_a_signature_and_a_photo_close_a_case(
    service: ServiceProcess,
    browser: Browser,
    tmp_path: Path,
) -> None:
    resident, worker = await page_of(browser, PHONE), await page_of(browser, PHONE)
    await resident.goto(service.url)
    await resident.get_by_role("textbox").fill(WORDS)
    await resident.keyboard.press("Enter")
    log = resident.get_by_role("log")
    await expect(log).to_contain_text("王师傅负责")
    path = await log.get_by_role("link").first.get_attribute("href")
    await enter(worker, service, "王师傅")
    await worker.goto(f"{service.url}/desk/cases/1")
    await worker.get_by_role("button", name="我接了").click()
    await expect(worker.locator(".history-lines")).to_contain_text("接手")

    await sign(worker)
    file = tmp_path / "after.jpg"
    file.write_bytes(photo("green", size=(640, 480)))
    await worker.locator("#step-photo summary").click()
    await worker.locator("#photo-file").set_input_files(file)
    await worker.get_by_label("办好以后的照片").check()
    await picture(worker, "photo-360")
    await worker.get_by_role("button", name="加上这张").click()
    await expect(worker.locator(".proofs img")).to_have_count(2)
    await picture(worker, "proofs-360")

    await worker.get_by_text("办好了").first.click()
    await worker.locator("#resolve-note").fill("换了控制板，试过三趟")
    await worker.get_by_role("button", name=re.compile("办好了，问居民")).click()
    await resident.goto(f"{service.url}{path}")
    await expect(resident.locator(".proofs img")).to_have_count(1)
    await picture(resident, "status-photo-360")
    await resident.get_by_role("button", name="好了", exact=True).click()
    await expect(resident.locator("main")).to_contain_text("这次办得怎么样")
    await picture(resident, "rating-360")
    await resident.get_by_role("button", name="满意", exact=True).click()
    await expect(resident.locator("main")).to_contain_text("评价：满意")
