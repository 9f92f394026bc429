"""The log-in that a browser carries through the workbench."""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

from aiohttp import web

from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.storage import Tx, Views
from bot.web.site import Site, site_of

COOKIE: Final = "gz_desk"
KNOWN: Final = "gz_known"
_LASTS: Final = timedelta(hours=12)
_KNOWN_LASTS: Final = timedelta(days=400)  # browsers keep none longer
_KNOWN_MOST: Final = 8  # members at one desk
_BROWSER: Final = re.compile(r"[\w-]{22}(\.[0-9a-f]{64}){1,8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Seat:
    """Who works here, in which session; `csrf` stands in each of their forms."""

    staff: Staff
    csrf: str
    token: str

    def may(self, right: str) -> bool:
        """Say whether the member has the right of that name (templates ask)."""
        return may(self.staff.role, Right(right))


SEAT: Final = web.RequestKey("seat", Seat)


async def seat_of(request: web.Request) -> Seat | None:
    """Return the log-in of the request, if it has one that has not ended."""
    token = request.cookies.get(COOKIE, "")
    if not token:
        return None
    return await site_of(request).storage.read(partial(_look, token))


def _look(token: str, views: Views) -> Seat | None:
    session = views.sessions.get(token)
    if session is None:
        return None
    return Seat(views.staff.get(session.staff_id), session.csrf, token)


def open_seat(tx: Tx, staff_id: int) -> str:
    """Begin a session; return its token."""
    token = secrets.token_urlsafe(32)
    tx.sessions.begin(token, staff_id, secrets.token_urlsafe(24), tx.now + _LASTS)
    return token


def home_of(staff: Staff) -> str:
    """Return the page that a member begins with: a shop sees nothing but its counter."""
    return "/desk" if may(staff.role, Right.SEE_CASES) else "/desk/counter"


def known_browser(tx: Tx, cookie: str, login: str) -> str:
    """Return the name of a browser that was let in as that login before; "" of any other."""
    if not _BROWSER.fullmatch(cookie):
        return ""
    browser, *marks = cookie.split(".")
    mark = tx.sessions.mark(browser, login)
    return browser if any(hmac.compare_digest(mark, one) for one in marks) else ""


def remember(tx: Tx, cookie: str, login: str) -> str:
    """Return the cookie by which the browser is known as that login, and as those before."""
    browser, *marks = cookie.split(".")
    if not _BROWSER.fullmatch(cookie):
        browser, marks = secrets.token_urlsafe(16), []
    mark = tx.sessions.mark(browser, login)
    return ".".join([browser, mark, *(one for one in marks if one != mark)][: _KNOWN_MOST + 1])


def give_cookies(site: Site, response: web.StreamResponse, *, token: str, known: str) -> None:
    """Let the browser carry the session, and for long that it was let in."""
    for name, value, lasts in ((COOKIE, token, _LASTS), (KNOWN, known, _KNOWN_LASTS)):
        response.set_cookie(
            name,
            value,
            max_age=int(lasts.total_seconds()),
            path="/desk",
            httponly=True,
            samesite="Strict",
            secure=site.secure_cookies,
        )


def desk_page(
    request: web.Request, template: str, /, *, status: int = 200, **values: Any
) -> web.Response:
    """Return a page of the workbench for who works here."""
    return site_of(request).page(
        f"desk/{template}", status=status, seat=request[SEAT], here=request.path, **values
    )
