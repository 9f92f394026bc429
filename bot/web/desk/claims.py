"""申报: the queue of what residents say to have done, and the page on which one is decided."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.flow.credit import moderate
from bot.flow.credit.two_people import take_back as take_points_back
from bot.model.staff import Staff
from bot.ports.bell import CLAIMS
from bot.ports.moderation import REASONS, Claim, ClaimEvent
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from bot.web.desk.once import Step, once, take_step
from bot.web.desk.session import SEAT, desk_page
from bot.web.live import Fresh, Region
from bot.web.media import Found, media_response
from bot.web.media import look as look_at_media
from bot.web.site import Form, Site, form_of, number_in, number_of, see, site_of
from bot.web.visitor import CHANNEL
from channels.webchat import VISITOR_COOKIE, address_of
from credits.claims import OPEN, TO_DECIDE, ClaimState
from credits.signals import Signal

_LIST: Final = "/desk/claims"
_MOST: Final = 100
_EARLIER_MOST: Final = 6
_HOME: Final = ("estate", "building", "unit", "room")
_PAIR: Final = re.compile(r"([0-9]{1,15})-([0-9]{1,9})")
_NOTHING: Final[Form] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A claim as the queue lists it, with its signals in words."""

    claim: Claim
    name: str
    signals: Sequence[str]
    photos: int
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimSight:
    """All that its page shows."""

    row: Row
    photos: Sequence[int]
    events: Sequence[ClaimEvent]
    names: Mapping[int, str]
    witnesses: int
    earlier: Sequence[Row]
    waiting: int
    earned: int


async def show_all(request: web.Request) -> web.Response:
    """Show the queue, the riskiest first."""
    site = site_of(request)
    fresh = await _fresh(site)
    rows = await site.storage.read(partial(queue, site.rules))
    harmless = [one.claim for one in rows if moderate.harmless(one.claim)][: moderate.BULK_MOST]
    return desk_page(request, "claims.html", piece=fresh.piece, harmless=harmless)


async def events(request: web.Request) -> web.StreamResponse:
    """Send the queue whenever it changes."""
    site = site_of(request)
    region = Region("claims", "claims", partial(_fresh, site), frozenset({CLAIMS}))
    return await site.hub.follow(request, [region])


async def show(request: web.Request) -> web.Response:
    """Show one claim with what speaks for and against it."""
    return await _page(request)


async def photo(request: web.Request) -> web.Response:
    """Send one of its photos."""
    claim_id, number = number_in(request, "claim_id"), number_in(request, "number")
    found = await site_of(request).storage.read(partial(_photo_of, claim_id, number))
    return media_response(found)


_STEPS: Final[Mapping[str, Step]] = MappingProxyType(
    {
        "approve": lambda tx, rules, claim_id, staff, form: moderate.approve(
            tx, rules, claim_id, staff, version=number_of(form, "version")
        ),
        "reject": lambda tx, rules, claim_id, staff, form: moderate.reject(
            tx,
            rules,
            claim_id,
            staff,
            form.get("reason", ""),
            form.get("words", ""),
            version=number_of(form, "version"),
        ),
        "ask": lambda tx, rules, claim_id, staff, form: moderate.ask(
            tx, rules, claim_id, staff, form.get("words", ""), version=number_of(form, "version")
        ),
        "take-back": lambda tx, rules, claim_id, staff, form: take_points_back(
            tx, rules, claim_id, staff, form.get("words", "")
        ),
        "kin": lambda tx, _, claim_id, staff, __: moderate.declare_kin(tx, claim_id, staff),
        "home": lambda tx, _, claim_id, staff, form: moderate.note_home(
            tx, claim_id, staff, *(form.get(part, "") for part in _HOME)
        ),
    }
)
_DECIDES: Final = frozenset({"approve", "reject", "ask"})
"""After these the next claim is shown, after the others the same one."""


def step_handler(name: str) -> Handler:
    """Return the handler of the step of that name."""
    return partial(_do, name)


async def _do(name: str, request: web.Request) -> web.Response:
    """Do the step and show the claim of which something is to be done, or why it was refused."""
    claim_id = number_in(request, "claim_id")
    await note_own_browser(request)
    problem = await take_step(request, _STEPS[name], claim_id)
    if problem:
        return await _page(request, problem=problem, typed=await form_of(request))
    if name not in _DECIDES:
        raise see(f"{_LIST}/{claim_id}")
    site = site_of(request)
    rows = await site.storage.read(partial(queue, site.rules))
    following = next((one.claim.id for one in rows if one.claim.state in TO_DECIDE), None)
    raise see(_LIST if following is None else f"{_LIST}/{following}")


