"""谁替我投票: who may vote for her, for whom she may, an end to either, and a code to show."""

from collections.abc import Callable, Sequence
from typing import Final

from aiohttp import web

from bot.flow.people.recognise import show_code
from bot.flow.votes.helpers import end_own
from bot.model.case import RefusedError
from bot.ports.storage import Tx, Views
from bot.ports.votes import Helping
from bot.web.site import form_of, number_in, see, site_of
from bot.web.voter import Voter, person_of, query_of, voter_of

_PATH: Final = "/votes/helpers"


def routes() -> Sequence[web.AbstractRouteDef]:
    """Return the routes."""
    return [
        web.get(_PATH, show),
        web.post(f"{_PATH}/code", give_code),
        web.post(f"{_PATH}/{{record}}/end", end),
    ]


async def show(request: web.Request) -> web.Response:
    """Show what is on record of her."""
    return await _page(request, voter_of(request))


async def give_code(request: web.Request) -> web.Response:
    """Show a code that she reads out to staff; it is on the answer alone."""
    return await _do(request, show_code)


async def end(request: web.Request) -> web.Response:
    """End it, as either of the two."""
    site, record = site_of(request), number_in(request, "record")
    return await _do(request, lambda tx, person_id: end_own(tx, site.rules, person_id, record))


async def _do(request: web.Request, unit: Callable[[Tx, int], str | None]) -> web.Response:
    key = voter_of(request, await form_of(request))

    def known(tx: Tx) -> str | None:
        person_id = person_of(tx, key)
        if person_id is None:
            raise RefusedError("vote_stranger")
        return unit(tx, person_id)

    try:
        code = await site_of(request).storage.write(known)
    except RefusedError as refused:
        return await _page(request, key, reason=refused.reason)
    if code is None:
        raise see(f"{_PATH}{query_of(key)}")
    return await _page(request, key, shown=code)


async def _page(
    request: web.Request, key: Voter, *, reason: str = "", shown: str = ""
) -> web.Response:
    site = site_of(request)

    def look(views: Views) -> tuple[int | None, Sequence[Helping]]:
        person_id = person_of(views, key)
        return person_id, () if person_id is None else views.votes.helpings_of(person_id)

    person_id, found = await site.storage.read(look)
    return site.page(
        "vote_helpers.html",
        status=409 if reason else 200,
        problem=site.rules.texts.say(f"case.refused.{reason}") if reason else "",
        known=person_id is not None,
        helped=[one for one in found if one.person_id == person_id],
        helping=[one for one in found if one.person_id != person_id],
        code=key.code,
        query=query_of(key),
        shown=shown,
    )
