"""Everything that is kept about her: asked for in the chat, fetched from its link, once."""

import json
import re
import zipfile

from playwright.async_api import Browser, Page, expect

from tests.browser.pages import PHONE, WORDS, page_of, picture
from tests.proof.service import ServiceProcess


async def say(resident: Page, words: str) -> None:
    await resident.get_by_role("textbox").fill(words)
    await resident.get_by_role("textbox").press("Enter")


async def test_from_the_chat_to_the_file(browser: Browser, service: ServiceProcess) -> None:
    resident = await page_of(browser, PHONE)
    await resident.goto(service.url)
    log = resident.get_by_role("log")
    await say(resident, WORDS)
    await expect(log).to_contain_text("收到了")
    await say(resident, "导出我的资料")
    await expect(log).to_contain_text(re.compile(r"有效：\d{6}"))
    code = re.findall(r"有效：(\d{6})", await log.inner_text())[-1]
    await say(resident, code)
    await expect(log).to_contain_text("备好了")
    await log.get_by_role("link", name="打开这一页").click()
    await picture(resident, "export-360")
    async with resident.expect_download() as started:
        await resident.get_by_role("button").last.click()
    path = await (await started.value).path()
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        data = next(json.loads(archive.read(one)) for one in names if one.endswith(".json"))
    assert WORDS in json.dumps(data, ensure_ascii=False)
    await resident.reload()
    await expect(resident.get_by_role("main")).to_contain_text("导出我的资料")
