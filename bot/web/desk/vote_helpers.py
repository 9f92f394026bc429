"""替人投票 at the workbench: who votes for somebody that can't is put on record, and ended."""

from types import MappingProxyType
from typing import Final

from aiohttp import web

from bot.flow.votes import helpers as vote_helpers
from bot.model.case import RefusedError
from bot.ports.storage import Tx
from bot.web.desk.audit import record as note
from bot.web.desk.session import SEAT, desk_page
from bot.web.site import Form, form_of, number_in, number_of, site_of

_MOST: Final = 50
_EMPTY: Final[Form] = MappingProxyType({})


async def show(request: web.Request) -> web.Response:
    """Show the form, and the way to what is on record."""
    return _page(request)


async def show_all(request: web.Request) -> web.Response:
    """Show what is on record, the newest first, a page at a time."""
    return await _list(request)


async def record(request: web.Request) -> web.Response:
    """Put a helper on record."""
    site, staff, form = site_of(request), request[SEAT].staff, await form_of(request)
    number, helper = form.get("number", ""), form.get("helper", "")

    def unit(tx: Tx) -> None:
        made = vote_helpers.record(tx, site.rules, staff, number, helper)
        note(staff.id, f"POST {request.path}", f"helping:{made}", tx)

    try:
        await site.storage.write(unit)
    except RefusedError as refused:
        return _page(request, form, reason=refused.reason)
    return _page(request, done=True)


async def end(request: web.Request) -> web.Response:
    """Let nobody vote for her any more."""
    site, staff, record = site_of(request), request[SEAT].staff, number_in(request, "helping_id")
    try:
        await site.storage.write(lambda tx: vote_helpers.end(tx, site.rules, staff, record))
    except RefusedError as refused:
        return await _list(request, reason=refused.reason)
    return await _list(request, done=True)


async def _list(request: web.Request, *, reason: str = "", done: bool = False) -> web.Response:
    site, before = site_of(request), number_of(request.query, "before") or None

    found = await site.storage.read(lambda views: views.votes.helpings(before, _MOST))
    return desk_page(
        request,
        "vote_helpings.html",
        status=409 if reason else 200,
        problem=site.rules.texts.say(f"case.refused.{reason}") if reason else "",
        done=done,
        found=found,
        older=found[-1].id if len(found) == _MOST else None,
    )


def _page(
    request: web.Request, typed: Form = _EMPTY, *, reason: str = "", done: bool = False
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
