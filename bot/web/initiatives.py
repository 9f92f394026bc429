"""一起做: what neighbours want to do, live for everybody, and what this browser gives for it."""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from aiohttp import web

from bot.flow.cards.initiative_card import given
from bot.flow.initiatives import objecting, pledging
from bot.flow.initiatives.result import public_photos
from bot.model.case import RefusedError
from bot.model.initiative import (
    OPEN_FOR_PLEDGES,
    PUBLIC,
    Initiative,
    InitiativeEvent,
    InitiativeState,
    Move,
    Pledge,
    PledgeKind,
    PledgeState,
    Progress,
)
from bot.model.team import JOINABLE, ResultPhoto
from bot.oversight.permissions import Service, served
from bot.ports.bell import INITIATIVES
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from bot.web.initiative_talk import look_at_talk
from bot.web.live import Fresh, Region
from bot.web.media import Found, look, media_response
from bot.web.site import Form, Site, form_of, number_in, number_of, see, site_of
from bot.web.visitor import CHANNEL, known_visitor
from credits.ledger import resident

Unit = Callable[[Tx], object]

_LIST: Final = "/initiatives"
_ONE: Final = "/initiatives/{number}"
_MOST: Final = 60
_WISH: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_TOPICS: Final = frozenset({INITIATIVES})
_SHOWN: Final = PUBLIC | {InitiativeState.LAPSED, InitiativeState.MERGED}
"""What ended can still be read by whoever backed it; what was never published can't."""
_TOLD: Final = frozenset(
    {Move.PUBLISH, Move.GATHER, Move.FILL, Move.DECIDE, Move.BEGIN, Move.FINISH, Move.LAPSE}
)
"""The steps that everybody sees; who took them nobody does."""


@dataclass(frozen=True, slots=True)
class Bar:
    """How much of what is needed is there; without a need there is no bar to fill."""

    name: str
    have: int
    need: int


@dataclass(frozen=True, slots=True)
class Sight:
    """One with how far it is, and what happened."""

    one: Initiative
    progress: Progress
    events: Sequence[InitiativeEvent]
    photos: Sequence[ResultPhoto]


@dataclass(frozen=True, slots=True)
class _Own:
    """What the visitor of this browser has and gave; `points` is None of who never wrote.

    `known` says that she is known well enough to give something.
    """

    points: int | None
    known: bool
    given: Sequence[Pledge]
    person_id: int | None = None


def routes() -> Sequence[web.AbstractRouteDef]:
    """Return the routes."""
    return [
        web.get(_LIST, show_all),
        web.get(f"{_LIST}/events", list_events),
        web.get(_ONE, show),
        web.get(f"{_ONE}/events", events),
        web.post(f"{_ONE}/pledge", pledge),
        web.post(f"{_ONE}/back", take_back),
        web.post(f"{_ONE}/object", object_to),
        web.get(f"{_ONE}/photos/{{photo}}", photo),
    ]


async def show_all(request: web.Request) -> web.Response:
    """Show what can be backed, is being done, and was done."""
    site = site_of(request)
    return site.page("initiatives.html", piece=(await _fresh_list(site)).piece)


async def list_events(request: web.Request) -> web.StreamResponse:
    """Send the list whenever it changes."""
    site = site_of(request)
    region = Region("initiatives", "initiatives", partial(_fresh_list, site), _TOPICS)
    return await site.hub.follow(request, [region])


async def show(request: web.Request) -> web.Response:
    """Show one, with what this browser can give."""
    return await _page(request)


async def events(request: web.Request) -> web.StreamResponse:
    """Send how far it is whenever that changes."""
    site, number = site_of(request), number_in(request, "number")
    await sight_of(site, number)
    region = Region("initiative", f"initiative:{number}", partial(_fresh, site, number), _TOPICS)
    return await site.hub.follow(request, [region])


async def pledge(request: web.Request) -> web.Response:
    """Set something aside, once a form."""
    site, number, form = site_of(request), number_in(request, "number"), await form_of(request)
    wish, kind = form.get("wish", ""), form.get("kind", "")
    if not _WISH.fullmatch(wish) or kind not in set(PledgeKind):
        raise see(f"{_LIST}/{number}")
    unit = partial(_pledge, site.rules, address_in(request), number, PledgeKind(kind), form)
    return await done(request, unit, form)


async def take_back(request: web.Request) -> web.Response:
    """Take back all that this browser's visitor set aside for it."""
    number, address = number_in(request, "number"), address_in(request)

    def unit(tx: Tx) -> object:
        return pledging.take_back(tx, person_at(tx, address), number)

    return await done(request, unit, {})


async def object_to(request: web.Request) -> web.Response:
    """Say what is not fit to be shown."""
    site, number, form = site_of(request), number_in(request, "number"), await form_of(request)
    address = address_in(request)

    def unit(tx: Tx) -> object:
        person = person_at(tx, address)
        return objecting.object_to(tx, site.rules, person, number, form.get("words", ""))

    return await done(request, unit, form)


async def photo(request: web.Request) -> web.Response:
    """Send a photo of what was done, once staff have let everybody see it."""
    query = partial(_photo, number_in(request, "number"), number_in(request, "photo"))
    return media_response(await site_of(request).storage.read(query))


