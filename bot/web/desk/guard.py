"""Who may enter which page of the workbench. What the table does not name is closed."""

import hmac
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from enum import Enum
from typing import Final
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.oversight.permissions import Right, may
from bot.web.desk.audit import write_down
from bot.web.desk.session import SEAT, Seat, home_of, seat_of
from bot.web.site import form_of, see


class Door(Enum):
    """A page that asks for no right: of anybody, or of anybody who is logged in."""

    OPEN = "open"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class DeskRoute:
    """A route of the workbench with what it takes to use it.

    `body_most` is how many bytes a form may have where it is more than anywhere else. Every
    form goes into the audit log, and what is looked at where `audited` says so.
    """

    method: str
    path: str
    handler: Handler
    needs: Right | Door
    body_most: int | None = None
    audited: bool = False

    def mounted(self) -> web.RouteDef:
        """Return the route as the server mounts it."""
        return web.route(self.method, self.path, self.handler)


_PREFIX: Final = "/desk"


def guard(routes: tuple[DeskRoute, ...]) -> Middleware:
    """Return the middleware that enforces the table."""
    table: Mapping[tuple[str, str], DeskRoute] = {
        (route.method, route.path): route for route in routes
    }

    @web.middleware
    async def enforce(request: web.Request, handler: Handler) -> web.StreamResponse:
        path = request.path
        if path != _PREFIX and not path.startswith(f"{_PREFIX}/"):
            return await handler(request)
        resource = request.match_info.route.resource
        route = table.get((request.method, resource.canonical if resource else ""))
        if route is not None and route.needs is Door.OPEN:
            return await handler(request)
        seat = await seat_of(request)
        if seat is None:
            raise _to_login(request)
        request[SEAT] = seat
        if resource is None:
            return await handler(request)  # no such page: the router says so
        if route is None or not _opens(route.needs, seat):
            raise _shut(path, seat)
        return await _served(_with_room(request, route), handler, seat, audited=route.audited)

    return enforce


def _opens(need: Right | Door, seat: Seat) -> bool:
    return isinstance(need, Door) or may(seat.staff.role, need)


def _shut(path: str, seat: Seat) -> web.HTTPException:
    """Lead who comes to the first page to their own; all else stays shut."""
    home = home_of(seat.staff)
    return see(home) if path == _PREFIX != home else web.HTTPForbidden()


def _with_room(request: web.Request, route: DeskRoute) -> web.Request:
    """Let a form of this route be as long as the table says, now that it is known who sends it."""
    if route.body_most is None:
        return request
    return request.clone(client_max_size=route.body_most)


async def _served(
    request: web.Request, handler: Handler, seat: Seat, *, audited: bool
) -> web.StreamResponse:
    """Let in what only looks, and forms of our own pages; files that were sent are let go."""
    if request.method == "GET":
        if audited:
            await write_down(request, seat)
        return await handler(request)
    with ExitStack() as sent:
        for value in (await request.post()).values():
            if isinstance(value, web.FileField):
                sent.callback(value.file.close)
        token = (await form_of(request)).get("csrf", "")
        if not hmac.compare_digest(token.encode(), seat.csrf.encode()):
            raise web.HTTPForbidden
        await write_down(request, seat)
        return await handler(request)


def _to_login(request: web.Request) -> web.HTTPException:
    if request.path.endswith("/events"):
        return web.HTTPUnauthorized()
    if request.method == "GET" and request.path != _PREFIX:
        return see(f"{_PREFIX}/login?next={quote(request.path)}")
    return see(f"{_PREFIX}/login")
