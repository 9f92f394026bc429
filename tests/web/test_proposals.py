"""What waits for a second person, as its page shows it."""

from bot.flow.claims import make_claim
from tests.web.conftest import Web


async def test_a_grant_stands_on_the_page_until_somebody_else_agrees(site: Web) -> None:
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

    second, csrf = await site.seated("ding")
    page = await second.post("/desk/proposals/1/agree", data={"csrf": csrf})
    assert page.status == 200
    assert "丁科同意了" in await page.text()
