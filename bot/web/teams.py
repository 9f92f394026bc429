"""队伍和班: who carries an initiative out, what there is to do, and one shift with its check-in."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Final

from aiohttp import web

from bot.flow import shift_check_in, shifts, team
from bot.flow.result import public_photos
from bot.model.case import RefusedError
from bot.model.initiative import Initiative
from bot.model.people import Contact
from bot.model.team import JOINABLE, WORKING, Seat, Shift, ShownCode, Task, minutes_of
from bot.oversight.permissions import Service, served
from bot.ports.positions import Mark
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from bot.web.check_in import WrongError, position_of
from bot.web.media import Found, look, media_response
from bot.web.site import Form, Site, form_of, number_in, number_of, see, site_of
from bot.web.visitor import CHANNEL, known_visitor
from channels.datum import in_wgs84
from channels.message import Position

_TEAM: Final = "/initiatives/{number}/team"
_SHIFT: Final = "/initiatives/{number}/shifts/{shift}"
_NOTHING: Final[Form] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Done:
    """A form of this browser's visitor, and the initiative or shift that it is about."""

    rules: Rules
    contact: Contact
    about: int
    form: Form
    now: datetime

    @property
    def person_id(self) -> int:
        return self.contact.person_id

    @property
    def item(self) -> int:
        """Which task or whose place."""
        return number_of(self.form, "item")

    @property
    def position(self) -> Position:
        """Where the browser says to be."""
        try:
            found = position_of(self.form, self.now)
        except WrongError:
            found = None
        if found is None:
            raise RefusedError("shift_doubtful")
        return found


_Deed = Callable[[Tx, _Done], object]
_Page = Callable[..., Awaitable[web.Response]]


