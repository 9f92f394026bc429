"""The residents' home: one field, the conversation above it, what became of her matters below."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from aiohttp import web

from bot.ports.bell import address_topic, case_topic, contact_topic
from bot.ports.rules import Rules
from bot.ports.storage import Views
from bot.web.cases import Card, card
from bot.web.live import Fresh, Region
from bot.web.site import Site, site_of
from channels.frames import TEXT_MOST
from channels.webchat import VISITOR_COOKIE, address_of, new_visitor

_CHANNEL: Final = "web"
_CASES_MOST: Final = 6
_TWO_YEARS_SECONDS: Final = 730 * 24 * 3600


@dataclass(frozen=True, slots=True)
class _Mine:
    cards: list[Card]
    topics: frozenset[str]


async def home(request: web.Request) -> web.Response:
    """Show the chat page; a browser that comes for the first time gets its secret."""
    site = site_of(request)
    visitor = request.cookies.get(VISITOR_COOKIE, "")
    address = address_of(visitor)
    if address is None:
        visitor = new_visitor()
        address = address_of(visitor) or ""
    mine = await _mine(site, address)
    response = site.page("home.html", mine=mine.piece, most=TEXT_MOST)
    response.set_cookie(
        VISITOR_COOKIE,
        visitor,
        max_age=_TWO_YEARS_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=site.secure_cookies,
    )
    return response


async def events(request: web.Request) -> web.StreamResponse:
    """Send what becomes of the visitor's matters."""
    site = site_of(request)
    address = address_of(request.cookies.get(VISITOR_COOKIE, ""))
    if address is None:
        raise web.HTTPForbidden
    region = Region(
        "mine",
        f"mine:{address}",
        partial(_mine, site, address),
        frozenset({address_topic(_CHANNEL, address)}),
    )
    return await site.hub.follow(request, [region])


async def _mine(site: Site, address: str) -> Fresh:
    now = site.clock.now()
    found = await site.storage.read(partial(_look, site.rules, address))
    return Fresh(site.pages.piece("mine.html", now, cards=found.cards), found.topics)


def _look(rules: Rules, address: str, views: Views) -> _Mine:
    contact = views.people.find(_CHANNEL, address)
    if contact is None:
        return _Mine([], frozenset({address_topic(_CHANNEL, address)}))
    rows = views.cases.rows_of_person(contact.person_id, _CASES_MOST)
    topics = {case_topic(row.case.id) for row in rows} | {contact_topic(contact.id)}
    return _Mine([card(rules, row, views.now, side="pages") for row in rows], frozenset(topics))
