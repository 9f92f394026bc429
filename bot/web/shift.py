"""One shift of a team: who is on it and came, and the check-in; live, for each as she sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Final

from aiohttp import web

from bot.flow.initiatives import shift_check_in, shifts
from bot.model.case import RefusedError
from bot.model.initiative import InitiativeState
from bot.model.team import Seat, Shift, ShownCode, minutes_of
from bot.ports.storage import Tx, Views
from bot.web.live import Fresh, Region
from bot.web.shield import LOCATING
from bot.web.site import Site, number_in, see, site_of
from bot.web.team_visitor import TOPICS, Deed, Sent, Standing, gone, missing, send, standing
from bot.web.visitor import known_visitor
from channels.datum import in_wgs84

_SHIFT: Final = "/initiatives/{number}/shifts/{shift}"


@dataclass(frozen=True, slots=True)
class Sight:
    """A shift as this browser sees it; `mine` is the visitor's place, `shows` a code she may."""

    who: Standing
    shift: Shift
    seats: Sequence[Seat]
    shows: bool
    now: datetime

    @property
    def mine(self) -> Seat | None:
        """Return the visitor's place."""
        mine = (seat for seat in self.seats if seat.person_id == self.who.person_id)
        return next(mine, None)

    @property
    def there(self) -> list[Seat]:
        """Return who has checked in."""
        return [seat for seat in self.seats if seat.came_at is not None]

    @property
    def open(self) -> bool:
        """Say whether one can check in now."""
        return self.who.one.state is InitiativeState.IN_PROGRESS and self.shift.open_at(self.now)

    @property
    def counted(self) -> int:
        """Return the minutes of the visitor's that count until now."""
        return 0 if self.mine is None else minutes_of(self.shift, self.mine, self.now)


@dataclass(frozen=True, slots=True)
class _Key:
    """Which shift of which initiative, and whose browser."""

    site: Site
    number: int
    shift: int
    address: str | None

    def __str__(self) -> str:
        return f"shift:{self.number}:{self.shift}:{self.address or ''}"


def routes() -> Sequence[web.AbstractRouteDef]:
    """Return the routes."""
    return [
        web.get(_SHIFT, show),
        web.get(f"{_SHIFT}/events", events),
        web.post(_SHIFT, do),
    ]


async def show(request: web.Request) -> web.Response:
    """Show one shift."""
    return await _page(request)


async def do(request: web.Request) -> web.Response:
    """Do what a form of the page says; a code that is shown is on the answer alone."""
    form, made = await send(request, number_in(request, "shift"), _DEEDS)
    if isinstance(made, RefusedError):
        return await _page(request, reason=made.reason)
    if isinstance(made, ShownCode):
        return await _page(request, code=made)
    if made is None and form["do"] == "code":
        return await _page(request, reason="shift_wrong_code")
    raise see(request.path)


async def events(request: web.Request) -> web.StreamResponse:
    """Send the shift as this browser sees it, whenever it changes."""
    key = _key(request)
    if await key.site.storage.read(partial(_look, key)) is None:
        raise web.HTTPNotFound
    return await key.site.hub.follow(
        request, [Region("shift", str(key), partial(_fresh, key), TOPICS)]
    )


async def _page(
    request: web.Request, *, reason: str = "", code: ShownCode | None = None
) -> web.Response:
    key = _key(request)
    site, sight = key.site, await key.site.storage.read(partial(_look, key))
    if sight is None:
        raise missing(key.number)
    response = site.page(
        "shift.html",
        status=409 if reason else 200,
        problem=site.rules.texts.say(f"case.refused.{reason}") if reason else "",
        one=sight.who.one,
        shift=sight.shift,
        code=code,
        seconds=int((code.until - sight.now).total_seconds()) if code else 0,
        piece=_piece(site, sight).piece,
    )
    name, value = LOCATING
    response.headers[name] = value
    return response


def _key(request: web.Request) -> _Key:
    number, shift = number_in(request, "number"), number_in(request, "shift")
    return _Key(site_of(request), number, shift, known_visitor(request))


async def _fresh(key: _Key) -> Fresh:
    found = await key.site.storage.read(partial(_look, key))
    return gone(key.site) if found is None else _piece(key.site, found)


def _piece(site: Site, sight: Sight) -> Fresh:
    return Fresh(site.pages.piece("shift_body.html", sight.now, sight=sight), TOPICS)


def _look(key: _Key, views: Views) -> Sight | None:
    who, shift = standing(views, key.number, key.address), views.teams.shift(key.shift)
    if who is None or shift is None or shift.initiative_id != who.one.id:
        return None
    shows = who.person_id is not None and shift_check_in.may_show(
        views, key.site.rules, who.one, shift, who.person_id
    )
    return Sight(who, shift, views.teams.seats(shift.id), shows, key.site.clock.now())


def _place(tx: Tx, sent: Sent) -> Shift:
    return shifts.place_shift(tx, sent.person_id, sent.about, in_wgs84(sent.position))


def _type_code(tx: Tx, sent: Sent) -> Seat | None:
    digits = sent.form.get("code", "").strip()
    return shift_check_in.by_code(tx, sent.person_id, sent.about, digits)


def _here(tx: Tx, sent: Sent) -> object:
    return shift_check_in.by_position(tx, sent.rules, sent.contact, sent.about, sent.position)


_DEEDS: Final[Mapping[str, Deed]] = MappingProxyType(
    {
        "take": lambda tx, sent: shifts.take_seat(tx, sent.person_id, sent.about),
        "leave": lambda tx, sent: shifts.leave_seat(tx, sent.person_id, sent.about),
        "call_off": lambda tx, sent: shifts.call_off(tx, sent.rules, sent.person_id, sent.about),
        "place": _place,
        "show": lambda tx, sent: shift_check_in.show_code(
            tx, sent.rules, sent.person_id, sent.about
        ),
        "code": _type_code,
        "here": _here,
        "vouch": lambda tx, sent: shift_check_in.vouch(tx, sent.person_id, sent.about, sent.item),
        "went": lambda tx, sent: shift_check_in.went(tx, sent.person_id, sent.about, sent.item),
        "strike": lambda tx, sent: shift_check_in.strike(tx, sent.person_id, sent.about, sent.item),
    }
)
