"""Photos and signatures by the forms of the case page, and what the status page shows of them."""

import base64
import io
import re

import aiohttp
import pytest
from PIL import Image, ImageDraw

from bot.model.case import State
from tests.bot.community import meaning
from tests.channels.speaking import photo
from tests.web.conftest import Browser, Web

JPEG = photo()


def signature(*, drawn: bool = True, size: tuple[int, int] = (600, 240), kind: str = "PNG") -> str:
    picture = Image.new("RGBA", size, (0, 0, 0, 0))
    if drawn:
        ImageDraw.Draw(picture).line([(50, 50), (300, 180)], fill="black", width=4)
    made = io.BytesIO()
    (picture if kind == "PNG" else picture.convert("RGB")).save(made, kind)
    return "data:image/png;base64," + base64.b64encode(made.getvalue()).decode()


async def send_photo(
    browser: Browser, csrf: str, content: bytes = JPEG, **fields: str
) -> tuple[int, str]:
    form = aiohttp.FormData()
    for name, value in ({"csrf": csrf, "purpose": "after"} | fields).items():
        form.add_field(name, value)
    form.add_field("photo", io.BytesIO(content), filename="a.jpg", content_type="image/jpeg")
    answer = await browser.post("/desk/cases/1/photo", data=form)
    return answer.status, await answer.text()


async def close(browser: Browser, site: Web, csrf: str) -> tuple[int, str]:
    version = str((await site.community.case(1)).version)
    data = {"csrf": csrf, "version": version, "note": "都清走了，看过了"}
    answer = await browser.post("/desk/cases/1/resolve", data=data)
    return answer.status, await answer.text()


async def pictures_on(browser: Browser, path: str) -> list[str]:
    page = await (await browser.get(path)).text()
    return re.findall(r'<img src="((?:/desk/proofs|/c/[^"]+/photos)/\d+)"', page)


async def test_closing_with_a_photo_that_the_resident_sees(site: Web) -> None:
    case = await site.community.report(meaning("garbage", place=meaning().place))
    login = await login_of(site)
    browser, csrf = await site.seated(login)
    status, page = await close(browser, site, csrf)
    assert status == 409
    assert "要有一张办好以后的照片" in page
    assert "都清走了，看过了</textarea>" in page

    status, page = await send_photo(browser, csrf, photo("blue", size=(4000, 3000)))
    assert status == 200, page
    resident = site.browser()
    assert await pictures_on(resident, f"/c/{case.token}") == []
    assert (await resident.get(f"/c/{case.token}/photos/1")).status == 404

    assert (await close(browser, site, csrf))[0] == 200
    assert (await site.community.case(1)).state is State.FOLLOW_UP
    (path,) = await pictures_on(resident, f"/c/{case.token}")
    answer = await resident.get(path)
    assert answer.content_type == "image/jpeg"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert max(Image.open(io.BytesIO(await answer.read())).size) == 1600
    assert await pictures_on(browser, "/desk/cases/1") == ["/desk/proofs/1"]
    assert (await browser.get("/desk/proofs/1")).status == 200
    assert (await site.browser().get("/desk/proofs/1", allow_redirects=False)).status == 303


async def test_what_is_private_is_for_staff(site: Web) -> None:
    case = await site.community.report()
    browser, csrf = await site.seated("wang")
    await send_photo(browser, csrf, private="on")
    await send_photo(browser, csrf, photo("blue"), purpose="before")
    await close(browser, site, csrf)
    assert await pictures_on(browser, "/desk/cases/1") == ["/desk/proofs/1", "/desk/proofs/2"]
    resident = site.browser()
    assert await pictures_on(resident, f"/c/{case.token}") == [f"/c/{case.token}/photos/2"]
    for path in (f"/c/{case.token}/photos/1", f"/c/{case.token}/photos/9", "/c/x/photos/2"):
        assert (await resident.get(path)).status == 404


