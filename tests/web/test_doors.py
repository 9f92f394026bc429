"""Who gets in: every route for every role, forms, log-in, cookies."""

import re
from datetime import timedelta
from time import monotonic

import pytest

from bot.model.staff import Role
from bot.oversight.permissions import Right, may
from bot.ports.bell import DESK
from bot.ports.storage import Tx
from bot.web.desk.guard import Door
from bot.web.desk.session import COOKIE, KNOWN
from bot.web.desk.table import DESK_ROUTES
from tests.web.conftest import Browser, Make, Web, hash_quickly

_LOGINS = {
    Role.DISPATCHER: "lin",
    Role.GRID_WORKER: "wang",
    Role.MODERATOR: "yu",
    Role.DATA_SUPERVISOR: "ding",
    Role.ADMINISTRATOR: "admin",
    Role.SHOP: "shop",
}
_REFUSED = 403


def _path(path: str) -> str:
    return re.sub(r"\{\w+\}", "1", path)


@pytest.mark.parametrize("role", list(Role))
async def test_every_route_asks_for_its_right(site: Web, role: Role) -> None:
    await site.community.report()
    browser, csrf = await site.seated(_LOGINS[role])
    for route in DESK_ROUTES:
        if route.path in {"/desk/logout", "/desk/login", "/desk/enter"}:
            continue
        allowed = route.needs is Door.STAFF or (
            isinstance(route.needs, Right) and may(role, route.needs)
        )
        answer = await browser.request(
            route.method, _path(route.path), data={"csrf": csrf}, allow_redirects=False
        )
        led_home = route.path == "/desk" and answer.headers.get("Location") == "/desk/counter"
        shut = answer.status == _REFUSED or led_home
        answer.close()
        assert shut is not allowed, (role, route)


async def test_without_a_session_everything_leads_to_the_log_in(site: Web) -> None:
    browser = site.browser()
    for route in DESK_ROUTES:
        if route.needs is Door.OPEN:
            continue
        answer = await browser.request(route.method, _path(route.path), allow_redirects=False)
        if route.path.endswith("/events"):
            assert answer.status == 401, route
        else:
            assert answer.status == 303, route
            assert answer.headers["Location"].startswith("/desk/login")


async def test_a_page_that_nobody_declared_is_shut(site: Web) -> None:
    browser, _ = await site.seated("wang")
    assert (await browser.get("/desk/secret")).status == 404
    assert (await browser.post("/desk/all")).status == 405
    out = await site.browser().get("/desk/secret", allow_redirects=False)
    assert out.status == 303


@pytest.mark.parametrize("sent", [{}, {"csrf": ""}, {"csrf": "wrong"}, {"csrf": "错"}])
async def test_a_form_without_the_sessions_token_changes_nothing(
    site: Web, sent: dict[str, str]
) -> None:
    browser, _ = await site.seated("wang")
    answer = await browser.post("/desk/duty", data={"on": "0"} | sent)
    assert answer.status == 403
    assert (await site.community.staff("wang")).on_duty


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://[broken"}, False),
        ({"Origin": "https://community.example"}, True),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, True),
        ({}, True),
    ],
)
async def test_forms_come_from_our_own_pages(
    site: Web, headers: dict[str, str], *, passes: bool
) -> None:
    browser, csrf = await site.seated("wang")
    data = {"on": "0", "csrf": csrf}
    answer = await browser.post("/desk/duty", data=data, headers=headers, allow_redirects=False)
    assert (answer.status == 303) is passes


async def _password(site: Web, login: str, password: str) -> None:
    staff = await site.community.staff(login)
    stored = hash_quickly(password)
    await site.community.storage.write(lambda tx: tx.staff.set_password(staff.id, stored))


