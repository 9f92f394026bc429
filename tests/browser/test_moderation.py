"""A moderator's day in a real browser: approve, reject, an appeal, a second person, an audit.

With the setting TEST_SCREENSHOTS the pages are written into that folder on the way.
"""

import re

from playwright.async_api import Browser, FilePayload, Locator, Page, expect

from tests.browser.pages import DESK, PHONE, TABLET, enter, page_of, picture
from tests.channels.speaking import photo
from tests.proof.service import ServiceProcess


async def say(resident: Page, words: str) -> Locator:
    """Write as the resident, and return the conversation."""
    await resident.get_by_role("textbox").fill(words)
    await resident.get_by_role("textbox").press("Enter")
    return resident.get_by_role("log")


async def claims(resident: Page, service: ServiceProcess) -> None:
    """Claim three things: a visit that nobody saw, a mediation, sorted waste with a photo."""
    await resident.goto(service.url)
    log = await say(resident, "我去看望了3号楼的李奶奶，给她送了菜")
    await expect(log).to_contain_text("申报 1 号")
    await say(resident, "我调解了楼上楼下漏水的矛盾，两家说开了")
    await expect(log).to_contain_text("申报 2 号")
    await say(resident, "把垃圾分好了")
    await expect(log).to_contain_text("写上今天的口令")
    taken = FilePayload(name="bin.jpg", mimeType="image/jpeg", buffer=photo("green"))
    await resident.locator("input[type=file][multiple]").set_input_files(taken)
    await expect(log).to_contain_text("在哪儿？说几号楼")
    await say(resident, "3号楼东边的投放点")
    await expect(log).to_contain_text("申报 3 号")


async def reject(moderator: Page, reason: str) -> None:
    await moderator.locator("#step-reject summary").click()
    await moderator.locator("#reason").select_option(label=reason)
    await moderator.locator("form[data-step=reject] button").click()


async def test_a_day_of_claims(browser: Browser, service: ServiceProcess) -> None:
    resident, yu = await page_of(browser, PHONE), await page_of(browser, DESK)
    bai, ding = await page_of(browser, TABLET), await page_of(browser, DESK)
    await claims(resident, service)
    await picture(resident, "claims-chat-360")
    for page, name in ((yu, "余老师"), (bai, "白老师"), (ding, "丁科")):
        await enter(page, service, name)
    await approve_and_reject(yu, service)
    await appeal_to_another(resident, yu, bai, service)
    await take_two(bai, ding, service)
    await audit(ding, service)
    await picture_small(yu, service)


async def approve_and_reject(yu: Page, service: ServiceProcess) -> None:
    """One is approved by two keys, one rejected with a reason."""
    await yu.goto(f"{service.url}/desk/claims")
    await expect(yu.locator("a.row")).to_have_count(3)
    await picture(yu, "claims-1440")
    await yu.goto(f"{service.url}/desk/claims/1")
    await yu.keyboard.press("a")
    await yu.keyboard.press("Enter")
    await expect(yu).not_to_have_url(re.compile("/claims/1$"))
    await yu.goto(f"{service.url}/desk/claims/3")
    await expect(yu.locator(".claim-photos img")).to_have_count(1)
    await picture(yu, "claim-1440")
    await reject(yu, "照片看不清，请重新拍一张。")
    await expect(yu).not_to_have_url(re.compile("/claims/3$"))
    await yu.goto(f"{service.url}/desk/claims/3")
    await expect(yu.get_by_text("不算分：照片看不清")).to_be_visible()


async def appeal_to_another(resident: Page, yu: Page, bai: Page, service: ServiceProcess) -> None:
    """Whoever rejected it can't decide again; another can."""
    log = await say(resident, "申诉 3 我拍得很清楚")
    await expect(log).to_contain_text("申报 3 号请另一位同事重新看")
    await yu.reload()
    await expect(yu.get_by_text("这一次要请另一位同事来看")).to_be_visible()
    await expect(yu.locator("form[data-step=approve]")).to_have_count(0)
    await bai.goto(f"{service.url}/desk/claims/3")
    await picture(bai, "claim-appeal-768")
    await bai.locator("form[data-step=approve] button").click()
    await expect(bai).not_to_have_url(re.compile("/claims/3$"))
    await bai.goto(f"{service.url}/desk/claims/3")
    await expect(bai.get_by_text("通过，加 2 分")).to_be_visible()


async def take_two(bai: Page, ding: Page, service: ServiceProcess) -> None:
    """Points by hand wait until a second person agrees."""
    await bai.goto(f"{service.url}/desk/proposals")
    await bai.get_by_text("提一次加分").click()
    await bai.locator("#grant-who").fill("申报 2")
    await bai.locator("#grant-points").fill("20")
    await bai.locator("#grant-words").fill("台风天帮着搬了一整天东西")
    await bai.get_by_role("button", name="提出来").first.click()
    await expect(bai.get_by_text("这是您提的，要等另一位同事")).to_be_visible()
    await expect(bai.get_by_role("button", name="同意", exact=True)).to_have_count(0)
    await ding.goto(f"{service.url}/desk/proposals")
    await picture(ding, "proposals-1440")
    await ding.get_by_role("button", name="同意", exact=True).click()
    await expect(ding.get_by_text("丁科同意了")).to_be_visible()


async def audit(ding: Page, service: ServiceProcess) -> None:
    """The approval that no neighbour saw was drawn: a third person looks at it."""
    await ding.goto(f"{service.url}/desk/audits")
    await expect(ding.get_by_text("余老师通过，加 6 分")).to_be_visible()
    await picture(ding, "audits-1440")
    await ding.get_by_role("button", name="属实", exact=True).first.click()
    await expect(ding.get_by_text("复查过的")).to_be_visible()
    await ding.goto(f"{service.url}/desk/moderators")
    await picture(ding, "moderators-1440")


async def picture_small(moderator: Page, service: ServiceProcess) -> None:
    """The queue and a claim fit a phone, without anything to push sideways."""
    await moderator.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for path, name in (("claims", "claims-360"), ("claims/2", "claim-360")):
        await moderator.goto(f"{service.url}/desk/{path}")
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not await moderator.evaluate(wide)
        await picture(moderator, name)