WRONG_PHOTOS = [
    ("no file", b"", "没收到照片"),
    ("no picture", b"no picture at all", "打不开"),
    ("cut off", JPEG[:200], "打不开"),
    ("too many pixels", photo(kind="PNG", size=(5000, 4000)), "太大了"),
]


@pytest.mark.parametrize(("label", "content", "words"), WRONG_PHOTOS)
async def test_a_photo_that_is_none(site: Web, label: str, content: bytes, words: str) -> None:
    await site.community.report()
    browser, csrf = await site.seated("wang")
    status, page = await send_photo(browser, csrf, content)
    assert (status, words in page) == (409, True), label
    assert await pictures_on(browser, "/desk/cases/1") == []


async def test_a_file_is_bounded_and_a_text_in_its_place_is_no_photo(site: Web) -> None:
    await site.community.report()
    browser, csrf = await site.seated("wang")
    status, page = await send_photo(browser, csrf, b"\0" * (21 * 1024 * 1024))
    assert status == 413
    assert "太长了" in page
    data = {"csrf": csrf, "photo": "words"}
    answer = await browser.post("/desk/cases/1/photo", data=data)
    assert answer.status == 409


async def test_a_photo_needs_the_forms_token_and_the_right(site: Web) -> None:
    await site.community.report()
    browser, _ = await site.seated("wang")
    assert (await send_photo(browser, "wrong"))[0] == 403
    browser, csrf = await site.seated("admin")
    assert (await send_photo(browser, csrf))[0] == 403
    browser, csrf = await site.seated("zhao")
    status, page = await send_photo(browser, csrf)
    assert (status, "不在您手上" in page) == (409, True)


async def test_closing_with_a_signature(site: Web) -> None:
    case = await site.community.report(meaning("home_repair"))
    browser, csrf = await site.seated(await login_of(site))
    assert "在场的人签字" in (await close(browser, site, csrf))[1]
    data = {"csrf": csrf, "drawing": signature(), "name": "李阿姨"}
    page = await (await browser.post("/desk/cases/1/sign", data=data)).text()
    assert "签字：李阿姨" in page
    answer = await browser.get("/desk/proofs/1")
    assert answer.content_type == "image/png"
    assert Image.open(io.BytesIO(await answer.read())).size == (600, 240)
    assert (await close(browser, site, csrf))[0] == 200
    status = await (await site.browser().get(f"/c/{case.token}")).text()
    assert "李阿姨" not in status
    assert "/photos/" not in status


SIGNATURES = [
    ("nothing", {}, "请在框里签字"),
    ("an empty canvas", {"drawing": signature(drawn=False)}, "还没有字"),
    ("no picture", {"drawing": "data:image/png;base64,AAAA"}, "打不开"),
    ("no base64", {"drawing": "data:image/png;base64,!"}, "打不开"),
    ("another kind", {"drawing": signature(kind="JPEG")}, "打不开"),
    ("too large", {"drawing": signature(size=(1700, 10))}, "太大了"),
    ("too long a name", {"name": "名" * 31}, "太长了"),
]


@pytest.mark.parametrize(("label", "fields", "words"), SIGNATURES)
async def test_a_signature_that_is_none(
    site: Web, label: str, fields: dict[str, str], words: str
) -> None:
    await site.community.report()
    browser, csrf = await site.seated("wang")
    answer = await browser.post("/desk/cases/1/sign", data={"csrf": csrf} | fields)
    assert (answer.status, words in await answer.text()) == (409, True), label


async def test_a_name_stands_for_a_signature(site: Web) -> None:
    await site.community.report()
    browser, csrf = await site.seated("wang")
    data = {"csrf": csrf, "name": "  张 大爷 "}
    page = await (await browser.post("/desk/cases/1/sign", data=data)).text()
    assert "签字：张 大爷" in page
    assert (await browser.get("/desk/proofs/1")).status == 404
    assert (await browser.get("/desk/proofs/9")).status == 404


async def login_of(site: Web) -> str:
    case = await site.community.case(1)
    members = await site.community.storage.read(lambda views: views.staff.all())
    return next(member.login for member in members if member.id == case.handler_id)
