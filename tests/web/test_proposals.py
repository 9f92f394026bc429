"""What waits for a second person, as its page shows it."""

from bot.flow.credit.claims import make_claim
from bot.ports.audit import AuditEntry
from bot.ports.storage import Tx
from tests.web.conftest import Browser, Web


async def proposed(site: Web) -> Browser:
    """Let 白老师 propose points for who settled a quarrel; return her page's browser."""
    rules = site.community.rules
    await site.community.storage.write(
        lambda tx: make_claim(
            tx,
            rules,
            tx.people.meet("web", "her"),
            "mediation",
            words="劝好了",
            place="3号楼",
            media_ids=[],
        )
    )
    browser, csrf = await site.seated("bai")
    data = {"csrf": csrf, "who": "申报 1", "points": "20", "words": "搬了一整天东西"}
    page = await browser.post("/desk/proposals/grant", data=data)
    assert page.status == 200
    assert "搬了一整天东西" in await page.text()
    return browser


async def test_a_grant_stands_on_the_page_until_somebody_else_agrees(site: Web) -> None:
    await proposed(site)
    second, csrf = await site.seated("ding")
    page = await second.post("/desk/proposals/1/agree", data={"csrf": csrf})
    assert page.status == 200
    assert "丁科同意了" in await page.text()


async def test_whoever_was_let_in_by_the_same_one_is_told_so(site: Web) -> None:
    admin, bai, ding = [await site.community.staff(login) for login in ("admin", "bai", "ding")]

    def let_in(tx: Tx) -> None:
        for member in (bai, ding):
            deed, subject = "POST /desk/staff/{member_id}/key", f"member:{member.id}"
            tx.audit.record(AuditEntry(staff_id=admin.id, deed=deed, subject=subject, at=tx.now))

    await site.community.storage.write(let_in)
    hint = f"最近的登录都是从{admin.name}那里来的"
    first = await (await proposed(site)).get("/desk/proposals")
    assert hint not in await first.text()
    second, _ = await site.seated("ding")
    page = await second.get("/desk/proposals")
    assert hint in await page.text()
