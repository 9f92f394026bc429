"""听错的词: words heard as others of the same sound, proposed from transcripts put right."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from aiohttp import web

from bot.flow.words import homophones
from bot.flow.words.homophones import Proposal
from bot.ports.homophones import Agreed
from bot.ports.storage import Tx, Views
from bot.web.desk.once import do_once
from bot.web.desk.session import SEAT, desk_page
from bot.web.site import Site, form_of, see, site_of
from nlp.text.homophones import Homophone

_LIST: Final = "/desk/heard"


async def show_all(request: web.Request) -> web.Response:
    """Show what is proposed and what counts."""
    return await _page(request)


async def agree(request: web.Request) -> web.Response:
    """Let a pair count."""
    site, staff, pair = site_of(request), request[SEAT].staff, await _pair(request)
    return await _do(request, lambda tx: homophones.agree(tx, site.interpreter, staff, pair))


async def refuse(request: web.Request) -> web.Response:
    """Leave a pair out."""
    site, staff, pair = site_of(request), request[SEAT].staff, await _pair(request)
    return await _do(request, lambda tx: homophones.refuse(tx, site.interpreter, staff, pair))


async def take_back(request: web.Request) -> web.Response:
    """Let a pair count no longer."""
    staff, pair = request[SEAT].staff, await _pair(request)
    return await _do(request, lambda tx: homophones.take_back(tx, staff, pair))


async def _pair(request: web.Request) -> Homophone:
    form = await form_of(request)
    return Homophone(form.get("heard", ""), form.get("meant", ""))


async def _do(request: web.Request, unit: Callable[[Tx], None]) -> web.Response:
    problem = await do_once(request, unit)
    if problem:
        return await _page(request, problem=problem)
    raise see(_LIST)


async def _page(request: web.Request, *, problem: str = "") -> web.Response:
    site = site_of(request)
    proposed, agreed, names = await site.storage.read(partial(_look, site))
    return desk_page(
        request,
        "heard.html",
        status=409 if problem else 200,
        proposed=proposed,
        agreed=agreed,
        names=names,
        problem=problem,
    )


def _look(
    site: Site, views: Views
) -> tuple[Sequence[Proposal], Sequence[Agreed], Mapping[int, str]]:
    names = {one.id: one.name for one in views.staff.all()}
    book = views.homophones
    return homophones.proposals(site.interpreter, book), book.agreed(), names
