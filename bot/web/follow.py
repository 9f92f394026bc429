"""我也遇到了 on the status page: the visitor of the web chat follows the case there, or stops."""

from collections.abc import Callable
from functools import partial
from typing import Literal

from aiohttp import web

from bot.flow.cases.together import can_follow, follow, unfollow
from bot.model.case import Case, RefusedError
from bot.model.people import Contact
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from bot.web.site import Site, see, site_of
from bot.web.visitor import CHANNEL, give_visitor, visitor_of

Standing = Literal["", "may", "follows"]
"""What the page offers this visitor: nothing, to follow, or to stop."""


async def followed(request: web.Request) -> web.StreamResponse:
    """Let the visitor hear of the case in her chat."""
    site = site_of(request)

    def unit(tx: Tx, case_id: int, contact: Contact) -> None:
        follow(tx, site.rules, case_id, contact)

    return await _do(request, site, unit)


async def unfollowed(request: web.Request) -> web.StreamResponse:
    """Tell the visitor no more."""

    def unit(tx: Tx, case_id: int, contact: Contact) -> None:
        unfollow(tx, case_id, contact)

    return await _do(request, site_of(request), unit)


async def standing(site: Site, request: web.Request, case: Case) -> Standing:
    """Return how the visitor stands to the case."""
    _, address = visitor_of(request)
    return await site.storage.read(partial(_standing, site.rules, case, address))


def _standing(rules: Rules, case: Case, address: str, views: Views) -> Standing:
    contact = views.people.find(CHANNEL, address)
    person_id = 0 if contact is None else contact.person_id
    if person_id == case.reporter_id:
        return ""
    if case.id in views.relations.followed_by(person_id):
        return "follows"
    return "may" if can_follow(rules, case) else ""


async def _do(
    request: web.Request, site: Site, unit: Callable[[Tx, int, Contact], None]
) -> web.StreamResponse:
    """Run the unit for the visitor; what can't be followed any more is shown as it stands."""
    visitor, address = visitor_of(request)
    token = request.match_info["token"]
    page = await site.storage.read(lambda views: views.cases.by_token(token))
    if page is None:
        raise web.HTTPNotFound
    try:
        await site.storage.write(
            lambda tx: unit(tx, page.case.id, tx.people.meet(CHANNEL, address))
        )
    except RefusedError:
        raise see(f"/c/{token}") from None
    response = see(f"/c/{token}")
    give_visitor(site, response, visitor)
    raise response