async def done(request: web.Request, unit: Unit, typed: Form) -> web.Response:
    """Do it and show the page anew, or the refusal beside what was typed."""
    site, number = site_of(request), number_in(request, "number")
    try:
        await site.storage.write(unit)
    except RefusedError as refused:
        return await _page(request, reason=refused.reason, typed=typed)
    raise see(f"{_LIST}/{number}")


def _pledge(
    rules: Rules, address: str | None, number: int, kind: PledgeKind, form: Form, tx: Tx
) -> object:
    amount = 1 if kind is PledgeKind.THING else number_of(form, "amount")
    return pledging.pledge(
        tx,
        rules,
        person_at(tx, address),
        number,
        kind,
        amount,
        key=f"page:{form['wish']}",
        words=form.get("words", ""),
    )


def person_at(tx: Tx, address: str | None) -> int:
    """Return who writes from this browser; RefusedError where nobody has yet."""
    contact = None if address is None else tx.people.find(CHANNEL, address)
    if contact is None:
        raise RefusedError("pledge_stranger")
    return contact.person_id


async def _page(
    request: web.Request, *, reason: str = "", typed: Form | None = None
) -> web.Response:
    site, number = site_of(request), number_in(request, "number")
    sight = await sight_of(site, number)
    own = await site.storage.read(partial(_own, address_in(request), number))
    person_id = own.person_id
    talk = await site.storage.read(lambda views: look_at_talk(views, sight.one, person_id))
    limits = site.rules.policy.initiatives
    return site.page(
        "initiative_hidden.html" if sight.one.hidden else "initiative.html",
        status=409 if reason else 200,
        problem=site.rules.texts.say(f"case.refused.{reason}") if reason else "",
        one=sight.one,
        piece=_piece(site, sight).piece,
        open=sight.one.state in OPEN_FOR_PLEDGES,
        joinable=sight.one.state in JOINABLE,
        own=own,
        talk=talk,
        given={one.kind.value for one in own.given},
        mine="、".join(given(site.rules, one) for one in own.given),
        typed=typed or {},
        limits=limits,
        wish=secrets.token_urlsafe(16),
    )


async def sight_of(site: Site, number: int) -> Sight:
    """Return one that can be looked at; there is no page where there is none."""
    found = await site.storage.read(partial(_look, number))
    if found is None:
        raise web.HTTPNotFound
    return found


async def _fresh(site: Site, number: int) -> Fresh:
    return _piece(site, await sight_of(site, number))


def _piece(site: Site, sight: Sight) -> Fresh:
    piece = site.pages.piece(
        "initiative_body.html",
        site.clock.now(),
        one=sight.one,
        open=sight.one.state in OPEN_FOR_PLEDGES,
        bars=bars(site.rules, sight.one, sight.progress),
        things=sight.progress.things,
        events=[one for one in sight.events if one.move in _TOLD],
        photos=sight.photos,
    )
    return Fresh(piece, _TOPICS)


def bars(rules: Rules, one: Initiative, progress: Progress) -> list[Bar]:
    """Return what is there beside what is needed: people always, the rest where it is asked for."""
    wish, least = one.wish, rules.policy.initiatives.supporters
    found = [
        Bar("people", progress.people, least),
        Bar("hours", progress.hours, wish.hours),
        Bar("points", progress.points, wish.points),
    ]
    return [bar for bar in found if bar.need]


async def _fresh_list(site: Site) -> Fresh:
    found, progress = await site.storage.read(_look_at_all)
    piece = site.pages.piece(
        "initiative_list.html",
        site.clock.now(),
        found=found,
        progress=progress,
        open=OPEN_FOR_PLEDGES,
        bars={one.id: bars(site.rules, one, progress[one.id]) for one in found},
    )
    return Fresh(piece, _TOPICS)


def _look_at_all(views: Views) -> tuple[Sequence[Initiative], Mapping[int, Progress]]:
    """Return those first that can still be backed, then what is in hand, then what is done."""
    found = views.initiatives.public(_MOST)
    ordered = sorted(
        found,
        key=lambda one: (
            one.state not in OPEN_FOR_PLEDGES,
            one.state is InitiativeState.DONE,
            -one.id,
        ),
    )
    return ordered, views.initiatives.progress(ordered)


def _look(number: int, views: Views) -> Sight | None:
    one = views.initiatives.find(number)
    if one is None or one.state not in _SHOWN:
        return None
    progress = views.initiatives.progress([one])[one.id]
    photos = public_photos(views, one)
    return Sight(one, progress, views.initiatives.events(one.id), photos)


def _photo(number: int, photo_id: int, views: Views) -> Found | None:
    one = views.initiatives.find(number)
    if one is None:
        return None
    shown = next((each for each in public_photos(views, one) if each.id == photo_id), None)
    return None if shown is None else look(shown.media_id, views)


def _own(address: str | None, number: int, views: Views) -> _Own:
    contact = None if address is None else views.people.find(CHANNEL, address)
    if contact is None:
        return _Own(None, known=False, given=())
    points = views.journal.balance(resident(contact.person_id)).free
    mine = views.initiatives.pledges_of(contact.person_id)
    standing = [
        one
        for one in reversed(mine)
        if one.initiative_id == number and one.state is not PledgeState.BACK
    ]
    known = served(views.people.person(contact.person_id).verification, Service.PLEDGE)
    return _Own(points, known=known, given=standing, person_id=contact.person_id)


def address_in(request: web.Request) -> str | None:
    """Return the browser's address in the chat, if it has one."""
    return known_visitor(request)
