"""All cases, as a list or as a board: filters that are links, and a search by number or words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from bot.model.case import OPEN_STATES, State
from bot.model.number import case_id
from bot.model.place import Organisation
from bot.model.staff import Staff
from bot.ports.lists import CaseFilter
from bot.ports.rules import Rules
from bot.ports.storage import Views
from bot.web.cases import Card, card
from bot.web.desk.session import SEAT, desk_page
from bot.web.site import see, site_of

_MOST: Final = 100
_COLUMN_MOST: Final = 30
_COUNTED_MOST: Final = 1000
_WORDS_MOST: Final = 5
_LONGEST: Final = 60
_DIGITS_MOST: Final = 15
_STAGES: Final = MappingProxyType(
    {
        "open": tuple(sorted(OPEN_STATES)),
        "waiting": (State.FOUND, State.REOPENED),
        "assigned": (State.ASSIGNED,),
        "on_site": (State.ON_SITE,),
        "follow_up": (State.FOLLOW_UP,),
        "archived": (State.ARCHIVED,),
        "elsewhere": (State.OUT_OF_SCOPE, State.MERGED, State.WITHDRAWN),
    }
)
_COLUMNS: Final = ("waiting", "assigned", "on_site", "follow_up")
_DAYS: Final = (1, 7, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks for. Each is also the name of a parameter."""

    view: str = "list"
    stage: str = "open"
    q: str = ""
    group: str = ""
    grid: str = ""
    handler: str = ""
    days: str = ""
    urgent: str = ""
    late: str = ""
    before: str = ""

    def link(self, **changes: str) -> str:
        """Return the address with these changes; from the newest on, unless it says otherwise."""
        asked = replace(self, **({"before": ""} | changes))
        given = {name: getattr(asked, name) for name in _NAMES}
        usual = {name: getattr(Asked(), name) for name in _NAMES}
        return f"/desk/all?{urlencode({k: v for k, v in given.items() if v != usual[k]})}"


_NAMES: Final = tuple(Asked.__slots__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One stage of the board; `count` says no more than so many."""

    stage: str
    cards: Sequence[Card]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """The page's content; `older` is where the next page goes on, if there is one."""

    cards: Sequence[Card]
    columns: Sequence[Column]
    counts: Mapping[str, int]
    older: str
    grids: Sequence[Organisation]
    members: Sequence[Staff]


async def show(request: web.Request) -> web.Response:
    """Show what is asked for, or go to the case whose number was typed."""
    site = site_of(request)
    asked = _asked(request)
    found = case_id("".join(asked.q.split()).upper())
    if found and await site.storage.read(lambda views: views.cases.page(found)) is not None:
        raise see(f"/desk/cases/{found}")
    sight = await site.storage.read(partial(_look, site.rules, asked, request[SEAT].staff))
    return desk_page(
        request,
        "all.html",
        asked=asked,
        sight=sight,
        stages=tuple(_STAGES),
        groups=site.rules.services.groups,
        days=_DAYS,
        counted_most=_COUNTED_MOST,
    )


def _asked(request: web.Request) -> Asked:
    given = {name: request.query.get(name, "").strip()[:_LONGEST] for name in _NAMES}
    asked = Asked(**{name: value for name, value in given.items() if value})
    if asked.stage not in _STAGES:
        asked = replace(asked, stage="open")
    return asked if asked.view == "board" else replace(asked, view="list")


def _look(rules: Rules, asked: Asked, staff: Staff, views: Views) -> Sight:
    wanted = _filter(rules, asked, staff, views)
    board = asked.view == "board"
    rows = views.lists.newest(wanted, before=_whole(asked.before), limit=_MOST) if not board else []
    return Sight(
        cards=[card(rules, row, views.now, side="desk") for row in rows],
        columns=[_column(rules, wanted, stage, views) for stage in _COLUMNS] if board else [],
        counts={
            stage: views.lists.count(replace(wanted, states=states), most=_COUNTED_MOST)
            for stage, states in _STAGES.items()
        },
        older=str(rows[-1].case.id) if len(rows) == _MOST else "",
        grids=views.places.grids(),
        members=views.staff.all(),
    )


def _filter(rules: Rules, asked: Asked, staff: Staff, views: Views) -> CaseFilter:
    services = tuple(service.code for service in rules.services.in_group(asked.group))
    days = _whole(asked.days)
    return CaseFilter(
        states=_STAGES[asked.stage],
        services=services,
        grid_id=_whole(asked.grid),
        handler_id=staff.id if asked.handler == "me" else _whole(asked.handler),
        since=views.now - timedelta(days=days) if days in _DAYS else None,
        urgent=bool(asked.urgent),
        late=bool(asked.late),
        words=tuple(asked.q.split()[:_WORDS_MOST]),
    )


def _column(rules: Rules, wanted: CaseFilter, stage: str, views: Views) -> Column:
    here = replace(wanted, states=_STAGES[stage])
    rows = views.lists.first_due(here, limit=_COLUMN_MOST)
    return Column(
        stage=stage,
        cards=[card(rules, row, views.now, side="desk") for row in rows],
        count=views.lists.count(here, most=_COUNTED_MOST),
    )


def _whole(value: str) -> int | None:
    fits = value.isascii() and value.isdecimal() and len(value) <= _DIGITS_MOST
    return int(value) if fits else None
