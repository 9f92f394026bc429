"""A receipt that a resident's own browser verifies, and one that it refuses."""

import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from bot.store.engines.database import make_engine, parse_url
from bot.store.ground.personal import PersonalData, load_register
from bot.store.tx import SqlTx
from credits.posting import post
from tests.browser.pages import DESK, PHONE, TABLET, page_of, picture
from tests.credits.making import posting
from tests.proof.service import ServiceProcess


def give_points(url: str) -> None:
    """Let the one resident have two entries, written as the service writes them."""
    engine = make_engine(parse_url(url))
    personal = PersonalData(load_register(), b"a secret key that only proofs know")
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        newest = "SELECT person_id FROM contact WHERE channel = 'web' ORDER BY id DESC"
        person = connection.exec_driver_sql(newest).scalar_one()
        tx = SqlTx(connection, datetime.now(UTC), personal)  # noqa: TID251  a real service runs
        for key in ("a", "b"):
            wish = posting(key, credit=f"resident:{person}", acted_at=tx.now)
            post(tx.journal, wish, now=tx.now, new_id=tx.new_transfer_id)
        connection.exec_driver_sql("COMMIT")
    engine.dispose()


def change(file: Path, table: str, how: str) -> None:
    """As whoever owns the database can, without its triggers."""
    with sqlite3.connect(file, timeout=20) as connection:
        connection.execute(f"DROP TRIGGER {table}_no_update")
        connection.execute(f"UPDATE {table} SET {how}")  # noqa: S608


async def receipts(page: Page, service: ServiceProcess) -> None:
    await page.goto(f"{service.url}/ledger/mine")
    await expect(page.locator("[data-receipt]")).to_have_count(2)
    await expect(page.locator(".receipt:not(.is-proved, .is-refuted)")).to_have_count(0)


async def with_two_entries(service: ServiceProcess, browser: Browser, url: str) -> Page:
    """A phone of somebody who has just got two entries, and was told where to see them."""
    page = await page_of(browser, PHONE)
    await page.goto(service.url)
    await page.get_by_role("textbox").fill("我的积分")
    await page.keyboard.press("Enter")
    log = page.get_by_role("log")
    await expect(log).to_contain_text("您现在有 0 分")
    give_points(url)
    await page.get_by_role("textbox").fill("我的积分")
    await page.keyboard.press("Enter")
    link = log.get_by_role("link").last
    await expect(link).to_have_attribute("href", re.compile("/ledger/mine$"))
    return page


async def test_a_receipt_is_verified_and_a_changed_one_is_refused(
    service: ServiceProcess, browser: Browser, sqlite_url: str
) -> None:
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    page = await with_two_entries(service, browser, sqlite_url)
    await receipts(page, service)
    await expect(page.locator(".is-proved")).to_have_count(2)
    await expect(page.locator("[data-verdict]").first).to_contain_text(
        "验过了：这一笔是账本里第 2 条"
    )
    await expect(page.locator("[data-log] li")).to_have_text(
        [re.compile("签名是对的"), re.compile("您第一次在这台手机上验")]
    )
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await picture(page, "receipt-360")
    await receipts(page, service)
    await expect(page.locator("[data-log] li").last).to_contain_text("那时的 2 条一条没少")
    for size, name in ((TABLET, "receipt-768"), (DESK, "receipt-1440")):
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        await picture(page, name)

    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    change(file, "transfer", "amount = 9 WHERE seq = 1")
    await receipts(page, service)
    await expect(page.locator(".is-proved")).to_have_count(1)
    await expect(page.locator(".is-refuted [data-verdict]")).to_contain_text("有人动过")
    await page.locator(".is-refuted").scroll_into_view_if_needed()
    await picture(page, "receipt-refused-360")

    forgotten = """() => localStorage.setItem("gz-ledger", JSON.stringify(
        {...JSON.parse(localStorage.getItem("gz-ledger")), root: "00".repeat(32)}))"""
    await page.evaluate(forgotten)  # as if another history had been shown before
    await receipts(page, service)
    await expect(page.locator(".is-proved")).to_have_count(0)
    await expect(page.locator("[data-log] .refuted")).to_contain_text("跟您上次看的对不上")


def sign_with_another_key(file: Path, url: str, *, announced: bool) -> None:
    """As `gongzhi ledger-key --next` does; without a word of the old key if whoever owns it can."""
    engine = make_engine(parse_url(url))
    personal = PersonalData(load_register(), b"a secret key that only proofs know")
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        tx = SqlTx(connection, datetime.now(UTC), personal)  # noqa: TID251  a real service runs
        tx.log.rotate()
        tx.log.publish("")
        connection.exec_driver_sql("COMMIT")
    engine.dispose()
    if not announced:
        silent = "announced = '' WHERE id = (SELECT MAX(id) FROM ledger_key)"
        change(file, "ledger_key", silent)


async def test_another_key_and_another_ledger_are_told_from_the_one_seen_before(
    service: ServiceProcess, browser: Browser, sqlite_url: str
) -> None:
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    page = await with_two_entries(service, browser, sqlite_url)
    said = page.locator("[data-log] li").last
    await receipts(page, service)
    sign_with_another_key(file, sqlite_url, announced=True)
    await receipts(page, service)
    await expect(said).to_contain_text("新钥匙由旧钥匙签字介绍，查过了，是真的")
    await expect(page.locator(".is-proved")).to_have_count(2)
    await page.goto(f"{service.url}/ledger")
    await expect(page.locator("dd", has_text="签起").locator("code")).to_have_count(2)
    sign_with_another_key(file, sqlite_url, announced=False)
    await receipts(page, service)
    await expect(said).to_contain_text("旧钥匙没有介绍过它")
    await expect(page.locator(".is-proved")).to_have_count(0)

    renamed = """() => localStorage.setItem("gz-ledger", JSON.stringify(
        {...JSON.parse(localStorage.getItem("gz-ledger")), origin: "another/ledger"}))"""
    await page.evaluate(renamed)
    await receipts(page, service)
    await expect(said).to_contain_text("这不是您上次看的那本账")
    await expect(page.locator(".is-refuted")).to_have_count(2)


async def test_where_the_log_can_not_be_read_that_is_said(
    service: ServiceProcess, browser: Browser, sqlite_url: str
) -> None:
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    page = await with_two_entries(service, browser, sqlite_url)
    await page.route("**/ledger/checkpoint", lambda route: route.abort())
    await page.goto(f"{service.url}/ledger/mine")
    await expect(page.locator("[data-log] li")).to_contain_text("现在拿不到账本")
    await expect(page.locator("[data-verdict]").first).to_contain_text("没法验")
    await page.unroute_all()
    change(file, "log_checkpoint", "note = 'nothing'")
    await receipts(page, service)
    await expect(page.locator("[data-log] li")).to_contain_text("账本的签名不对")
    await expect(page.locator(".is-refuted")).to_have_count(2)
