"""电话投票密码 at the workbench: two of the staff issue half of a number each, shown once."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from aiohttp import web

from bot.flow.votes import phone as flow
from bot.flow.votes.phone import Half
from bot.model.case import RefusedError
from bot.ports.storage import Tx
from bot.web.desk.audit import record
from bot.web.desk.session import SEAT, desk_page
from bot.web.site import Form, form_of, site_of

_EMPTY: Final[Form] = MappingProxyType({})


async def show(request: web.Request) -> web.Response:
    """Show the forms."""
    return _page(request, {"number": request.query.get("of", "")})


async def begin(request: web.Request) -> web.Response:
    """Issue the first half."""
    staff = request[SEAT].staff
    return await _issue(request, "first_shown", lambda tx, number: flow.begin(tx, staff, number))


async def complete(request: web.Request) -> web.Response:
    """Issue the second half."""
    rules, staff = site_of(request).rules, request[SEAT].staff
    return await _issue(
        request, "second_shown", lambda tx, number: flow.complete(tx, rules, staff, number)
    )


async def end(request: web.Request) -> web.Response:
    """Take the number back."""
    staff = request[SEAT].staff
    return await _issue(request, "ended", lambda tx, number: Half(flow.end(tx, staff, number), ""))


async def _issue(request: web.Request, done: str, unit: Callable[[Tx, str], Half]) -> web.Response:
    """Do it, write down whose number it is, and show the half once."""
    staff, form = request[SEAT].staff, await form_of(request)

    def noted(tx: Tx) -> Half:
        half = unit(tx, form.get("number", ""))
        record(staff.id, f"POST {request.path}", f"person:{half.person_id}", tx)
        return half

    try:
        half = await site_of(request).storage.write(noted)
    except RefusedError as refused:
        return _page(request, form, reason=refused.reason)
    return _page(request, done=done, half=half.digits)


def _page(
    request: web.Request, typed: Form = _EMPTY, *, reason: str = "", done: str = "", half: str = ""
) -> web.Response:
    say = site_of(request).rules.texts.say
    return desk_page(
        request,
        "vote_pins.html",
        status=409 if reason else 200,
        problem=say(f"case.refused.{reason}") if reason else "",
        typed=typed,
        done=done,
        half=half,
    )
