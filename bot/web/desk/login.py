"""Coming in and going out: password, one-time entry, log-out, duty."""

import asyncio
import re
from datetime import timedelta
from functools import partial
from typing import Final

from aiohttp import web

from bot.ports.bell import DESK
from bot.ports.storage import Tx
from bot.web.desk.session import COOKIE, SEAT, give_cookie, open_seat
from bot.web.passwords import verify_password
from bot.web.site import Site, form_of, see, site_of

_WINDOW: Final = timedelta(minutes=15)
_TRIES_LOGIN: Final = 5
_TRIES_ADDRESS: Final = 20  # a whole office may share one
_INSIDE: Final = re.compile(r"/desk(/[a-z0-9/]*)?")
_LONGEST: Final = 200


async def page(request: web.Request) -> web.Response:
    """Show the log-in."""
    return _page(site_of(request), next_path=request.query.get("next", ""))


async def log_in(request: web.Request) -> web.Response:
    """Try a password. One at a time, so that many at once are counted too."""
    site, form = site_of(request), await form_of(request)
    login, password = form.get("login", "").strip()[:_LONGEST], form.get("password", "")
    next_path = form.get("next", "")
    address = request.remote or ""
    async with site.login_gate:
        if await site.storage.write(partial(_throttled, login, address)):
            return _page(site, problem="throttled", login=login, next_path=next_path, status=429)
        stored = await site.storage.read(lambda views: views.staff.by_login(login))
        right = await asyncio.to_thread(
            verify_password, stored[1] if stored else None, password[:_LONGEST]
        )
        if not right or stored is None:
            await site.storage.write(partial(_count, login, address))
            return _page(site, problem="wrong", login=login, next_path=next_path, status=403)
    return await _enter(site, stored[0].id, next_path)


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
    return await _enter(site, staff_id, "")


async def log_out(request: web.Request) -> web.Response:
    """End the session."""
    site, seat = site_of(request), request[SEAT]
    await site.storage.write(lambda tx: tx.sessions.end(seat.token))
    response = see("/desk/login")
    response.del_cookie(COOKIE, path="/desk")
    raise response


async def set_duty(request: web.Request) -> web.Response:
    """Come on duty or go off."""
    seat, form = request[SEAT], await form_of(request)
    on_duty = form.get("on") == "1"

    def unit(tx: Tx) -> None:
        tx.staff.set_duty(seat.staff.id, on_duty=on_duty)
        tx.ring(DESK)

    await site_of(request).storage.write(unit)
    raise see("/desk")


async def _enter(site: Site, staff_id: int, next_path: str) -> web.Response:
    token = await site.storage.write(lambda tx: open_seat(tx, staff_id))
    response = see(next_path if _INSIDE.fullmatch(next_path) else "/desk")
    give_cookie(site, response, token)
    raise response


def _page(
    site: Site, *, problem: str = "", login: str = "", next_path: str = "", status: int = 200
) -> web.Response:
    return site.page(
        "desk/login.html", status=status, problem=problem, login=login, next_path=next_path
    )


def _throttled(login: str, address: str, tx: Tx) -> bool:
    since = tx.now - _WINDOW
    return (
        tx.sessions.failures(f"login:{login}", since) >= _TRIES_LOGIN
        or tx.sessions.failures(f"address:{address}", since) >= _TRIES_ADDRESS
    )


def _count(login: str, address: str, tx: Tx) -> None:
    for subject in (f"login:{login}", f"address:{address}"):
        tx.sessions.count_failure(subject, tx.now - _WINDOW)
