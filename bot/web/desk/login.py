"""Coming in and going out: password, one-time entry, log-out, duty."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiohttp import web

from bot.flow.cases import duty as flow
from bot.ports.storage import Tx
from bot.web.desk.audit import record
from bot.web.desk.session import (
    COOKIE,
    KNOWN,
    SEAT,
    give_cookies,
    home_of,
    known_browser,
    open_seat,
    remember,
)
from bot.web.passwords import verify_password
from bot.web.site import Site, form_of, inside, see, site_of

_WINDOW: Final = timedelta(minutes=15)
_TRIES_HERE: Final = 5
_TRIES_LOGIN: Final = 20
_TRIES_ADDRESS: Final = 300  # behind a proxy it is everybody's: more than this is slowed down
_SLOWED_SECONDS: Final = 2.0
_LONGEST: Final = 200


async def page(request: web.Request) -> web.Response:
    """Show the log-in."""
    return _page(site_of(request), next_path=request.query.get("next", ""))


async def log_in(request: web.Request) -> web.Response:
    """Try a password. One at a time, so that many at once are counted too."""
    site, form = site_of(request), await form_of(request)
    login, password = form.get("login", "").strip()[:_LONGEST], form.get("password", "")
    next_path = form.get("next", "")
    attempt = _Attempt(login, request.remote or "", request.cookies.get(KNOWN, ""))
    if await site.storage.write(attempt.comes_in_a_flood):
        await asyncio.sleep(_SLOWED_SECONDS)
    async with site.login_gate:
        if await site.storage.write(attempt.is_one_too_many):
            return _page(site, problem="throttled", login=login, next_path=next_path, status=429)
        stored = await site.storage.read(lambda views: views.staff.by_login(login))
        right = await asyncio.to_thread(
            verify_password, stored[1] if stored else None, password[:_LONGEST]
        )
        if not right or stored is None:
            await site.storage.write(attempt.count)
            return _page(site, problem="wrong", login=login, next_path=next_path, status=403)
    return await _enter(request, stored[0].id, next_path)


async def entry_page(request: web.Request) -> web.Response:
    """Show the button of a one-time entry: opening the link alone uses nothing up."""
    code = request.query.get("code", "")[:_LONGEST]
    return site_of(request).page("desk/enter.html", code=code, problem="")


async def enter(request: web.Request) -> web.Response:
    """Use a one-time entry up."""
    site, form = site_of(request), await form_of(request)
    code = form.get("code", "")[:_LONGEST]
    staff_id = await site.storage.write(lambda tx: tx.sessions.use_once(code))
    if staff_id is None:
        return site.page("desk/enter.html", status=403, code="", problem="used")
    return await _enter(request, staff_id, "")


async def log_out(request: web.Request) -> web.Response:
    """End the session."""
    site, seat = site_of(request), request[SEAT]
    await site.storage.write(lambda tx: tx.sessions.end(seat.token))
    response = see("/desk/login")
    response.del_cookie(COOKIE, path="/desk")
    raise response


async def set_duty(request: web.Request) -> web.Response:
    """Come on duty or go off."""
    site, staff, form = site_of(request), request[SEAT].staff, await form_of(request)
    on_duty = form.get("on") == "1"
    await site.storage.write(lambda tx: flow.set_duty(tx, site.rules, staff, on_duty=on_duty))
    raise see("/desk")


async def _enter(request: web.Request, staff_id: int, next_path: str) -> web.Response:
    site, cookie = site_of(request), request.cookies.get(KNOWN, "")

    def unit(tx: Tx) -> tuple[str, str, str]:
        staff = tx.staff.get(staff_id)
        record(staff_id, "POST /desk/login", "", tx)
        return open_seat(tx, staff_id), remember(tx, cookie, staff.login), home_of(staff)

    token, known, home = await site.storage.write(unit)
    wanted = inside(next_path)
    response = see(home if wanted == "/desk" else wanted)
    give_cookies(site, response, token=token, known=known)
    raise response


def _page(
    site: Site, *, problem: str = "", login: str = "", next_path: str = "", status: int = 200
) -> web.Response:
    return site.page(
        "desk/login.html", status=status, problem=problem, login=login, next_path=next_path
    )


@dataclass(frozen=True, slots=True)
class _Attempt:
    """Who tries to come in. `cookie` tells which members this browser was let in as before.

    Such a browser answers for itself alone, so that strangers can't lock its owner out.
    """

    login: str
    address: str
    cookie: str

    def comes_in_a_flood(self, tx: Tx) -> bool:
        """Say whether the address failed so often that it has to wait."""
        if known_browser(tx, self.cookie, self.login):
            return False
        return tx.sessions.failures(self._flood, tx.now - _WINDOW) >= _TRIES_ADDRESS

    def is_one_too_many(self, tx: Tx) -> bool:
        """Say whether the password isn't even looked at."""
        since = tx.now - _WINDOW
        return any(tx.sessions.failures(one, since) >= most for one, most in self._counters(tx))

    def count(self, tx: Tx) -> None:
        """Count a wrong password."""
        for subject in (self._flood, *(one for one, _ in self._counters(tx))):
            tx.sessions.count_failure(subject, tx.now - _WINDOW)

    @property
    def _flood(self) -> str:
        return f"address:{self.address}"

    def _counters(self, tx: Tx) -> list[tuple[str, int]]:
        browser = known_browser(tx, self.cookie, self.login)
        if browser:
            return [(f"browser:{browser}:{self.login}", _TRIES_HERE)]
        return [
            (f"login:{self.login}", _TRIES_LOGIN),
            (f"here:{self.address}:{self.login}", _TRIES_HERE),
        ]
