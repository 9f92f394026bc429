"""Routing rules are applied, changed, rehearsed, and learned from what was misrouted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.flow.cases.move import note
from bot.model.case import SYSTEM, Case, EventKind, RefusedError
from bot.model.routing import Match, Matter, Rehearsed, Route, Target, first_fit, rehearse
from bot.model.staff import Staff, week_time
from bot.oversight.permissions import Right, may
from bot.ports.routes import PastCase
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views

_MONTH: Final = timedelta(days=30)
_PAST_MOST: Final = 5000
_LEARNS_FROM: Final = 3
_LOOKS_BACK: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a rule would change: of how many cases of the last month which go elsewhere."""

    cases: int
    changed: Sequence[Rehearsed]


def matter_of(
    rules: Rules,
    service_code: str,
    *,
    grid_id: int | None,
    place: str,
    words: str,
    at: datetime,
) -> Matter:
    """Return what rules look at."""
    return Matter(
        service_code=service_code,
        group=rules.service(service_code).group,
        grid_id=grid_id,
        place=place,
        words=words,
        at=week_time(at, rules.hours.zone),
    )


def routed(tx: Tx, rules: Rules, case: Case) -> Case:
    """Send the case where the first rule that fits says; the history tells which it was.

    The case is saved by whoever called.
    """
    matter = matter_of(
        rules,
        case.service_code,
        grid_id=case.grid_id,
        place=case.place,
        words=case.description,
        at=tx.now,
    )
    route = first_fit(tx.routes.all(), matter)
    if route is None:
        return case
    agency = route.target.agency or case.agency
    case = replace(case, agency=agency, urgent=case.urgent or route.target.urgent)
    if route.target.staff_id is not None:
        tx.dispatch.mean(case.id, route.target.staff_id)
    words = rules.texts.say("case.event.routed", route=route.id, agency=agency_name(rules, agency))
    note(tx, case, EventKind.ROUTED, SYSTEM, words)
    return case


def agency_name(rules: Rules, code: str) -> str:
    """Return what people call the agency."""
    key = f"desk.agency.{code}"
    return rules.texts.say(key) if rules.texts.has(key) else code


def add_route(tx: Tx, staff: Staff, match: Match, target: Target) -> int:
    """Add a rule at the end of the list, switched off."""
    _check(staff)
    if match.empty:
        raise RefusedError("route_fits_all")
    if target == Target():
        raise RefusedError("route_goes_nowhere")
    if match.grid_id not in {None, *(grid.id for grid in tx.places.grids())}:
        raise RefusedError("route_unknown")
    if target.staff_id is not None:
        member = next((one for one in tx.staff.all() if one.id == target.staff_id), None)
        if member is None or not may(member.role, Right.HANDLE_CASE):
            raise RefusedError("no_such_colleague")
        target = replace(target, agency=member.agency)
    return tx.routes.add(match, target, by=staff.id)


def switch_route(tx: Tx, staff: Staff, route_id: int, *, on: bool) -> None:
    """Switch a rule on or off."""
    _known(tx, staff, route_id)
    tx.routes.switch(route_id, on=on, by=staff.id)


def move_route(tx: Tx, staff: Staff, route_id: int, *, up: bool) -> None:
    """Let a rule be looked at earlier or later."""
    _known(tx, staff, route_id)
    tx.routes.move(route_id, up=up, by=staff.id)


def remove_route(tx: Tx, staff: Staff, route_id: int) -> None:
    """Take a rule off the list: it is switched off and kept."""
    _known(tx, staff, route_id)
    tx.routes.remove(route_id, by=staff.id)


def rehearse_switch(views: Views, rules: Rules, route: Route) -> Rehearsal:
    """Say which cases of the last month would go elsewhere if the rule were switched."""
    now = views.routes.all()
    then = [replace(one, enabled=not one.enabled) if one.id == route.id else one for one in now]
    past = views.routes.past(views.now - _MONTH, _PAST_MOST)
    matters = [(one.id, _past(rules, one), rules.service(one.service_code).agency) for one in past]
    return Rehearsal(len(past), rehearse(now, then, matters))


def learn(tx: Tx, case: Case) -> None:
    """A misrouted case found its place: what repeats becomes a rule that a person may switch on."""
    if not tx.routes.settled(case):
        return
    service, agency = case.service_code, case.agency
    repeated = tx.routes.repeated(service, agency, tx.now - _LOOKS_BACK)
    if repeated >= _LEARNS_FROM and not tx.routes.was_known(service, agency):
        tx.routes.add(Match(service_code=service), Target(agency=agency), by=None)


def _past(rules: Rules, case: PastCase) -> Matter:
    return matter_of(
        rules,
        case.service_code,
        grid_id=case.grid_id,
        place=case.place,
        words=case.words,
        at=case.opened_at,
    )


def _check(staff: Staff) -> None:
    if not may(staff.role, Right.MANAGE_ROUTES):
        raise RefusedError("not_allowed")


def _known(tx: Tx, staff: Staff, route_id: int) -> None:
    _check(staff)
    if all(route.id != route_id for route in tx.routes.all()):
        raise RefusedError("no_such_route")