async def harmless(request: web.Request) -> web.Response:
    """Approve those together that nothing speaks against; only those that the page listed."""
    site, staff, form = site_of(request), request[SEAT].staff, await form_of(request)
    pairs = [(int(one[1]), int(one[2])) for one in _PAIR.finditer(form.get("claims", ""))]
    await note_own_browser(request)
    unit = once(lambda tx: moderate.approve_harmless(tx, site.rules, pairs, staff), staff, form)
    await site.storage.write(unit)
    raise see(_LIST)


async def note_own_browser(request: web.Request) -> None:
    """Whoever chats as a resident in this browser is the member herself: not hers to decide."""
    address = address_of(request.cookies.get(VISITOR_COOKIE, ""))
    if address is not None:
        staff_id = request[SEAT].staff.id
        await site_of(request).storage.write(partial(_same_browser, staff_id, address))


def _same_browser(staff_id: int, address: str, tx: Tx) -> None:
    contact = tx.people.find(CHANNEL, address)
    if contact is not None:
        tx.claims.acquaint(staff_id, contact.id, staff_id)


async def _page(request: web.Request, *, problem: str = "", typed: Form = _NOTHING) -> web.Response:
    site, staff = site_of(request), request[SEAT].staff
    look = partial(_look, site.rules, number_in(request, "claim_id"))
    sight = await site.storage.read(look)
    if sight is None:
        raise web.HTTPNotFound
    barred = await site.storage.read(partial(_barred, sight.row.claim, staff))
    why = site.rules.texts.say(f"case.refused.{barred}") if barred else ""
    return desk_page(
        request,
        "claim.html",
        status=409 if problem else 200,
        sight=sight,
        problem=problem,
        typed=typed,
        reasons=list(REASONS),
        why_not=why,
        decidable=sight.row.claim.state in OPEN
        and moderate.may_decide(sight.row.claim, staff)
        and not why,
        asks=sight.row.claim.state is ClaimState.WAITING,
        reversible=sight.row.claim.state is ClaimState.APPROVED,
    )


def _barred(claim: Claim, staff: Staff, views: Views) -> str:
    """Return why the member may not decide about it; '' if she may."""
    return moderate.barred(views, claim, staff)


async def _fresh(site: Site) -> Fresh:
    rows = await site.storage.read(partial(queue, site.rules))
    piece = site.pages.piece("desk/claim_list.html", site.clock.now(), rows=rows)
    return Fresh(piece, frozenset({CLAIMS}))


def queue(rules: Rules, views: Views) -> list[Row]:
    """Return what is to be decided or waits for the resident: appeals and risk first."""
    claims = sorted(
        views.claims.in_states(OPEN, _MOST), key=lambda one: one.state is ClaimState.ASKED
    )
    return rows_of(rules, claims, views)


def rows_of(rules: Rules, claims: Sequence[Claim], views: Views) -> list[Row]:
    """Return claims with their signals in words."""
    signals: dict[int, list[str]] = {}
    for claim_id, signal in views.claims.signals([one.id for one in claims]):
        signals.setdefault(claim_id, []).append(in_words(rules, signal))
    return [
        Row(
            claim=one,
            name=rules.policy.move(one.activity).name,
            signals=signals.get(one.id, ()),
            photos=len(views.claims.photos(one.id)),
            late=one.state in TO_DECIDE and one.look_by < views.now,
        )
        for one in claims
    ]


def in_words(rules: Rules, signal: Signal) -> str:
    """Say what is to be looked at, in a sentence."""
    say = rules.texts.say
    values = dict(signal.values)
    if "how" in values:
        values["how"] = say(f"claims.how.{values['how']}")
    kind = "witnesses" if signal.kind == "no_witness" and values else signal.kind
    return say(f"claims.signal.{kind}", **values)


def _look(rules: Rules, claim_id: int, views: Views) -> ClaimSight | None:
    claim = views.claims.find(claim_id)
    if claim is None:
        return None
    earlier = [one for one in views.claims.of_contact(claim.contact_id, _EARLIER_MOST + 1)
               if one.id != claim.id]  # fmt: skip
    events_of = views.claims.events(claim.id)
    members = {one.staff_id for one in events_of if one.staff_id is not None}
    return ClaimSight(
        row=rows_of(rules, [claim], views)[0],
        photos=views.claims.photos(claim.id),
        events=events_of,
        names={member: views.staff.get(member).name for member in members},
        witnesses=len(views.claims.witnesses([claim.id])),
        earlier=rows_of(rules, earlier[:_EARLIER_MOST], views),
        waiting=len(views.claims.in_states(TO_DECIDE, _MOST)),
        earned=sum(one.points for one in events_of if one.deed.value == "approve"),
    )


def _photo_of(claim_id: int, number: int, views: Views) -> Found | None:
    photos = views.claims.photos(claim_id)
    return look_at_media(photos[number - 1], views) if 1 <= number <= len(photos) else None