async def test_a_password_opens_and_leads_on(site: Web) -> None:
    await _password(site, "wang", "long enough")
    form = {"login": "wang", "password": "long enough", "next": "/desk/cases/1"}
    answer = await site.browser().post("/desk/login", data=form, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/desk/cases/1")


@pytest.mark.parametrize("where", ["https://evil.example/desk", "//evil.example", "/desk/../x", ""])
async def test_a_log_in_never_leads_outside(site: Web, where: str) -> None:
    await _password(site, "wang", "long enough")
    form = {"login": "wang", "password": "long enough", "next": where}
    answer = await site.browser().post("/desk/login", data=form, allow_redirects=False)
    assert answer.headers["Location"] == "/desk"


async def test_the_sixth_guess_is_not_even_looked_at(site: Web) -> None:
    await _password(site, "wang", "long enough")
    browser = site.browser()
    for _ in range(5):
        answer = await browser.post("/desk/login", data={"login": "wang", "password": "x"})
        assert answer.status == 403
    right = {"login": "wang", "password": "long enough"}
    answer = await browser.post("/desk/login", data=right, allow_redirects=False)
    assert answer.status == 429
    assert "一刻钟" in await answer.text()
    site.clock.move(minutes=16)
    assert (await browser.post("/desk/login", data=right, allow_redirects=False)).status == 303


async def _fail(site: Web, subject: str, times: int) -> None:
    def unit(tx: Tx) -> None:
        for _ in range(times):
            tx.sessions.count_failure(subject, tx.now - timedelta(minutes=15))

    await site.community.storage.write(unit)


async def _enters(browser: Browser, login: str = "wang") -> int:
    form = {"login": login, "password": "long enough"}
    return (await browser.post("/desk/login", data=form, allow_redirects=False)).status


async def test_an_office_behind_one_address_is_not_shut_by_its_mistakes(site: Web) -> None:
    await _password(site, "wang", "long enough")
    await _fail(site, "address:127.0.0.1", 299)
    before = monotonic()
    assert await _enters(site.browser()) == 303
    assert monotonic() - before < 2


async def test_a_flood_from_an_address_is_slowed_down_not_refused(site: Web) -> None:
    await _password(site, "wang", "long enough")
    known = site.browser()
    assert await _enters(known) == 303
    await _fail(site, "address:127.0.0.1", 300)
    before = monotonic()
    assert await _enters(site.browser()) == 303
    assert monotonic() - before >= 2
    before = monotonic()
    assert await _enters(known) == 303
    assert monotonic() - before < 2


async def test_guesses_from_everywhere_stop_for_browsers_that_were_never_in(site: Web) -> None:
    await _password(site, "wang", "long enough")
    await _fail(site, "login:wang", 20)
    assert await _enters(site.browser()) == 429


async def test_strangers_do_not_lock_out_who_was_in_before(site: Web) -> None:
    for login in ("wang", "zhao"):
        await _password(site, login, "long enough")
    desk, stranger = site.browser(), site.browser()
    assert [await _enters(desk, login) for login in ("wang", "zhao")] == [303, 303]
    for login in ("wang", "zhao", "chen"):
        for _ in range(5):
            await stranger.post("/desk/login", data={"login": login, "password": "x"})
        assert await _enters(stranger, login) == 429
    assert [await _enters(desk, login) for login in ("wang", "zhao")] == [303, 303]
    assert await _enters(desk, "chen") == 429  # nobody came in as her here


async def test_a_browser_that_was_in_before_answers_for_itself(site: Web) -> None:
    await _password(site, "wang", "long enough")
    known = site.browser()
    assert await _enters(known) == 303
    for _ in range(5):
        answer = await known.post("/desk/login", data={"login": "wang", "password": "x"})
        assert answer.status == 403
    assert await _enters(known) == 429
    assert await _enters(site.browser()) == 303


@pytest.mark.parametrize(
    "made_up", ["", "x", "a.b", f"{'a' * 22}.{'0' * 64}", "\u00e9" * 22, "." * 999]
)
async def test_a_made_up_mark_is_worth_nothing(site: Web, made_up: str) -> None:
    await _password(site, "wang", "long enough")
    await _fail(site, "login:wang", 20)
    form = {"login": "wang", "password": "long enough"}
    answer = await site.browser().post(
        "/desk/login", data=form, allow_redirects=False, headers={"Cookie": f"{KNOWN}={made_up}"}
    )
    assert answer.status == 429


async def test_the_mark_of_a_known_browser_is_kept_from_scripts(site: Web) -> None:
    code = await site.entry(await site.community.staff("lin"))
    answer = await site.browser().post("/desk/enter", data={"code": code}, allow_redirects=False)
    cookie = answer.cookies[KNOWN]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/desk")
    assert "lin" not in cookie.value


@pytest.mark.parametrize("login", ["wang", "nobody", ""])
async def test_no_password_known_or_unknown_opens(site: Web, login: str) -> None:
    answer = await site.browser().post("/desk/login", data={"login": login, "password": "!"})
    assert answer.status == 403
    assert "不对" in await answer.text()


async def test_an_entry_is_used_up_by_pressing_not_by_looking(site: Web) -> None:
    code = await site.entry(await site.community.staff("lin"))
    browser = site.browser()
    for _ in range(2):
        assert (await browser.get(f"/desk/enter?code={code}")).status == 200
    first = await browser.post("/desk/enter", data={"code": code}, allow_redirects=False)
    again = await browser.post("/desk/enter", data={"code": code}, allow_redirects=False)
    assert (first.status, again.status) == (303, 403)
    assert "用过了" in await again.text()


@pytest.mark.parametrize("secure", [False, True])
async def test_the_sessions_cookie_is_for_the_workbench_alone(make: Make, *, secure: bool) -> None:
    site = await make(secure=secure)
    code = await site.entry(await site.community.staff("lin"))
    answer = await site.browser().post("/desk/enter", data={"code": code}, allow_redirects=False)
    cookie = answer.cookies[COOKIE]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == "/desk"
    assert int(cookie["max-age"]) == 12 * 3600
    assert bool(cookie["secure"]) is secure


async def test_a_session_ends_after_twelve_hours_and_on_leaving(site: Web) -> None:
    browser, csrf = await site.seated("wang")
    await browser.post("/desk/logout", data={"csrf": csrf})
    assert (await browser.get("/desk", allow_redirects=False)).status == 303
    later, _ = await site.seated("chen")
    site.clock.move(hours=12, minutes=1)
    assert (await later.get("/desk", allow_redirects=False)).status == 303


async def test_who_comes_on_duty_gets_what_waited(site: Web) -> None:
    browser, csrf = await site.seated("wang")

    def everybody_leaves(tx: Tx) -> None:
        for member in tx.staff.all():
            tx.staff.set_duty(member.id, on_duty=False)

    await site.community.storage.write(everybody_leaves)
    case = await site.community.report()
    assert case.handler_id is None
    await browser.post("/desk/duty", data={"csrf": csrf, "on": "1"})
    wang = await site.community.staff("wang")
    assert (await site.community.case(case.id)).handler_id == wang.id


async def test_duty_is_ones_own_switch(site: Web) -> None:
    browser, csrf = await site.seated("wang")
    with site.bell.listen(DESK) as ear:
        await browser.post("/desk/duty", data={"csrf": csrf, "on": "0"})
        assert await ear.wait(1)
    assert not (await site.community.staff("wang")).on_duty
