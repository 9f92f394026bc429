"""The visitor of the web chat: a browser that is known again by a secret in its cookie."""

from typing import Final

from aiohttp import web

from bot.web.site import Site
from channels.webchat import VISITOR_COOKIE, address_of, new_visitor

CHANNEL: Final = "web"
_TWO_YEARS_SECONDS: Final = 730 * 24 * 3600


def known_visitor(request: web.Request) -> str | None:
    """Return the address of a browser that was here before, else None."""
    return address_of(request.cookies.get(VISITOR_COOKIE, ""))


def visitor_of(request: web.Request) -> tuple[str, str]:
    """Return the browser's secret and its address; a new one for who comes for the first time."""
    visitor = request.cookies.get(VISITOR_COOKIE, "")
    address = address_of(visitor)
    if address is None:
        visitor = new_visitor()
        address = address_of(visitor) or ""
    return visitor, address


def give_visitor(site: Site, response: web.StreamResponse, visitor: str) -> None:
    """Let the browser keep its secret."""
    response.set_cookie(
        VISITOR_COOKIE,
        visitor,
        max_age=_TWO_YEARS_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=site.secure_cookies,
    )
