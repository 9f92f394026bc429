"""Ballots on paper at the workbench: what stands on one is entered by two."""

from types import MappingProxyType
from typing import Final, Literal

from aiohttp import web

from bot.flow.votes import paper as vote_paper
from bot.flow.votes.voting import check_open
from bot.model.case import RefusedError
from bot.ports.storage import Tx, Views
from bot.web.desk.session import SEAT, desk_page
from bot.web.site import Form, form_of, number_in, site_of
from bot.web.vote_paper import numbers_of
from credits.vote_file import Ballot

_EMPTY: Final[Form] = MappingProxyType({})
Entered = Ballot | Literal["first", ""]


async def show(request: web.Request) -> web.Response:
    """Show the empty form, and how many entries wait for a second."""
    return await _page(request)


async def enter(request: web.Request) -> web.Response:
    """Take what one entered; sent again it is her same entry once more."""
    site, staff, form = site_of(request), request[SEAT].staff, await form_of(request)
    number = number_in(request, "vote_id")

    def unit(tx: Tx) -> Entered:
        vote = tx.votes.find(number)
        if vote is None:
            raise RefusedError("vote_unknown")
        check_open(tx, vote)
        numbers, case = numbers_of(vote.question, form), form.get("number", "")
        return vote_paper.enter(tx, site.rules, staff, number, case, numbers) or "first"

    try:
        entered = await site.storage.write(unit)
    except RefusedError as refused:
        return await _page(request, typed=form, reason=refused.reason)
    return await _page(request, entered=entered)


async def _page(
    request: web.Request, *, typed: Form = _EMPTY, reason: str = "", entered: Entered = ""
) -> web.Response:
    site, number = site_of(request), number_in(request, "vote_id")

    def look(views: Views) -> dict[str, object]:
        vote = views.votes.find(number)
        if vote is None:
            raise web.HTTPNotFound
        waiting = views.votes.papers(number)
        names = {one: views.staff.get(one).name for one in {each.entered_by for each in waiting}}
        return {"vote": vote, "waiting": waiting, "names": names}

    return desk_page(
        request,
        "vote_paper.html",
        status=409 if reason else 200,
        problem=site.rules.texts.say(f"case.refused.{reason}") if reason else "",
        typed=typed,
        entered=entered,
        **await site.storage.read(look),
    )
