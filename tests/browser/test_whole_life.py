"""One case from its first word to the archive, with everybody who has a part in it.

A resident on a phone, a dispatcher at a desk, a grid worker in the street, an organisation that
was asked; none of them reloads a page to see what the others did.
"""

import re

from playwright.async_api import Browser, Page, expect

from tests.browser.pages import DESK, PHONE, enter, page_of, photograph, picture
from tests.browser.test_guest import ask_for_help, report, say_done, say_how_far, take
from tests.proof.service import ServiceProcess


async def give(dispatcher: Page) -> None:
    """The dispatcher decides otherwise than the system, and says why."""
    await expect(dispatcher.locator(".map")).to_contain_text("工单在幸福里小区3号楼")
    await dispatcher.locator("#step-assign summary").click()
    await dispatcher.locator("#assign-to").select_option(label="赵师傅")
    await dispatcher.locator("#assign-why").fill("王师傅今天休息，他有钥匙")
    await picture(dispatcher, "life-dispatch-1440")
    await dispatcher.get_by_role("button", name="派出去").click()
    await expect(dispatcher.locator("[data-region=history]")).to_contain_text("他有钥匙")


async def be_there(worker: Page) -> None:
    """In the street: taken, arrived, a photo of before."""
    await worker.get_by_role("button", name="我接了").click()
    await worker.get_by_role("button", name="我到现场了").click()
    await expect(worker.locator(".station.now")).to_contain_text("处置")
    await photograph(worker, "办之前的照片")
    await picture(worker, "life-on-site-360")


async def finish(worker: Page) -> None:
    await photograph(worker, "办好以后的照片")
    if not await worker.locator("#resolve-note").is_visible():
        await worker.locator("#step-resolve summary").click()
    await worker.locator("#resolve-note").fill("供电所换了保险，电梯试过三趟")
    await worker.get_by_role("button", name=re.compile("办好了，问居民")).click()


async def test_a_case_with_three_roles_and_a_guest(
    service: ServiceProcess, browser: Browser
) -> None:
    resident, dispatcher = await page_of(browser, PHONE), await page_of(browser, DESK)
    worker, guest = await page_of(browser, PHONE), await page_of(browser, PHONE)
    status = await report(resident, service)
    log, standing = resident.get_by_role("log"), status.locator("main")

    await enter(dispatcher, service, "林晓")
    await dispatcher.goto(f"{service.url}/desk/cases/1")
    await give(dispatcher)
    await expect(log).to_contain_text("赵师傅负责")
    await expect(standing).to_contain_text("赵师傅")

    await enter(worker, service, "赵师傅")
    await worker.locator(".row[data-case]").first.click()
    await be_there(worker)
    await expect(log).to_contain_text("赵师傅到现场了")
    await expect(dispatcher.locator("[data-region=onlookers]")).to_contain_text("赵师傅")

    link = await ask_for_help(worker)
    await expect(standing).to_contain_text("已请供电所处理，赵师傅盯着")
    await guest.goto(f"{service.url}{link}")
    await take(guest)
    await say_how_far(guest)
    await say_done(guest)
    await expect(worker.locator(".referral")).to_contain_text("说办好了，请核实")

    await finish(worker)
    await expect(standing).to_contain_text("赵师傅说办好了")
    await picture(status, "life-solved-360")
    await status.get_by_role("button", name="好了", exact=True).click()
    await status.get_by_role("button", name="满意", exact=True).click()
    await expect(standing).to_contain_text("评价：满意")
    await expect(standing).to_contain_text("办结")

    await expect(dispatcher.locator("[data-region=history]")).to_contain_text("居民评价：满意")
    await dispatcher.reload()
    await expect(dispatcher.locator(".pane-person")).to_contain_text("核对过，没动过")
    await picture(dispatcher, "life-archived-1440")
