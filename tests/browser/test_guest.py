"""An organisation that was asked to help, in a real browser: by its link alone, on a phone."""

from playwright.async_api import Browser, FilePayload, Page, expect

from tests.browser.pages import DESK, PHONE, enter, page_of, picture
from tests.channels.speaking import photo
from tests.proof.service import ServiceProcess

TARGET_LEAST = 44


async def report(resident: Page, service: ServiceProcess) -> Page:
    """Report a lift; return the page that shows how it stands."""
    await resident.goto(service.url)
    await resident.get_by_role("textbox").fill("幸福里小区3号楼2单元电梯坏了")
    await resident.keyboard.press("Enter")
    log = resident.get_by_role("log")
    await expect(log).to_contain_text("王师傅负责")
    status = await resident.context.new_page()
    path = await log.get_by_role("link").first.get_attribute("href")
    await status.goto(f"{service.url}{path}")
    return status


async def ask_for_help(worker: Page) -> str:
    """Ask the power company by the form; return the path of its link."""
    await worker.get_by_text("请别的单位来办").first.click()
    await worker.get_by_label("请谁").select_option(label="供电所")
    await worker.get_by_label("请他们做什么").fill("电梯机房没电，请派人查一下楼里的专线")
    await worker.get_by_role("button", name="发给他们").click()
    await expect(worker.get_by_text("链接还没打开")).to_be_visible()
    await expect(worker.locator(".qr svg")).to_be_visible()
    await expect(worker.get_by_role("button", name="复制")).to_be_visible()
    link = await worker.locator("#referral-link").input_value()
    return link[link.index("/o/") :]


async def small_targets(page: Page) -> list[str]:
    """What can be pressed but is less than 44 pixels high."""
    found: list[str] = await page.evaluate(
        """([what, least]) => [...document.querySelectorAll(what)]
            .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < least)
            .map(one => one.outerHTML.slice(0, 80))""",
        ["button, summary, textarea, input:not([type=hidden])", TARGET_LEAST],
    )
    return found


async def take(guest: Page) -> None:
    await expect(guest.get_by_role("heading", level=1)).to_contain_text("查一下楼里的专线")
    await picture(guest, "guest-360")
    await guest.get_by_label("怎么称呼（不写也行）").fill("周工")
    assert await small_targets(guest) == []
    assert await guest.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await guest.get_by_role("button", name="我们接了").click()


async def say_how_far(guest: Page) -> None:
    file = FilePayload(name="work.jpg", mimeType="image/jpeg", buffer=photo())
    await guest.get_by_label("办到哪一步，或者怎么办好的").fill("师傅在路上，下午三点到")
    await guest.locator("input[type=file]").set_input_files(file)
    await guest.get_by_role("button", name="发进展").click()
    await expect(guest.get_by_text("你们发过的照片")).to_be_visible()
    assert await small_targets(guest) == []
    await picture(guest, "guest-taken-360")


async def say_done(guest: Page) -> None:
    await guest.get_by_label("办到哪一步，或者怎么办好的").fill("换了保险，电来了")
    await guest.get_by_role("button", name="办好了").click()
    await expect(guest.get_by_role("heading", level=1)).to_contain_text("谢谢，记下了")
    await picture(guest, "guest-done-360")


async def test_a_guest_takes_reports_and_ends_a_matter(
    service: ServiceProcess, browser: Browser
) -> None:
    resident = await page_of(browser, PHONE)
    status = await report(resident, service)
    log = resident.get_by_role("log")
    worker = await page_of(browser, DESK)
    await enter(worker, service, "王师傅")
    await worker.goto(f"{service.url}/desk/cases/1")
    link = await ask_for_help(worker)
    await picture(worker, "desk-referral-1440")
    await expect(log).to_contain_text("已请供电所处理，王师傅盯着")
    await expect(status.locator("main")).to_contain_text("已请供电所处理，王师傅盯着")
    await picture(status, "status-referral-360")

    guest = await page_of(browser, PHONE)
    await guest.goto(f"{service.url}{link}")
    await take(guest)
    await expect(worker.locator(".referral")).to_contain_text("周工")
    await say_how_far(guest)
    await expect(worker.locator(".referral .photos img")).to_be_visible()
    await say_done(guest)
    await expect(worker.locator(".referral")).to_contain_text("说办好了，请核实")
    await expect(worker.locator(".hand-link")).to_have_count(0)
    await expect(worker.locator("#step-refer")).to_be_attached()
    await picture(worker, "desk-referral-done-1440")
    await expect(log).to_contain_text("核实了再问您")
    await guest.reload()
    await expect(guest.locator("main")).not_to_contain_text("专线")
