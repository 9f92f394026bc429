"""Who may enter which page of the workbench. What the table does not name is closed."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.oversight.permissions import Right, may
from bot.web.desk.session import SEAT, Seat, seat_of
from bot.web.site import form_of, see


class Door(Enum):
    """A page that asks for no right: of anybody, or of anybody who is logged in."""

    OPEN = "open"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class DeskRoute:
    """A route of the workbench with what it takes to use it."""

    method: str
    path: str
    handler: Handler
    needs: Right | Door

    def mounted(self) -> web.RouteDef:
        """Return the route as the server mounts it."""
        return web.route(self.method, self.path, self.handler)


_PREFIX: Final = "/desk"


def guard(routes: tuple[DeskRoute, ...]) -> Middleware:
    """Return the middleware that enforces the table."""
    needs: Mapping[tuple[str, str], Right | Door] = {
        (route.method, route.path): route.needs for route in routes
    }

    @web.middleware
    async def enforce(request: web.Request, handler: Handler) -> web.StreamResponse:
        path = request.path
        if path != _PREFIX and not path.startswith(f"{_PREFIX}/"):
            return await handler(request)
        resource = request.match_info.route.resource
        need = needs.get((request.method, resource.canonical if resource else ""))
        if need is Door.OPEN:
            return await handler(request)
        seat = await seat_of(request)
        if seat is None:
            raise _to_login(request)
        request[SEAT] = seat
        if resource is None:
            return await handler(request)  # no such page: the router says so
        if need is None or (isinstance(need, Right) and not may(seat.staff.role, need)):
            raise web.HTTPForbidden
        if request.method != "GET":
            await _check_form(request, seat)
        return await handler(request)

    return enforce


async def _check_form(request: web.Request, seat: Seat) -> None:
    sent = (await form_of(request)).get("csrf", "")
    if not hmac.compare_digest(sent.encode(), seat.csrf.encode()):
        raise web.HTTPForbidden


def _to_login(request: web.Request) -> web.HTTPException:
    if request.path.endswith("/events"):
        return web.HTTPUnauthorized()
    if request.method == "GET" and request.path != _PREFIX:
        return see(f"{_PREFIX}/login?next={quote(request.path)}")
    return see(f"{_PREFIX}/login")
