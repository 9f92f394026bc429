"""The log-in that a browser carries through the workbench."""

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
_LASTS: Final = timedelta(hours=12)


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


def give_cookie(site: Site, response: web.StreamResponse, token: str) -> None:
    """Let the browser carry the session."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(_LASTS.total_seconds()),
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
