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
from bot.web.visitor import CHANNEL, give_visitor, known_visitor, visitor_of
from channels.frames import TEXT_MOST

_CASES_MOST: Final = 6


@dataclass(frozen=True, slots=True)
class _Mine:
    cards: list[Card]
    topics: frozenset[str]


async def home(request: web.Request) -> web.Response:
    """Show the chat page; a browser that comes for the first time gets its secret."""
    site = site_of(request)
    visitor, address = visitor_of(request)
    mine = await _mine(site, address)
    response = site.page("home.html", mine=mine.piece, most=TEXT_MOST)
    give_visitor(site, response, visitor)
    return response


async def events(request: web.Request) -> web.StreamResponse:
    """Send what becomes of the visitor's matters."""
    site = site_of(request)
    address = known_visitor(request)
    if address is None:
        raise web.HTTPForbidden
    region = Region(
        "mine",
        f"mine:{address}",
        partial(_mine, site, address),
        frozenset({address_topic(CHANNEL, address)}),
    )
    return await site.hub.follow(request, [region])


async def _mine(site: Site, address: str) -> Fresh:
    now = site.clock.now()
    found = await site.storage.read(partial(_look, site.rules, address))
    return Fresh(site.pages.piece("mine.html", now, cards=found.cards), found.topics)


def _look(rules: Rules, address: str, views: Views) -> _Mine:
    contact = views.people.find(CHANNEL, address)
    if contact is None:
        return _Mine([], frozenset({address_topic(CHANNEL, address)}))
    rows = views.cases.rows_of_person(contact.person_id, _CASES_MOST)
    topics = {case_topic(row.case.id) for row in rows} | {contact_topic(contact.id)}
    return _Mine([card(rules, row, views.now, side="pages") for row in rows], frozenset(topics))
