"""Points become a thing in a real browser: the code on one phone, the counter on another."""

import re

from playwright.async_api import Browser, Page, expect

from tests.browser.pages import DESK, PHONE, TABLET, WORDS, enter, page_of, photograph, picture
from tests.proof.service import ServiceProcess


async def say(resident: Page, words: str) -> None:
    await resident.get_by_role("textbox").fill(words)
    await resident.keyboard.press("Enter")


async def five_points(resident: Page, worker: Page, service: ServiceProcess) -> None:
    """A report that proved true, by somebody whom the worker knows."""
    log = resident.get_by_role("log")
    await resident.goto(service.url)
    await say(resident, WORDS)
    await expect(log).to_contain_text("王师傅负责")
    await enter(worker, service, "王师傅")
    await worker.goto(f"{service.url}/desk/cases/1")
    await worker.locator("summary", has_text="核实为本社区居民").click()
    await worker.locator("form[action$='/known'] input[name=name]").fill("李阿姨")
    await worker.locator("form[action$='/known'] button").click()
    await worker.get_by_role("button", name="我接了").click()
    await expect(worker.locator(".history-lines")).to_contain_text("接手")
    await photograph(worker, "办好以后的照片")
    if not await worker.locator("#resolve-note").is_visible():
        await worker.locator("#step-resolve summary").click()
    await worker.locator("#resolve-note").fill("换了控制板，试过三趟")
    await worker.get_by_role("button", name=re.compile("办好了，问居民")).click()
    await resident.get_by_role("button", name="好了", exact=True).click()
    await expect(log).to_contain_text("加 5 分")


async def everywhere(page: Page, name: str) -> None:
    """Draw the page in three sizes."""
    for size in (PHONE, TABLET, DESK):
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        await picture(page, f"{name}-{size['width']}")
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]


async def test_from_the_chat_to_the_counter(service: ServiceProcess, browser: Browser) -> None:
    resident, worker = await page_of(browser, PHONE), await page_of(browser, DESK)
    await five_points(resident, worker, service)
    log = resident.get_by_role("log")
    await say(resident, "换什么")
    await expect(log).to_contain_text("垃圾袋一卷：5 分")
    await picture(resident, "rewards-chat-360")
    await resident.get_by_role("button", name="换垃圾袋一卷").click()
    await resident.get_by_role("button", name="换", exact=True).click()
    await expect(log).to_contain_text("把这八个数字告诉他们")
    await picture(resident, "order-chat-360")
    code = re.findall(r"\d{4} \d{4}", await log.inner_text())[-1]

    await resident.goto(f"{service.url}/rewards")
    await everywhere(resident, "rewards")
    await resident.get_by_role("link", name=re.compile("看领取码")).click()
    await expect(resident.locator(".voucher-code")).to_have_text(code.replace(" ", ""))
    await everywhere(resident, "order")

    counter = await page_of(browser, PHONE)
    await enter(counter, service, "余老师")
    await counter.goto(f"{service.url}/desk/counter")
    await everywhere(counter, "counter")
    await counter.get_by_label("领取码（八个数字）").fill("1234 5678")
    await counter.get_by_role("button", name="查一下").click()
    await expect(counter.get_by_role("alert")).to_contain_text("不对")
    await picture(counter, "counter-wrong-360")
    await counter.get_by_label("领取码（八个数字）").fill(code)
    await counter.get_by_role("button", name="查一下").click()
    await expect(counter.locator(".voucher")).to_contain_text("垃圾袋一卷")
    await everywhere(counter, "counter-found")
    await counter.get_by_role("button", name="交给居民了").click()
    await expect(counter.get_by_role("status")).to_contain_text("扣了 5 分")
    await picture(counter, "counter-done-360")
    await resident.reload()
    await expect(resident.locator("main")).to_contain_text("领走了")
    await picture(resident, "order-done-360")
    await resident.goto(service.url)
    await expect(log).to_contain_text("领走了，在幸福里社区用了 5 分")


async def test_the_public_pages_the_catalogue_and_a_shop(
    service: ServiceProcess, browser: Browser
) -> None:
    somebody = await page_of(browser, PHONE)
    for path in ("wall", "points", "rewards"):
        await somebody.goto(f"{service.url}/{path}")
        await expect(somebody.get_by_role("heading").first).to_be_visible()
        await everywhere(somebody, f"public-{path}")
    office = await page_of(browser, DESK)
    await enter(office, service, "林晓")
    await office.locator(".seldom summary").click()
    await office.get_by_role("link", name="换什么").click()
    await expect(office.locator("table")).to_contain_text("鸡蛋十个")
    await everywhere(office, "catalogue")
    await office.get_by_role("link", name="鸡蛋十个").click()
    await everywhere(office, "reward")
    await office.get_by_label("还有几份").fill("0")
    await office.get_by_role("button", name="存好").click()
    await expect(office.locator("table")).to_contain_text("换完了")
    shop = await page_of(browser, PHONE)
    found = re.findall(r"惠民超市（.+?） (\S+)", service.tail())
    await shop.goto(found[-1])
    await shop.get_by_role("button").last.click()
    await expect(shop).to_have_url(re.compile("/desk/counter$"))
    await picture(shop, "shop-360")
