"""Steps taken in a cellar without a network are sent later, in order, once each."""

import re

import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.pages import PHONE, WORDS, enter, page_of, picture
from tests.proof.service import ServiceProcess


@pytest_asyncio.fixture(loop_scope="session")
async def worker(service: ServiceProcess, browser: Browser) -> Page:
    """A worker on a phone with a case open that is theirs."""
    resident, worker = await page_of(browser, PHONE), await page_of(browser, PHONE)
    await resident.goto(service.url)
    await resident.get_by_role("textbox").fill(WORDS)
    await resident.keyboard.press("Enter")
    await expect(resident.get_by_role("log")).to_contain_text("王师傅负责")
    await enter(worker, service, "王师傅")
    await worker.goto(f"{service.url}/desk/cases/1")
    return worker


async def resolve(worker: Page, note: str) -> None:
    details = worker.locator("#step-resolve")
    if await details.get_attribute("open") is None:
        await details.locator("summary").click()
    await worker.locator("#resolve-note").fill(note)
    await details.locator("[data-do]").click()


async def test_take_arrive_and_answer_offline_count_once_each(
    worker: Page, service: ServiceProcess
) -> None:
    unsent, history = worker.locator("[data-unsent] li"), worker.locator(".history-lines")
    await worker.context.set_offline(True)
    await worker.get_by_role("button", name="我接了").click()
    await expect(unsent).to_have_count(1)
    await worker.locator("form[data-step=arrive] [data-do]").click()
    await worker.locator("#step-answer summary").click()
    await worker.locator("#answer-words").fill("到楼下了，在等电梯公司的人")
    await worker.locator("#step-answer [data-do]").click()
    await expect(unsent).to_have_count(3)
    await expect(worker.locator("[data-unsent]")).to_contain_text("到楼下了")
    await picture(worker, "unsent-360")

    await worker.context.set_offline(False)
    await expect(unsent).to_have_count(0, timeout=20_000)
    await worker.goto(f"{service.url}/desk/cases/1")
    text = await history.inner_text()
    assert text.count("到楼下了，在等电梯公司的人") == 1
    assert len(re.findall("王师傅接手", text)) == 1
    assert len(re.findall("王师傅到现场", text)) == 1


async def test_what_is_refused_later_says_why_and_keeps_the_words(
    worker: Page, service: ServiceProcess, browser: Browser
) -> None:
    await worker.context.set_offline(True)
    await worker.get_by_role("button", name="我接了").click()
    await expect(worker.locator("[data-unsent] li")).to_have_count(1)
    dispatcher = await page_of(browser, PHONE)
    await enter(dispatcher, service, "林晓")
    await dispatcher.goto(f"{service.url}/desk/cases/1")
    await dispatcher.locator("#step-assign summary").click()
    await dispatcher.locator("#assign-to").select_option(label="赵师傅")
    await dispatcher.locator("#assign-why").fill("他就在旁边")
    await dispatcher.locator("#step-assign [data-do]").click()
    await expect(dispatcher.locator(".history-lines")).to_contain_text("赵师傅")

    await worker.context.set_offline(False)
    await expect(worker.locator(".unsent-why")).to_be_visible(timeout=20_000)
    await expect(worker.locator(".unsent-why")).to_contain_text(re.compile("[。]$"))
    await picture(worker, "unsent-refused-360")
    await worker.get_by_role("button", name="不发了").click()
    await expect(worker.locator("[data-unsent]")).to_be_hidden()


async def test_colleagues_see_each_other_at_a_case(
    worker: Page, service: ServiceProcess, browser: Browser
) -> None:
    dispatcher = await page_of(browser, PHONE)
    await enter(dispatcher, service, "林晓")
    await dispatcher.goto(f"{service.url}/desk/cases/1")
    await expect(dispatcher.locator(".onlookers")).to_contain_text("王师傅也在看")
    await expect(worker.locator(".onlookers")).to_contain_text("林晓也在看")
    await picture(worker, "onlookers-360")
    await dispatcher.goto(f"{service.url}/desk")
    await expect(worker.locator(".onlookers")).to_have_count(0, timeout=40_000)  # by the heartbeat


async def test_the_keyboard_goes_everywhere(worker: Page, service: ServiceProcess) -> None:
    await worker.set_viewport_size({"width": 1440, "height": 900})
    await worker.goto(f"{service.url}/desk")
    await worker.keyboard.press("j")
    await expect(worker.locator("a.row, .alert > a").first).to_be_focused()
    await worker.keyboard.press("Enter")
    await expect(worker).to_have_url(re.compile("/desk/cases/1$"))
    await worker.keyboard.press("t")
    await expect(worker.locator("form[data-step=take] [data-do]")).to_be_focused()
    await worker.keyboard.press("Enter")
    await expect(worker.locator(".history-lines")).to_contain_text("接手")
    await worker.keyboard.press("a")
    await expect(worker.locator("#answer-words")).to_be_focused()
    await worker.keyboard.type("jk?")
    await expect(worker.locator("#answer-words")).to_have_value("jk?")
    await worker.locator("body").click(position={"x": 2, "y": 300})
    await worker.keyboard.press("?")
    await expect(worker.locator("#keys")).to_be_visible()
    await picture(worker, "keys-1440")
    await worker.keyboard.press("Escape")
    await expect(worker.locator("#keys")).to_be_hidden()
    await worker.locator("body").click(position={"x": 2, "y": 300})  # whatever has the focus now
    await worker.keyboard.press("/")
    await expect(worker.locator("#q")).to_be_focused()
