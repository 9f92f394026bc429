"""The forms of a case follow what others do, and never take away what somebody has begun."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.browser.pages import DESK, PHONE, enter, page_of
from tests.browser.test_guest import report
from tests.proof.service import ServiceProcess

STALE = "[data-stale]"


class Held:
    """The next fetch of the page itself waits on its way until it is let go."""

    def __init__(self) -> None:
        self.begun, self.let_go = asyncio.Event(), asyncio.Event()

    async def __call__(self, route: Route) -> None:
        if route.request.resource_type == "fetch":
            self.begun.set()
            await self.let_go.wait()
        await route.continue_()


async def opened(page: Page, step: str) -> None:
    if not await page.locator(f"{step}[open]").count():
        await page.locator(f"{step} summary").click()


async def choose_somebody(page: Page) -> None:
    await opened(page, "#step-assign")
    await page.locator("#assign-to").select_option(label="林晓")


async def write_an_answer(page: Page) -> None:
    await opened(page, "#step-answer")
    await page.locator("#answer-words").fill("师傅在路上")


@pytest.mark.parametrize(
    ("begin", "kept"),
    [
        (choose_somebody, "document.querySelector('#assign-to').selectedOptions[0].text"),
        (write_an_answer, "document.querySelector('#answer-words').value"),
    ],
)
async def test_what_is_begun_while_the_new_forms_come_is_kept(
    service: ServiceProcess,
    browser: Browser,
    begin: Callable[[Page], Awaitable[None]],
    kept: str,
) -> None:
    dispatcher, worker = await both_on_a_case(service, browser)
    held = Held()
    await dispatcher.route("**/desk/cases/1", held)
    await worker.get_by_role("button", name="我接了").click()
    await asyncio.wait_for(held.begun.wait(), 10)
    await begin(dispatcher)
    begun = await dispatcher.evaluate(kept)
    held.let_go.set()
    await expect(dispatcher.locator(STALE)).to_be_visible()
    assert await dispatcher.evaluate(kept) == begun

    await dispatcher.get_by_role("button", name="换成最新的").click()
    await expect(dispatcher.locator(STALE)).to_be_hidden()
    assert await dispatcher.evaluate(kept) != begun


async def test_forms_that_nobody_has_begun_follow_and_stay_open(
    service: ServiceProcess, browser: Browser
) -> None:
    dispatcher, worker = await both_on_a_case(service, browser)
    version = await dispatcher.locator("[data-actions]").get_attribute("data-version")
    await dispatcher.locator("#step-assign summary").click()
    await worker.get_by_role("button", name="我接了").click()
    forms = dispatcher.locator("[data-actions]")
    await expect(forms).not_to_have_attribute("data-version", str(version))
    await expect(dispatcher.locator("#assign-to")).to_be_visible()
    await expect(dispatcher.locator(STALE)).to_be_hidden()


async def both_on_a_case(service: ServiceProcess, browser: Browser) -> tuple[Page, Page]:
    """A dispatcher and the worker look at the same case."""
    resident, dispatcher = await page_of(browser, PHONE), await page_of(browser, DESK)
    worker = await page_of(browser, PHONE)
    await report(resident, service)
    for page, name in ((dispatcher, "林晓"), (worker, "王师傅")):
        await enter(page, service, name)
        await page.goto(f"{service.url}/desk/cases/1")
    return dispatcher, worker
