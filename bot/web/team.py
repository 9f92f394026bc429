"""队伍和班: who carries an initiative out, and what there is to do; live, as each sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Final

from aiohttp import web

from bot.flow.initiatives import shifts, team
from bot.flow.initiatives.initiatives import tell_result
from bot.model.case import RefusedError
from bot.model.team import Shift, Task
from bot.ports.positions import Mark
from bot.ports.storage import Tx, Views
from bot.web.live import Fresh, Region
from bot.web.site import Form, Site, number_in, number_of, see, site_of
from bot.web.team_visitor import (
    NOTHING,
    TOPICS,
    Deed,
    Sent,
    Standing,
    gone,
    missing,
    send,
    standing,
)
from bot.web.visitor import known_visitor

_TEAM: Final = "/initiatives/{number}/team"


@dataclass(frozen=True, slots=True)
class ShiftLine:
    """A shift with how many are on it, and whether the visitor is."""

    shift: Shift
    taken: int
    mine: bool


@dataclass(frozen=True, slots=True)
class Sight:
    """All that the page shows to this browser."""

    who: Standing
    tasks: Sequence[Task]
    shifts: Sequence[ShiftLine]
    marks: Sequence[Mark]


def routes() -> Sequence[web.AbstractRouteDef]:
    """Return the routes."""
    return [
        web.get(_TEAM, show),
        web.get(f"{_TEAM}/events", events),
        web.post(_TEAM, do),
    ]


async def show(request: web.Request) -> web.Response:
    """Show the team of one, with what this browser can take on."""
    return await _page(request)


async def do(request: web.Request) -> web.Response:
    """Do what a form of the page says, and show what came of it."""
    form, made = await send(request, number_in(request, "number"), _DEEDS)
    if isinstance(made, RefusedError):
        return await _page(request, reason=made.reason, typed=form)
    raise see(request.path)


async def events(request: web.Request) -> web.StreamResponse:
    """Send the team as this browser sees it, whenever it changes."""
    site, number, address = _key(request)
    if await site.storage.read(partial(_look, number, address)) is None:
        raise web.HTTPNotFound
    make = partial(_fresh, site, number, address)
    return await site.hub.follow(
        request, [Region("team", f"team:{number}:{address or ''}", make, TOPICS)]
    )


async def _page(request: web.Request, *, reason: str = "", typed: Form = NOTHING) -> web.Response:
    site, number, address = _key(request)
    sight = await site.storage.read(partial(_look, number, address))
    if sight is None:
        raise missing(number)
    return site.page(
        "team.html",
        status=409 if reason else 200,
        problem=site.rules.texts.say(f"case.refused.{reason}") if reason else "",
        one=sight.who.one,
        piece=_piece(site, sight, typed).piece,
    )


def _key(request: web.Request) -> tuple[Site, int, str | None]:
    return site_of(request), number_in(request, "number"), known_visitor(request)


async def _fresh(site: Site, number: int, address: str | None) -> Fresh:
    found = await site.storage.read(partial(_look, number, address))
    return gone(site) if found is None else _piece(site, found, NOTHING)


def _piece(site: Site, sight: Sight, typed: Form) -> Fresh:
    now = site.clock.now()
    today = now.astimezone(site.rules.texts.zone).date()
    piece = site.pages.piece("team_body.html", now, sight=sight, typed=typed, today=today)
    return Fresh(piece, TOPICS)


def _look(number: int, address: str | None, views: Views) -> Sight | None:
    who = standing(views, number, address)
    if who is None:
        return None
    seats = views.teams.all_seats(number)
    lines = []
    for shift in views.teams.shifts(number):
        there = [seat.person_id for seat in seats if seat.shift_id == shift.id]
        lines.append(ShiftLine(shift, len(there), who.person_id in there))
    return Sight(who, views.teams.tasks(number), lines, views.grids.marks())


def _add_shift(tx: Tx, sent: Sent) -> Shift:
    form, zone = sent.form, sent.rules.texts.zone
    try:
        starts, ends = (
            datetime.fromisoformat(f"{form.get('day', '')}T{form.get(name, '')}").replace(
                tzinfo=zone
            )
            for name in ("begins", "ends")
        )
    except ValueError:
        raise RefusedError("shift_times") from None
    mark = sent.mark(tx)
    return shifts.add_shift(
        tx,
        sent.person_id,
        sent.about,
        starts,
        ends,
        form.get("place", "") or (mark.name if mark else ""),
        number_of(form, "seats"),
        at=None if mark is None else (mark.latitude, mark.longitude),
    )


_DEEDS: Final[Mapping[str, Deed]] = MappingProxyType(
    {
        "join": lambda tx, sent: team.join(tx, sent.person_id, sent.about),
        "leave": lambda tx, sent: team.leave(tx, sent.person_id, sent.about),
        "add_task": lambda tx, sent: team.add_task(
            tx, sent.person_id, sent.about, sent.form.get("words", "")
        ),
        "take_task": lambda tx, sent: team.take_task(tx, sent.person_id, sent.about, sent.item),
        "give_up": lambda tx, sent: team.give_up_task(tx, sent.person_id, sent.about, sent.item),
        "finish": lambda tx, sent: team.finish_task(tx, sent.person_id, sent.about, sent.item),
        "add_shift": _add_shift,
        "result": lambda tx, sent: tell_result(
            tx, sent.about, sent.person_id, sent.form.get("words", "")
        ),
    }
)
