"""A neighbour proposes other words on the page, and both versions stand side by side."""

from datetime import UTC, datetime

from playwright.async_api import Browser, Page, expect

from bot.flow.initiatives import initiatives, review
from bot.model.initiative import Wish
from bot.model.people import Verification
from bot.store.engines.database import make_engine, parse_url
from bot.store.ground.personal import PersonalData, load_register
from bot.store.tx import SqlTx
from tests.bot.community import rules
from tests.browser.pages import DESK, PHONE, TABLET, page_of, picture
from tests.proof.service import ServiceProcess

WISH = Wish(
    title="给3号楼楼道装扶手",
    place="3号楼2单元",
    reason="老人上下楼没地方扶，差点摔了一位",
    hours=4,
)


def publish(url: str) -> None:
    """Let the first who wrote have an idea that is published, and both be known."""
    engine = make_engine(parse_url(url))
    personal = PersonalData(load_register(), b"a secret key that only proofs know")
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        query = "SELECT person_id FROM contact WHERE channel = 'web' ORDER BY id"
        people = connection.exec_driver_sql(query).scalars().all()
        tx = SqlTx(connection, datetime.now(UTC), personal)  # noqa: TID251  a real service runs
        for person in people:
            tx.people.verify(person, Verification.CONTACT_CONFIRMED)
        made = initiatives.begin_draft(tx, people[0], WISH.title)
        initiatives.write_draft(tx, rules(), made.id, people[0], WISH)
        initiatives.submit(tx, rules(), made.id, people[0])
        staff = next(one for one in tx.staff.all() if one.role == "dispatcher")
        taken = review.take(tx, made.id, staff)
        review.publish(tx, rules(), made.id, staff, version=taken.version)
        connection.exec_driver_sql("COMMIT")
    engine.dispose()


async def greet(page: Page, service: ServiceProcess) -> None:
    await page.goto(service.url)
    await page.get_by_role("textbox").fill("你好")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("我是社区的小助手")


async def test_a_neighbour_changes_the_text(
    service: ServiceProcess, browser: Browser, sqlite_url: str
) -> None:
    author, helper = await page_of(browser, PHONE), await page_of(browser, PHONE)
    await greet(author, service)
    await greet(helper, service)
    publish(sqlite_url)
    await helper.goto(f"{service.url}/initiatives/1")
    await helper.locator("#propose summary").click()
    await helper.get_by_label("为什么", exact=True).fill("老人和轮椅上下楼没地方扶")
    await helper.get_by_label("为什么这样改").fill("轮椅也要能上")
    await picture(helper, "initiative-propose-360")
    await helper.get_by_role("button", name="提给发起的邻居").click()
    await expect(helper.locator("main")).to_contain_text("等发起的邻居看")

    await author.goto(f"{service.url}/initiatives/1")
    await author.locator(".said").scroll_into_view_if_needed()
    await picture(author, "initiative-proposed-360")
    await author.get_by_role("button", name="用这个改法").click()
    await expect(author.locator(".said")).to_contain_text("用上了")
    await author.get_by_role("link", name="写过 2 版").click()
    await expect(author.locator("ins")).to_contain_text("和轮椅")
    await expect(author.locator("del")).to_contain_text("差点摔了一位")
    for size in (TABLET, DESK, PHONE):
        await author.set_viewport_size(size)  # type: ignore[arg-type]
        assert await author.evaluate("document.documentElement.scrollWidth") <= size["width"]
        await picture(author, f"initiative-texts-{size['width']}")
