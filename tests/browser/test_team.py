"""A shift on two telephones: one shows six digits, the other types them, and each counts."""

from datetime import UTC, datetime, timedelta

from playwright.async_api import Browser, Page, expect

from bot.model.initiative import Initiative, InitiativeState, Wish
from bot.model.people import Verification
from bot.model.team import Shift
from bot.store.engines.database import make_engine, parse_url
from bot.store.ground.personal import PersonalData, load_register
from bot.store.tx import SqlTx
from tests.browser.pages import PHONE, page_of, picture
from tests.browser.test_initiative import everywhere
from tests.proof.service import ServiceProcess


def begun(url: str) -> None:
    """The first who wrote leads an initiative with a shift that is on; the second is known."""
    engine = make_engine(parse_url(url))
    personal = PersonalData(load_register(), b"a secret key that only proofs know")
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        all_ = "SELECT person_id FROM contact WHERE channel = 'web' ORDER BY id"
        lead, helper = connection.exec_driver_sql(all_).scalars()
        tx = SqlTx(connection, datetime.now(UTC), personal)  # noqa: TID251  a real service runs
        for person_id in (lead, helper):
            tx.people.verify(person_id, Verification.CONTACT_CONFIRMED)
        wish = Wish(title="给3号楼楼道装扶手", place="3号楼2单元", reason="老人上下楼没地方扶")
        one = tx.initiatives.make(
            Initiative(
                id=0, author_id=lead, wish=wish, state=InitiativeState.IN_PROGRESS, made_at=tx.now
            )
        )
        tx.teams.add_shift(
            Shift(
                id=0,
                initiative_id=one.id,
                starts_at=tx.now - timedelta(minutes=20),
                ends_at=tx.now + timedelta(hours=2),
                place="3号楼门口",
                seats=4,
                made_at=tx.now,
            )
        )
        connection.exec_driver_sql("COMMIT")
    engine.dispose()


async def greeted(browser: Browser, service: ServiceProcess) -> Page:
    """A telephone whose owner has written once."""
    page = await page_of(browser, PHONE)
    await page.goto(service.url)
    await page.get_by_role("textbox").fill("你好")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("我是社区的小助手")
    return page


async def test_a_shift_on_two_telephones(
    service: ServiceProcess, browser: Browser, sqlite_url: str
) -> None:
    lead = await greeted(browser, service)
    helper = await greeted(browser, service)
    begun(sqlite_url)

    await lead.goto(f"{service.url}/initiatives/1")
    await lead.get_by_role("link", name="队伍和班").click()
    await lead.locator("#add-task summary").click()
    await lead.locator("#task-words").fill("买膨胀螺丝")
    await lead.locator("#add-task button").click()
    await expect(lead.locator("main")).to_contain_text("还没人领")
    await everywhere(lead, "team-lead")

    await helper.goto(f"{service.url}/initiatives/1/team")
    await helper.get_by_role("button", name="我也来帮忙").click()
    await helper.get_by_role("button", name="我来做").click()
    await expect(helper.locator("main")).to_contain_text("您领了")
    await expect(lead.locator("main")).to_contain_text("有人领了")
    await everywhere(helper, "team")

    shift = f"{service.url}/initiatives/1/shifts/1"
    await lead.goto(shift)
    await lead.get_by_role("button", name="我报名").click()
    await lead.get_by_role("button", name="出示签到码").click()
    digits = "".join((await lead.locator(".voucher-code").inner_text()).split())
    await everywhere(lead, "shift-code")

    await helper.goto(shift)
    await picture(helper, "shift-360")
    await helper.get_by_role("textbox").fill(digits)
    await helper.get_by_role("button", name="签到").click()
    await expect(helper.locator("main")).to_contain_text("已经算")
    await everywhere(helper, "shift-came")
    await expect(lead.locator("main")).to_contain_text("队友 1")
    await expect(lead.locator(".voucher-code")).to_have_count(0)  # it is used up
    await helper.get_by_role("button", name="她在，我看见了").click()
    await expect(lead.locator("main")).to_contain_text("队友说的")
    await everywhere(lead, "shift-there")


async def test_a_position_is_sent_from_a_page_that_changed_meanwhile(
    service: ServiceProcess, browser: Browser, sqlite_url: str
) -> None:
    lead = await greeted(browser, service)
    helper = await greeted(browser, service)
    begun(sqlite_url)
    await lead.context.grant_permissions(["geolocation"])
    await lead.context.set_geolocation({"latitude": 31.23, "longitude": 121.47, "accuracy": 9})
    shift = f"{service.url}/initiatives/1/shifts/1"
    await lead.goto(shift)
    await expect(lead.locator("main")).to_contain_text("已有 0 人")
    await helper.goto(shift)
    await helper.get_by_role("button", name="我报名").click()
    await expect(lead.locator("main")).to_contain_text("已有 1 人")
    await lead.get_by_role("button", name="碰头的地方就是我站的这里").click()
    await expect(helper.get_by_role("button", name="用位置签到")).to_be_visible()
