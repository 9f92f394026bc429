"""The rules by which cases are routed: in order, with a rehearsal before they are switched on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from aiohttp import web

from bot.flow.cases import routing
from bot.flow.cases.routing import Rehearsal, agency_name
from bot.model.case import RefusedError
from bot.model.number import case_number
from bot.model.routing import Route
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.routes import Misrouted, RouteLine
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from bot.web.desk.route_words import Names, asks_for, goes_to, names_of, read_match, read_target
from bot.web.desk.session import SEAT, desk_page
from bot.web.site import Form, form_of, number_in, see, site_of
from nlp.matter.services import AGENCIES, Group, Service

_EXAMPLES_MOST: Final = 20
_HISTORY_MOST: Final = 30
_MISROUTED_MOST: Final = 10
_LOOKS_BACK: Final = timedelta(days=90)
_LIST: Final = "/desk/routes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """The page's content."""

    routes: Sequence[Route]
    lines: Sequence[RouteLine]
    misrouted: Sequence[Misrouted]
    names: Names
    staff: Sequence[Staff]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A case of the last month that would go elsewhere."""

    case_id: int
    number: str
    service: str
    place: str
    before: str
    after: str


async def show_all(request: web.Request) -> web.Response:
    """Show the list, what was misrouted, and the form."""
    return await _page(request)


async def add(request: web.Request) -> web.Response:
    """Add a rule, and rehearse it; a refusal shows the form again with what was typed."""
    site, staff, form = site_of(request), request[SEAT].staff, await form_of(request)
    try:
        match, target = read_match(site.rules, form), read_target(form)
        route_id = await site.storage.write(
            partial(routing.add_route, staff=staff, match=match, target=target)
        )
    except RefusedError as refused:
        return await _page(request, reason=refused.reason, typed=form)
    raise see(f"{_LIST}/{route_id}")


async def show(request: web.Request) -> web.Response:
    """Show what switching the rule would change."""
    site, route_id = site_of(request), number_in(request, "route_id")
    found = await site.storage.read(partial(_rehearse, site.rules, route_id))
    if found is None:
        raise web.HTTPNotFound
    route, names, rehearsal, examples = found
    return desk_page(
        request,
        "route.html",
        route=route,
        asks=asks_for(site.rules, names, route.match),
        goes=goes_to(site.rules, names, route.target),
        rehearsal=rehearsal,
        examples=examples,
    )


def change(step: str) -> Callable[[web.Request], Any]:
    """Return the handler of a change of one rule."""
    return partial(_change, _STEPS[step])


async def _change(step: Callable[[Tx, Staff, int], None], request: web.Request) -> web.Response:
    site, staff, route_id = site_of(request), request[SEAT].staff, number_in(request, "route_id")
    try:
        await site.storage.write(lambda tx: step(tx, staff, route_id))
    except RefusedError as refused:
        return await _page(request, reason=refused.reason)
    raise see(_LIST)


async def _page(
    request: web.Request, *, reason: str = "", typed: Form = MappingProxyType({})
) -> web.Response:
    site = site_of(request)
    sight = await site.storage.read(_look)
    rules, names = site.rules, sight.names
    return desk_page(
        request,
        "routes.html",
        status=409 if reason else 200,
        problem=rules.texts.say(f"case.refused.{reason}") if reason else "",
        typed=typed,
        sight=sight,
        rows=[
            (one, asks_for(rules, names, one.match), goes_to(rules, names, one.target))
            for one in sight.routes
        ],
        misrouted=[
            (rules.service(one.service_code).name, agency_name(rules, one.agency), one.count)
            for one in sight.misrouted[:_MISROUTED_MOST]
        ],
        choices=_choices,
        services=rules.services.services,
        groups=rules.services.groups,
        agencies=_agencies(rules),
    )


def _look(views: Views) -> Sight:
    return Sight(
        routes=views.routes.all(),
        lines=views.routes.history(_HISTORY_MOST),
        misrouted=views.routes.misrouted(views.now - _LOOKS_BACK),
        names=names_of(views),
        staff=[one for one in views.staff.all() if may(one.role, Right.HANDLE_CASE)],
    )


def _rehearse(
    rules: Rules, route_id: int, views: Views
) -> tuple[Route, Names, Rehearsal, Sequence[Example]] | None:
    route = next((one for one in views.routes.all() if one.id == route_id), None)
    if route is None:
        return None
    names, rehearsal = names_of(views), routing.rehearse_switch(views, rules, route)
    examples = []
    for one in rehearsal.changed[:_EXAMPLES_MOST]:
        page = views.cases.page(one.case_id)
        if page is not None:
            examples.append(
                Example(
                    case_id=one.case_id,
                    number=case_number(one.case_id),
                    service=rules.service(page.case.service_code).name,
                    place=page.case.place,
                    before=goes_to(rules, names, one.before),
                    after=goes_to(rules, names, one.after),
                )
            )
    return route, names, rehearsal, examples


def _choices(entries: Sequence[Service | Group]) -> list[tuple[str, str]]:
    return [(entry.code, entry.name) for entry in entries]


def _agencies(rules: Rules) -> Mapping[str, str]:
    return {code: agency_name(rules, code) for code in sorted(AGENCIES)}


def _on(tx: Tx, staff: Staff, route_id: int) -> None:
    routing.switch_route(tx, staff, route_id, on=True)


def _off(tx: Tx, staff: Staff, route_id: int) -> None:
    routing.switch_route(tx, staff, route_id, on=False)


def _up(tx: Tx, staff: Staff, route_id: int) -> None:
    routing.move_route(tx, staff, route_id, up=True)


def _down(tx: Tx, staff: Staff, route_id: int) -> None:
    routing.move_route(tx, staff, route_id, up=False)


_STEPS: Final = MappingProxyType(
    {"on": _on, "off": _off, "up": _up, "down": _down, "remove": routing.remove_route}
)
