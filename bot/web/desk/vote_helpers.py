"""替人投票 at the workbench: who votes for somebody that can't is put on record."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from aiohttp import web

from bot.flow import vote_helpers
from bot.model.case import RefusedError
from bot.ports.storage import Tx
from bot.web.desk.session import SEAT, desk_page
from bot.web.site import Form, form_of, site_of

_EMPTY: Final[Form] = MappingProxyType({})


async def show(request: web.Request) -> web.Response:
    """Show the two forms."""
    return _page(request)


async def record(request: web.Request) -> web.Response:
    """Put a helper on record."""
    site, staff, form = site_of(request), request[SEAT].staff, await form_of(request)
    number, helper = form.get("number", ""), form.get("helper", "")
    return await _do(
        request, form, "done", lambda tx: vote_helpers.record(tx, site.rules, staff, number, helper)
    )


async def end(request: web.Request) -> web.Response:
    """Let nobody vote for her any more."""
    staff, form = request[SEAT].staff, await form_of(request)
    number = form.get("of", "")
    return await _do(request, form, "ended", lambda tx: vote_helpers.end(tx, staff, number))


async def _do(
    request: web.Request, form: Form, done: str, unit: Callable[[Tx], None]
) -> web.Response:
    try:
        await site_of(request).storage.write(unit)
    except RefusedError as refused:
        return _page(request, form, reason=refused.reason)
    return _page(request, done=done)


def _page(
    request: web.Request, typed: Form = _EMPTY, *, reason: str = "", done: str = ""
) -> web.Response:
    say = site_of(request).rules.texts.say
    return desk_page(
        request,
        "vote_helpers.html",
        status=409 if reason else 200,
        problem=say(f"case.refused.{reason}") if reason else "",
        typed=typed,
        done=done,
    )
