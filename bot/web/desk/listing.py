"""All cases: by where they stand, or by number."""

from functools import partial
from types import MappingProxyType
from typing import Final

from aiohttp import web

from bot.model.case import OPEN_STATES, State
from bot.model.number import case_id
from bot.ports.rules import Rules
from bot.ports.storage import Views
from bot.web.cases import Card, card
from bot.web.desk.session import desk_page
from bot.web.site import see, site_of

_MOST: Final = 100
_FILTERS: Final = MappingProxyType(
    {
        "open": tuple(sorted(OPEN_STATES)),
        "waiting": (State.FOUND, State.REOPENED),
        "working": (State.ASSIGNED, State.ON_SITE),
        "follow_up": (State.FOLLOW_UP,),
        "archived": (State.ARCHIVED,),
        "elsewhere": (State.OUT_OF_SCOPE, State.MERGED, State.WITHDRAWN),
    }
)


async def show(request: web.Request) -> web.Response:
    """Show the newest cases of a filter, or go to the case with a number."""
    site = site_of(request)
    chosen = request.query.get("state", "open")
    sought = "".join(request.query.get("number", "").split())[:12].upper()
    missing = False
    if sought:
        found = case_id(sought)
        if found and await site.storage.read(lambda views: views.cases.page(found)) is not None:
            raise see(f"/desk/cases/{found}")
        missing = True
    if chosen not in _FILTERS:
        chosen = "open"
    cards, counts = await site.storage.read(partial(_look, site.rules, chosen))
    return desk_page(
        request,
        "all.html",
        cards=cards,
        counts=counts,
        chosen=chosen,
        filters=tuple(_FILTERS),
        sought=sought,
        missing=missing,
        most=_MOST,
    )


def _look(rules: Rules, chosen: str, views: Views) -> tuple[list[Card], dict[str, int]]:
    rows = views.cases.recent(_FILTERS[chosen], _MOST)
    cards = [card(rules, row, views.now, side="desk") for row in rows]
    states = views.cases.counts()
    counts = {
        name: sum(states.get(state.value, 0) for state in members)
        for name, members in _FILTERS.items()
    }
    return cards, counts
