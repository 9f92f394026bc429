"""What every handler is given."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from aiohttp import web

from bot.ports.clock import Clock
from bot.ports.incidents import Incidents
from bot.ports.rules import Rules
from bot.ports.sounds import Sounds
from bot.ports.storage import Storage
from bot.till import Till
from bot.web.assets import Assets
from bot.web.counters import Counters
from bot.web.live import Hub
from bot.web.rendering import Pages
from nlp.meaning import Interpreter

Form = Mapping[str, str]
_DIGITS: Final = re.compile(r"[0-9]{1,15}")  # fits the database
_INSIDE: Final = re.compile(r"/desk(/[a-z0-9/]*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The parts the handlers share. `ready` returns why the service is not, in words."""

    storage: Storage
    till: Till
    rules: Rules
    interpreter: Interpreter
    incidents: Incidents
    clock: Clock
    ready: Callable[[], Awaitable[list[str]]]
    secure_cookies: bool
    hub: Hub
    pages: Pages
    assets: Assets
    counters: Counters
    sounds: Sounds
    login_gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    drawing_gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    def page(self, template: str, /, *, status: int = 200, **values: Any) -> web.Response:
        """Return a filled-in page."""
        html = self.pages.fill(template, self.clock.now(), **values)
        return web.Response(text=html, status=status, content_type="text/html")


SITE: Final = web.AppKey("site", Site)


def site_of(request: web.Request) -> Site:
    """Return the site the request came to."""
    return request.app[SITE]


async def form_of(request: web.Request) -> Form:
    """Return the form that was sent; files are not taken."""
    fields = await request.post()
    return MappingProxyType({k: v for k, v in fields.items() if isinstance(v, str)})


def number_in(request: web.Request, name: str) -> int:
    """Return the number in the address; there is no page where it is none."""
    digits = request.match_info[name]
    if not _DIGITS.fullmatch(digits):
        raise web.HTTPNotFound
    return int(digits)


def number_of(form: Form, name: str) -> int:
    """Return a whole number of the form; 0, which nothing has, when it is none."""
    value = form.get(name, "")
    return int(value) if _DIGITS.fullmatch(value) else 0


def service_code_of(rules: Rules, form: Form) -> str:
    """Return the service of the form; what names none of ours is no form of ours."""
    code = form.get("service", "")
    if all(service.code != code for service in rules.services.services):
        raise web.HTTPBadRequest
    return code


def inside(path: str) -> str:
    """Return the path if it is one of the workbench, else the workbench itself."""
    return path if _INSIDE.fullmatch(path) else "/desk"


def see(where: str) -> web.HTTPSeeOther:
    """Return the way to the page that shows what a form has done."""
    return web.HTTPSeeOther(where)
