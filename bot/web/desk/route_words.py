"""Routing rules in words, and from what was typed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Final

from bot.flow.cases.routing import agency_name
from bot.model.case import RefusedError
from bot.model.routing import Match, Target
from bot.ports.rules import Rules
from bot.ports.storage import Views
from bot.web.site import Form, number_of
from nlp.matter.services import AGENCIES

_WORDS_MOST: Final = 20
_LONGEST: Final = 40
_APART: Final = re.compile(r"[\s、，,;；]+")


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called."""

    grids: Mapping[int, str]
    staff: Mapping[int, str]


def names_of(views: Views) -> Names:
    """Read the names that rules speak of."""
    return Names(
        grids={grid.id: grid.name for grid in views.places.grids()},
        staff={member.id: member.name for member in views.staff.all()},
    )


def asks_for(rules: Rules, names: Names, match: Match) -> str:
    """Say what a rule asks for."""
    say = rules.texts.say
    groups = {group.code: group.name for group in rules.services.groups}
    days = "、".join(say(f"desk.routes.day{day}") for day in sorted(match.weekdays))
    parts = [
        rules.service(match.service_code).name if match.service_code else "",
        groups.get(match.group, match.group),
        names.grids.get(match.grid_id or 0, ""),
        match.place,
        days,
        say("desk.routes.hours", begins=_clock(match.hours[0]), ends=_clock(match.hours[1]))
        if match.hours
        else "",
        say("desk.routes.said", words="”“".join(match.words)) if match.words else "",
    ]
    return "，".join(part for part in parts if part)


def goes_to(rules: Rules, names: Names, target: Target) -> str:
    """Say where a rule sends a matter."""
    who = "" if target.staff_id is None else names.staff.get(target.staff_id, "")
    agency = agency_name(rules, target.agency) if target.agency else ""
    urgent = rules.texts.say("desk.tag.urgent") if target.urgent else ""
    return " · ".join(part for part in (agency, who, urgent) if part)


def read_match(rules: Rules, form: Form) -> Match:
    """Return what was typed; a RefusedError names what is wrong."""
    service, group = form.get("service", ""), form.get("group", "")
    if service and all(one.code != service for one in rules.services.services):
        raise RefusedError("route_unknown")
    if group and all(one.code != group for one in rules.services.groups):
        raise RefusedError("route_unknown")
    words = tuple(word for word in _APART.split(form.get("words", "")) if word)
    place = form.get("place", "").strip()
    if len(words) > _WORDS_MOST or any(len(text) > _LONGEST for text in (*words, place)):
        raise RefusedError("too_long")
    return Match(
        service_code=service,
        group=group,
        grid_id=number_of(form, "grid") or None,
        place=place,
        weekdays=frozenset(day for day in range(7) if form.get(f"day{day}")),
        hours=_hours(form),
        words=words,
    )


def read_target(form: Form) -> Target:
    """Return where it is to go."""
    agency = form.get("agency", "")
    if agency and agency not in AGENCIES:
        raise RefusedError("route_unknown")
    return Target(
        agency=agency,
        staff_id=number_of(form, "to_staff") or None,
        urgent=bool(form.get("urgent")),
    )


def _hours(form: Form) -> tuple[int, int] | None:
    begins, ends = form.get("begins", "").strip(), form.get("ends", "").strip()
    if not begins and not ends:
        return None
    try:
        pair = (time.fromisoformat(begins), time.fromisoformat(ends))
    except ValueError:
        raise RefusedError("route_hours") from None
    minutes = (pair[0].hour * 60 + pair[0].minute, pair[1].hour * 60 + pair[1].minute)
    if minutes[0] == minutes[1]:
        raise RefusedError("route_hours")
    return minutes


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"