@dataclass(frozen=True, slots=True)
class ShiftSight:
    """A shift with who is on it; `mine` is the visitor's place."""

    shift: Shift
    seats: Sequence[Seat]
    mine: Seat | None

    @property
    def there(self) -> list[Seat]:
        """Who has checked in."""
        return [seat for seat in self.seats if seat.came_at is not None]

    def minutes(self, seat: Seat, now: datetime) -> int:
        """Return what counts of her time until now."""
        full, passed = minutes_of(self.shift, seat), 0
        if seat.came_at is not None:
            begun = max(seat.came_at, self.shift.starts_at)
            passed = max(0, int((now - begun).total_seconds() // 60))
        return min(full, passed)


@dataclass(frozen=True, slots=True)
class Sight:
    """All that the page of a team shows to this browser; `person_id` is None of a stranger."""

    one: Initiative
    person_id: int | None
    known: bool
    belongs: bool
    people: int
    tasks: Sequence[Task]
    shifts: Sequence[ShiftSight]
    marks: Sequence[Mark]
    stewards: frozenset[int]

    @property
    def leads(self) -> bool:
        """Say whether it is hers."""
        return self.person_id == self.one.author_id

    @property
    def works(self) -> bool:
        """Say whether tasks and shifts are made and taken."""
        return self.one.state in WORKING


def routes() -> Sequence[web.AbstractRouteDef]:
    """Return the routes."""
    return [
        web.get(_TEAM, show),
        web.post(_TEAM, do),
        web.get(_SHIFT, show_shift),
        web.post(_SHIFT, do_at_shift),
        web.get("/initiatives/{number}/photos/{photo}", photo),
    ]


async def show(request: web.Request) -> web.Response:
    """Show the team of one, with what this browser can take on."""
    return await _page(request)


async def do(request: web.Request) -> web.Response:
    """Do what a form of the page says, and show what came of it."""
    return await _do(request, number_in(request, "number"), _AT_TEAM, _page)


async def show_shift(request: web.Request) -> web.Response:
    """Show one shift."""
    return await _shift_page(request)


async def do_at_shift(request: web.Request) -> web.Response:
    """Do what a form of the shift's page says; a code that is shown is on the answer alone."""
    return await _do(request, number_in(request, "shift"), _AT_SHIFT, _shift_page)


async def photo(request: web.Request) -> web.Response:
    """Send a photo of what was done, once staff have let everybody see it."""
    query = partial(_photo, number_in(request, "number"), number_in(request, "photo"))
    return media_response(await site_of(request).storage.read(query))


async def _do(
    request: web.Request, about: int, deeds: Mapping[str, _Deed], page: _Page
) -> web.Response:
    site, form = site_of(request), await form_of(request)
    deed = deeds.get(form.get("do", ""))
    if deed is None:
        raise see(request.path)
    try:
        made = await site.storage.write(
            lambda tx: deed(tx, _Done(site.rules, _visitor(tx, request), about, form, tx.now))
        )
    except RefusedError as refused:
        return await page(request, reason=refused.reason, typed=form)
    if isinstance(made, ShownCode):
        return await _shift_page(request, code=made)
    if made is None and form["do"] == "code":
        return await page(request, reason="shift_wrong_code", typed=form)
    raise see(request.path)


def _add_shift(tx: Tx, done: _Done) -> object:
    form = done.form
    zone = done.rules.texts.zone
    try:
        starts, ends = (
            datetime.fromisoformat(f"{form.get('day', '')}T{form.get(name, '')}").replace(
                tzinfo=zone
            )
            for name in ("begins", "ends")
        )
    except ValueError:
        raise RefusedError("shift_times") from None
    chosen = number_of(form, "mark")
    mark = next((one for one in tx.grids.marks() if one.id == chosen), None)
    return shifts.add_shift(
        tx,
        done.person_id,
        done.about,
        starts,
        ends,
        form.get("place", "") or (mark.name if mark else ""),
        number_of(form, "seats"),
        at=None if mark is None else (mark.latitude, mark.longitude),
    )


def _went(tx: Tx, done: _Done) -> object:
    return shift_check_in.went(tx, done.person_id, done.about, done.item)


_AT_TEAM: Final[Mapping[str, _Deed]] = MappingProxyType(
    {
        "join": lambda tx, done: team.join(tx, done.person_id, done.about),
        "leave": lambda tx, done: team.leave(tx, done.person_id, done.about),
        "add_task": lambda tx, done: team.add_task(
            tx, done.person_id, done.about, done.form.get("words", "")
        ),
        "take_task": lambda tx, done: team.take_task(tx, done.person_id, done.about, done.item),
        "give_up": lambda tx, done: team.give_up_task(tx, done.person_id, done.about, done.item),
        "finish": lambda tx, done: team.finish_task(tx, done.person_id, done.about, done.item),
        "add_shift": _add_shift,
    }
)

_AT_SHIFT: Final[Mapping[str, _Deed]] = MappingProxyType(
    {
        "take": lambda tx, done: shifts.take_seat(tx, done.person_id, done.about),
        "leave": lambda tx, done: shifts.leave_seat(tx, done.person_id, done.about),
        "call_off": lambda tx, done: shifts.call_off(tx, done.rules, done.person_id, done.about),
        "place": lambda tx, done: shifts.place_shift(
            tx, done.person_id, done.about, in_wgs84(done.position)
        ),
        "show": lambda tx, done: shift_check_in.show_code(
            tx, done.rules, done.person_id, done.about
        ),
        "code": lambda tx, done: shift_check_in.by_code(
            tx, done.person_id, done.about, done.form.get("code", "").strip()
        ),
        "here": lambda tx, done: shift_check_in.by_position(
            tx, done.rules, done.contact, done.about, done.position
        ),
        "vouch": lambda tx, done: shift_check_in.vouch(tx, done.person_id, done.about, done.item),
        "went": _went,
        "strike": lambda tx, done: shift_check_in.strike(tx, done.person_id, done.about, done.item),
    }
)


async def _page(request: web.Request, *, reason: str = "", typed: Form = _NOTHING) -> web.Response:
    site = site_of(request)
    sight = await _sight(request, site)
    return site.page(
        "team.html",
        status=409 if reason else 200,
        problem=site.rules.texts.say(f"case.refused.{reason}") if reason else "",
        sight=sight,
        typed=typed,
        today=site.clock.now().astimezone(site.rules.texts.zone).date(),
        now=site.clock.now(),
    )


async def _shift_page(
    request: web.Request,
    *,
    reason: str = "",
    typed: Form = _NOTHING,
    code: ShownCode | None = None,
) -> web.Response:
    site, number = site_of(request), number_in(request, "shift")
    sight = await _sight(request, site)
    one = next((each for each in sight.shifts if each.shift.id == number), None)
    if one is None:
        raise web.HTTPNotFound
    now = site.clock.now()
    return site.page(
        "shift.html",
        status=409 if reason else 200,
        problem=site.rules.texts.say(f"case.refused.{reason}") if reason else "",
        sight=sight,
        each=one,
        typed=typed,
        code=code,
        now=now,
        open=one.shift.open_at(now) and sight.one.state.value == "in_progress",
        shows=sight.leads or number in sight.stewards,
        counted=one.minutes(one.mine, now) if one.mine else 0,
    )


async def _sight(request: web.Request, site: Site) -> Sight:
    query = partial(_look, site.rules, number_in(request, "number"), known_visitor(request))
    found = await site.storage.read(query)
    if found is None:
        raise web.HTTPNotFound
    return found


def _look(rules: Rules, number: int, address: str | None, views: Views) -> Sight | None:
    one = views.initiatives.find(number)
    if one is None or one.state not in JOINABLE or one.hidden:
        return None
    contact = None if address is None else views.people.find(CHANNEL, address)
    person = None if contact is None else views.people.person(contact.person_id)
    person_id = None if person is None else person.id
    sights = [_shift(views, shift, person_id) for shift in views.teams.shifts(one.id)]
    return Sight(
        one=one,
        person_id=person_id,
        known=person is not None and served(person.verification, Service.PLEDGE),
        belongs=person_id is not None and team.belongs(views, one, person_id),
        people=len(views.teams.members(one.id)) + 1,
        tasks=views.teams.tasks(one.id),
        shifts=sights,
        marks=views.grids.marks(),
        stewards=frozenset(
            each.shift.id
            for each in sights
            if person_id is not None
            and shift_check_in.may_show(views, rules, one, each.shift, person_id)
        ),
    )


def _shift(views: Views, shift: Shift, person_id: int | None) -> ShiftSight:
    seats = views.teams.seats(shift.id)
    mine = next((seat for seat in seats if seat.person_id == person_id), None)
    return ShiftSight(shift, seats, mine)


def _photo(number: int, photo_id: int, views: Views) -> Found | None:
    one = views.initiatives.find(number)
    if one is None:
        return None
    shown = next((each for each in public_photos(views, one) if each.id == photo_id), None)
    return None if shown is None else look(shown.media_id, views)


def _visitor(tx: Tx, request: web.Request) -> Contact:
    address = known_visitor(request)
    contact = None if address is None else tx.people.find(CHANNEL, address)
    if contact is None:
        raise RefusedError("pledge_stranger")
    return contact
