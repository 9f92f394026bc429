"""请人打电话: whom to call by hand, and what came of it. A number is shown on its own page."""

from functools import partial
from types import MappingProxyType

from aiohttp import web

from bot.flow.cases.by_hand import Outcome, telephoned
from bot.model.number import case_number
from bot.ports.by_hand import ToTell
from bot.ports.rules import Rules
from bot.ports.storage import Views
from bot.web.desk.once import do_once
from bot.web.desk.session import SEAT, desk_page
from bot.web.site import Form, form_of, number_in, see, site_of
from channels.phone.numbers import dialled

_MOST = 100
_LIST = "/desk/to-call"
_REASONS = frozenset(
    {
        *("by_hand", "busy", "no_answer", "rejected", "congested", "machine", "failed"),
        *("no_such_number", "interrupted", "cut_off", "not_told", "not_hers"),
    }
)


async def show_all(request: web.Request) -> web.Response:
    """Show who is to be called, and why."""
    site = site_of(request)
    waiting = await site.storage.read(lambda views: views.by_hand.waiting(_MOST))
    rows = [(one, why(site.rules, one), _number(one)) for one in waiting]
    return desk_page(request, "to_call.html", rows=rows)


async def show(request: web.Request) -> web.Response:
    """Show the number, what to say, and the form."""
    return await _page(request)


async def done(request: web.Request) -> web.Response:
    """Keep what came of the call; a refusal shows the form again with what was typed."""
    site, staff, form = site_of(request), request[SEAT].staff, await form_of(request)
    message_id = number_in(request, "message_id")
    try:
        outcome = Outcome(form.get("outcome", ""))
    except ValueError:
        raise web.HTTPBadRequest from None
    words = form.get("words", "")
    problem = await do_once(
        request, lambda tx: telephoned(tx, site.rules, message_id, staff, outcome, words)
    )
    if problem:
        return await _page(request, problem=problem, typed=form)
    raise see(_LIST)


async def _page(
    request: web.Request, *, problem: str = "", typed: Form = MappingProxyType({})
) -> web.Response:
    site = site_of(request)
    message = await site.storage.read(partial(_look, number_in(request, "message_id")))
    if message is None and not problem:
        raise see(_LIST)
    return desk_page(
        request,
        "to_call_one.html",
        status=409 if problem else 200,
        problem=problem,
        typed=typed,
        message=message,
        number=dialled(message.number) if message else "",
        why=why(site.rules, message) if message else "",
        case=_number(message) if message else "",
    )


def why(rules: Rules, message: ToTell) -> str:
    """Say why no machine told it."""
    reason = message.error if message.error in _REASONS else "uncertain"
    return rules.texts.say(f"desk.to_call.why_{reason}")


def _number(message: ToTell) -> str:
    return "" if message.case_id is None else case_number(message.case_id)


def _look(message_id: int, views: Views) -> ToTell | None:
    return views.by_hand.get(message_id)
