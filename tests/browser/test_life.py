"""The whole life of a case in a real browser: a resident on a phone, a worker at a desk."""

import re

from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.pages import (
    DESK,
    PHONE,
    TABLET,
    WORDS,
    enter,
    page_of,
    photograph,
    picture,
)
from tests.proof.service import ServiceProcess


async def answer_and_resolve(worker: Page, log: Locator) -> None:
    await worker.get_by_text("给居民回话").first.click()
    await worker.locator("#answer-words").fill("配件下午到，装上就好")
    await worker.locator("#step-answer [data-do]").click()
    await expect(log).to_contain_text("配件下午到")

    await photograph(worker, "办好以后的照片")
    if not await worker.locator("#resolve-note").is_visible():
        await worker.locator("#step-resolve summary").click()
    await worker.locator("#resolve-note").fill("换了控制板，试过三趟")
    await worker.get_by_role("button", name=re.compile("办好了，问居民")).click()


async def ask_for_points(resident: Page, log: Locator) -> None:
    await resident.get_by_role("textbox").fill("我的积分")
    await resident.keyboard.press("Enter")
    await expect(log).to_contain_text("您现在有 5 分")
    await picture(resident, "points-360")


async def test_from_the_first_word_to_the_points(service: ServiceProcess, browser: Browser) -> None:
    resident = await page_of(browser, PHONE)
    await resident.goto(service.url)
    await picture(resident, "home-empty-360")
    await resident.get_by_role("textbox").fill(WORDS)
    await resident.keyboard.press("Enter")
    log = resident.get_by_role("log")
    await expect(log).to_contain_text("王师傅负责")
    await expect(log).to_contain_text("因为您说到")
    await picture(resident, "home-360")
    number = re.findall(r"工单 (\w{4})", await log.inner_text())[0]

    await resident.reload()
    await expect(log).to_contain_text(number)
    assert (await log.inner_text()).count(f"收到了：{WORDS}") == 1

    status = await resident.context.new_page()
    path = await log.get_by_role("link").first.get_attribute("href")
    await status.goto(f"{service.url}{path}")
    await expect(status.locator("main")).to_contain_text("王师傅")
    await picture(status, "status-360")

    worker = await page_of(browser, DESK)
    await enter(worker, service, "王师傅")
    await picture(worker, "desk-home-1440")
    await worker.get_by_role("link", name=re.compile(number)).first.click()
    await picture(worker, "desk-1440")
    await worker.get_by_role("button", name="我接了").click()
    await expect(status.locator("main")).to_contain_text("接手")
    await expect(log).to_contain_text("王师傅接手了")

    await answer_and_resolve(worker, log)
    await expect(log).to_contain_text("好了吗")
    await expect(status.get_by_role("button", name="好了")).to_be_visible()
    await picture(status, "status-solved-360")

    await resident.get_by_role("button", name="好了", exact=True).click()
    await expect(log).to_contain_text("加 5 分")
    await expect(status.locator("main")).to_contain_text("办结")
    await ask_for_points(resident, log)


async def test_words_survive_a_service_that_is_away(
    service: ServiceProcess, browser: Browser
) -> None:
    resident = await page_of(browser, TABLET)
    await resident.goto(service.url)
    await resident.get_by_role("textbox").fill("你好")
    await resident.keyboard.press("Enter")
    log = resident.get_by_role("log")
    await expect(log).to_contain_text("我是社区的小助手")
    service.kill()
    await resident.get_by_role("textbox").fill(WORDS)
    await resident.keyboard.press("Enter")
    await expect(resident.locator("body")).to_contain_text(re.compile("断|网|送"))
    await picture(resident, "offline-768")
    await service.start()
    await expect(log).to_contain_text("王师傅负责", timeout=30_000)
    assert (await log.inner_text()).count(f"收到了：{WORDS}") == 1


async def test_a_talk_with_staff_goes_both_ways(service: ServiceProcess, browser: Browser) -> None:
    resident, staff = await page_of(browser, PHONE), await page_of(browser, PHONE)
    await resident.goto(service.url)
    await resident.get_by_role("textbox").fill("人工")
    await resident.keyboard.press("Enter")
    log = resident.get_by_role("log")
    await expect(log).to_contain_text(re.compile("值班"))
    await enter(staff, service, "林晓")
    await picture(staff, "desk-home-360")
    await staff.goto(f"{service.url}/desk/talks")
    await staff.locator("a[href*='/desk/talks/']").first.click()
    await staff.get_by_role("textbox").locator("visible=true").first.fill("您好，我是林晓，您说")
    await staff.get_by_role("button", name=re.compile("发")).locator("visible=true").first.click()
    await expect(log).to_contain_text("林晓：您好")
    await resident.get_by_role("textbox").fill("我想问问老年食堂几点开门")
    await resident.keyboard.press("Enter")
    await expect(staff.locator("main")).to_contain_text("老年食堂")
    await picture(staff, "talk-360")
