"""A vote of each kind, and its receipt found by the voter's own browser; and one changed later."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from playwright.async_api import Browser, Page, expect

from bot.flow.votes import steps as vote_steps
from bot.flow.votes import voting as votes
from bot.model.people import Verification
from bot.ports.votes import Question
from bot.store.engines.database import make_engine, parse_url
from bot.store.ground.personal import PersonalData, load_register
from bot.store.tx import SqlTx
from credits.ballots import RANKED, Method
from tests.bot.community import rules
from tests.browser.pages import DESK, PHONE, TABLET, page_of, picture
from tests.proof.service import ServiceProcess

Result = TypeVar("Result")
OPTIONS = ("种一排桂花树", "画八个停车位", "放健身的器材")

ORDERS = [(1, 3), (1, 3), (1,), (1, 2), (2, 3), (2, 3), (3, 2), (3, 2), (2,)]


def unit(url: str, work: Callable[[SqlTx], Result], hours: int = 0) -> Result:
    """Do something as the service does it, so many hours from now."""
    engine = make_engine(parse_url(url))
    personal = PersonalData(load_register(), b"a secret key that only proofs know")
    now = datetime.now(UTC) + timedelta(hours=hours)  # noqa: TID251  a real service runs
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        result = work(SqlTx(connection, now, personal))
        connection.exec_driver_sql("COMMIT")
    engine.dispose()
    return result


def open_all(tx: SqlTx) -> dict[Method, int]:
    """Confirm who wrote, and open a vote of each kind for her."""
    number = "SELECT person_id FROM contact WHERE channel = 'web' ORDER BY id DESC"
    person = tx.votes._unit.connection.exec_driver_sql(number).scalar_one()  # noqa: SLF001
    tx.people.verify(person, Verification.RESIDENT_CONFIRMED)
    others = [tx.people.meet("web", f"neighbour {one}").person_id for one in range(9)]
    for one in others:
        tx.people.verify(one, Verification.RESIDENT_CONFIRMED)
    lin, admin = (tx.staff.by_login(login) for login in ("lin", "admin"))
    assert lin is not None
    assert admin is not None
    found = {}
    for method in Method:
        question = Question(
            title="3号楼前面的空地做什么", options=OPTIONS, method=method, quorum=50,
            most={Method.SCORE: 5, Method.SEVERAL: 2}.get(method, 1),
            ends_at=tx.now + timedelta(hours=20),
        )  # fmt: skip
        found[method] = one = vote_steps.prepare(tx, lin[0], question)
        vote_steps.offer(tx, lin[0], one)
        vote_steps.open_it(tx, rules(), admin[0], one)
        if method in RANKED:
            for person_id, order in zip(others, ORDERS, strict=True):
                votes.cast(tx, person_id, one, order)
    return found


async def choose(page: Page, method: Method) -> None:
    """Fill in the paper by the keyboard's means: what has a label is reached by it."""
    if method in RANKED:
        await page.get_by_label(OPTIONS[2]).select_option("1")
        await page.get_by_label(OPTIONS[0]).select_option("2")
    elif method is Method.SCORE:
        await page.get_by_label(OPTIONS[2]).select_option("5")
    else:
        await page.get_by_label(OPTIONS[2]).check()


async def cast(page: Page, service: ServiceProcess, number: int, method: Method) -> str:
    await page.goto(f"{service.url}/votes/{number}")
    await choose(page, method)
    if method is Method.SCHULZE:
        await picture(page, "vote-360")
    await page.get_by_role("button", name="投票").press("Enter")
    code = await page.locator(".ballot-code").inner_text()
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    if method is Method.SINGLE:
        await picture(page, "vote-code-360")
    return code


async def check(page: Page, service: ServiceProcess, number: int, code: str) -> None:
    await page.goto(f"{service.url}/votes/{number}")
    await page.get_by_label("票号").fill(code)
    await page.get_by_label("票号").press("Enter")
    await expect(page.locator(".verdicts li").first).to_be_visible()


async def test_receipts_of_each_kind_are_found_and_a_changed_vote_is_refused(
    service: ServiceProcess, browser: Browser, sqlite_url: str
) -> None:
    page = await page_of(browser, PHONE)
    await page.goto(service.url)
    await page.get_by_role("textbox").fill("你好")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("社区的小助手")
    opened = unit(sqlite_url, open_all)
    codes = {one: await cast(page, service, opened[one], one) for one in Method}
    for number in [*opened.values()] * 2:  # once to close, once to count

        def wind_up(tx: SqlTx, number: int = number) -> None:
            vote_steps.wind_up(tx, number)

        unit(sqlite_url, wind_up, hours=21)
    for method, number in opened.items():
        await check(page, service, number, codes[method])
        await expect(page.locator(".verdicts .proved")).to_have_count(2)
        await expect(page.locator(".verdicts li").last).to_contain_text(
            f"投的是 {'' if method is Method.SCORE else OPTIONS[2]}"
        )
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await page.locator(".verdicts").scroll_into_view_if_needed()
    await picture(page, "vote-checked-360")
    await page.goto(f"{service.url}/votes/{opened[Method.RUNOFF]}")
    for size, name in ((TABLET, "vote-result-768"), (DESK, "vote-result-1440")):
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        await picture(page, name)

    await check(page, service, opened[Method.SINGLE], "0000 0000 0000")
    await expect(page.locator(".verdicts .refuted")).to_contain_text("没有这个票号")
    with sqlite3.connect(Path(sqlite_url.removeprefix("sqlite:///")), timeout=20) as connection:
        connection.execute("DROP TRIGGER counted_ballot_no_update")
        wrong = "UPDATE counted_ballot SET choice = '1' WHERE vote_id = ?"
        connection.execute(wrong, (opened[Method.SINGLE],))
    await check(page, service, opened[Method.SINGLE], codes[Method.SINGLE])
    await expect(page.locator(".verdicts .refuted")).to_contain_text("有人改过")
    await expect(page.locator(".verdicts .proved")).to_have_count(0)
