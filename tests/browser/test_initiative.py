"""An idea told in the chat, published at the desk, and backed while somebody else looks on."""

import re
from datetime import UTC, datetime

from playwright.async_api import Browser, Page, expect

from bot.model.people import Verification
from bot.store.engines.database import make_engine, parse_url
from bot.store.ground.personal import PersonalData, load_register
from bot.store.tx import SqlTx
from credits.posting import post
from tests.browser.pages import DESK, PHONE, TABLET, enter, page_of, picture
from tests.credits.making import posting
from tests.proof.service import ServiceProcess

TOLD = (
    ("我有个想法", "想做什么"),
    ("给3号楼楼道装扶手", "在哪儿做"),
    ("3号楼2单元，一楼到四楼", "为什么要做"),
    ("老人上下楼没地方扶，上个月差点摔了一位", "要些什么"),
    ("4个小时人手，30分，两把电钻", "看看对不对"),
)


def know(url: str) -> None:
    """Let the one resident be known, with points from before."""
    engine = make_engine(parse_url(url))
    personal = PersonalData(load_register(), b"a secret key that only proofs know")
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        newest = "SELECT person_id FROM contact WHERE channel = 'web' ORDER BY id DESC"
        person = connection.exec_driver_sql(newest).scalar_one()
        tx = SqlTx(connection, datetime.now(UTC), personal)  # noqa: TID251  a real service runs
        tx.people.verify(person, Verification.CONTACT_CONFIRMED)
        gift = posting("gift", "treasury", f"resident:{person}", 60, acted_at=tx.now)
        post(tx.journal, gift, now=tx.now, new_id=tx.new_transfer_id)
        connection.exec_driver_sql("COMMIT")
    engine.dispose()


async def everywhere(page: Page, name: str) -> None:
    """Draw the page in three sizes; nothing is wider than it."""
    for size in (TABLET, DESK, PHONE):
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        await picture(page, f"{name}-{size['width']}")


async def test_an_idea_is_backed_before_everybodys_eyes(
    service: ServiceProcess, browser: Browser, sqlite_url: str
) -> None:
    resident, member = await page_of(browser, PHONE), await page_of(browser, DESK)
    await resident.goto(service.url)
    log = resident.get_by_role("log")
    for words, asked in TOLD:
        await resident.get_by_role("textbox").fill(words)
        await resident.keyboard.press("Enter")
        await expect(log).to_contain_text(asked)
    await resident.get_by_role("button", name="交上去").click()
    await expect(log).to_contain_text("是 1 号提议")

    await enter(member, service, "林晓")
    await member.goto(f"{service.url}/desk/initiatives")
    await everywhere(member, "desk-initiatives")
    await member.set_viewport_size(DESK)  # type: ignore[arg-type]
    await member.get_by_role("link", name=re.compile("给3号楼楼道装扶手")).click()
    await member.get_by_role("button", name="我来看").click()
    await picture(member, "desk-initiative-1440")
    await member.get_by_role("button", name="公布，请邻居支持").click()

    know(sqlite_url)
    onlooker = await page_of(browser, PHONE)
    await onlooker.goto(f"{service.url}/initiatives")
    await everywhere(onlooker, "initiatives")
    await onlooker.get_by_role("link", name=re.compile("给3号楼楼道装扶手")).click()
    await expect(onlooker.locator("main")).to_contain_text("0 分，要 30 分")
    await resident.goto(f"{service.url}/initiatives/1")
    await resident.locator("#give-points summary").click()
    await resident.locator("#amount-points").fill("20")
    await resident.locator("#give-points button").click()
    await expect(resident.locator(".ask")).to_contain_text("您已经支持了：20 分")
    await expect(onlooker.locator("main")).to_contain_text("20 分，要 30 分")
    await resident.locator("#give-hours summary").click()
    await resident.locator("#give-hours button").click()
    await expect(onlooker.locator("main")).to_contain_text("2 小时，要 4 小时")
    await everywhere(resident, "initiative")
