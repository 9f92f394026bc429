"""认居民: somebody who stands before a member is confirmed, whether she ever reported or not."""

from types import MappingProxyType
from typing import Final

from aiohttp import web

from bot.flow.people.recognise import confirm_named
from bot.model.case import RefusedError
from bot.ports.storage import Tx
from bot.web.desk.audit import record
from bot.web.desk.session import SEAT, desk_page
from bot.web.site import Form, form_of, site_of

_EMPTY: Final[Form] = MappingProxyType({})


async def show(request: web.Request) -> web.Response:
    """Show the form."""
    return _page(request)


async def confirm(request: web.Request) -> web.Response:
    """Confirm her, with the name by which she wants to be addressed."""
    site, staff, form = site_of(request), request[SEAT].staff, await form_of(request)
    number, name = form.get("number", ""), form.get("name", "")

    def unit(tx: Tx) -> None:
        person_id = confirm_named(tx, staff, number, name)
        record(staff.id, f"POST {request.path}", f"person:{person_id}", tx)

    try:
        await site.storage.write(unit)
    except RefusedError as refused:
        return _page(request, form, reason=refused.reason)
    return _page(request, done=name.strip())


def _page(
    request: web.Request, typed: Form = _EMPTY, *, reason: str = "", done: str = ""
) -> web.Response:
    say = site_of(request).rules.texts.say
    return desk_page(
        request,
        "residents.html",
        status=409 if reason else 200,
        problem=say(f"case.refused.{reason}") if reason else "",
        typed=typed,
        done=done,
    )
