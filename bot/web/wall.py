"""The public pages of points: the wall, and what all together earned and spent."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from aiohttp import web

from bot.model.place import Building
from bot.model.wall import PEOPLE_LEAST, Board, Week, boards, last_week
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from bot.ports.wall import Total
from bot.web.site import Site, form_of, number_of, see, site_of
from bot.web.visitor import CHANNEL, known_visitor

_FRESH_FOR: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Totals:
    """The totals of this month and of all time, as they were at a moment."""

    at: datetime
    month: Sequence[Total]
    ever: Sequence[Total]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    boards: Sequence[Board]
    known: bool
    on: str
    buildings: Sequence[tuple[int, str]]


class PointPages:
    """Whoever comes may look; the totals go through all transfers, so they are kept a minute."""

    def __init__(self) -> None:
        self._kept: _Totals | None = None
        self._gate = asyncio.Lock()

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Return the routes."""
        return [
            web.get("/wall", _wall),
            web.post("/wall/join", _join),
            web.post("/wall/leave", _leave),
            web.get("/points", self._points),
        ]

    async def _points(self, request: web.Request) -> web.Response:
        site = site_of(request)
        totals, policy = await self._fresh(site), site.rules.policy
        return site.page(
            "points.html",
            totals=totals,
            name=lambda code: policy.move(code).name,
            activities=list(policy.activities.values()),
            levels=policy.levels,
        )

    async def _fresh(self, site: Site) -> _Totals:
        async with self._gate:
            kept = self._kept
            if kept is None or site.clock.now() - kept.at > _FRESH_FOR:
                kept = self._kept = await site.storage.read(partial(_count, site.rules))
            return kept


def _count(rules: Rules, views: Views) -> _Totals:
    today = views.now.astimezone(rules.texts.zone)
    first = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return _Totals(views.now, views.wall.totals(first), views.wall.totals(None))


async def _wall(request: web.Request) -> web.Response:
    site = site_of(request)
    week = last_week(site.clock.now(), site.rules.texts.zone)
    sight = await site.storage.read(partial(_look, site.rules, week, known_visitor(request)))
    last = week.monday + timedelta(days=6)
    return site.page("wall.html", sight=sight, first=week.monday, last=last, least=PEOPLE_LEAST)


async def _join(request: web.Request) -> web.Response:
    """Put the visitor on the wall under the building that she chose."""
    site, address = site_of(request), known_visitor(request)
    building_id = number_of(await form_of(request), "building")

    def unit(tx: Tx) -> None:
        contact = None if address is None else tx.people.find(CHANNEL, address)
        if contact is not None and building_id in dict(_buildings(tx)):
            tx.wall.join(contact.person_id, building_id)

    await site.storage.write(unit)
    raise see("/wall")


async def _leave(request: web.Request) -> web.Response:
    """Take the visitor off."""
    site, address = site_of(request), known_visitor(request)

    def unit(tx: Tx) -> None:
        contact = None if address is None else tx.people.find(CHANNEL, address)
        if contact is not None:
            tx.wall.leave(contact.person_id)

    await site.storage.write(unit)
    raise see("/wall")


def _look(rules: Rules, week: Week, address: str | None, views: Views) -> _Sight:
    words = (rules.texts.say(f"points.wall.{name}").split() for name in ("first", "second"))
    contact = None if address is None else views.people.find(CHANNEL, address)
    on = None if contact is None else views.wall.building_of(contact.person_id)
    return _Sight(
        boards=boards(views.wall.done(week), *words),
        known=contact is not None,
        on="" if on is None else _named(on),
        buildings=_buildings(views),
    )


def _buildings(views: Views | Tx) -> Sequence[tuple[int, str]]:
    places = views.places
    return [(one.id, _named(one)) for grid in places.grids() for one in places.buildings(grid.id)]


def _named(building: Building) -> str:
    return f"{building.estate}{building.number}号楼"
