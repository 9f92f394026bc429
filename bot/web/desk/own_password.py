"""Everybody's own password."""

import asyncio
from datetime import timedelta
from typing import Final

from aiohttp import web

from bot.flow.people.personnel import PASSWORD_LEAST, give_password
from bot.model.staff import NO_PASSWORD
from bot.ports.storage import Tx
from bot.web.desk.session import SEAT, Seat, desk_page
from bot.web.passwords import hash_password, verify_password
from bot.web.site import form_of, site_of

_MOST: Final = 200
_WINDOW: Final = timedelta(minutes=15)
_TRIES: Final = 5


async def page(request: web.Request) -> web.Response:
    """Show the form."""
    stored = await _stored(request)
    return _page(request, has_one=stored != NO_PASSWORD)


async def change(request: web.Request) -> web.Response:
    """Replace it. Whoever has one types it; all other log-ins of the member end."""
    site, seat, form = site_of(request), request[SEAT], await form_of(request)
    new, again = form.get("new", ""), form.get("again", "")
    stored = await _stored(request)
    has_one = stored != NO_PASSWORD
    async with site.login_gate:
        if has_one and await site.storage.write(lambda tx: _tried(tx, seat) >= _TRIES):
            return _page(request, has_one=True, problem="throttled", status=429)
        old = form.get("old", "")[:_MOST]
        if has_one and not await asyncio.to_thread(verify_password, stored, old):
            await site.storage.write(lambda tx: _count(tx, seat))
            return _page(request, has_one=True, problem="wrong", status=403)
    problem = _problem(new, again)
    if problem:
        return _page(request, has_one=has_one, problem=problem, status=409)
    hashed = await asyncio.to_thread(hash_password, new)
    await site.storage.write(lambda tx: give_password(tx, seat.staff.id, hashed, seat=seat.token))
    return _page(request, has_one=True, done=True)


async def _stored(request: web.Request) -> str:
    login = request[SEAT].staff.login
    found = await site_of(request).storage.read(lambda views: views.staff.by_login(login))
    return NO_PASSWORD if found is None else found[1]


def _problem(new: str, again: str) -> str:
    if len(new) < PASSWORD_LEAST:
        return "short"
    if len(new) > _MOST:
        return "long"
    return "" if new == again else "differs"


def _tried(tx: Tx, seat: Seat) -> int:
    return tx.sessions.failures(_subject(seat), tx.now - _WINDOW)


def _count(tx: Tx, seat: Seat) -> None:
    tx.sessions.count_failure(_subject(seat), tx.now - _WINDOW)


def _subject(seat: Seat) -> str:
    return f"own:{seat.staff.id}"


def _page(
    request: web.Request, *, has_one: bool, problem: str = "", done: bool = False, status: int = 200
) -> web.Response:
    return desk_page(
        request,
        "password.html",
        status=status,
        has_one=has_one,
        done=done,
        least=PASSWORD_LEAST,
        problem=problem,
    )
