"""The page of a case: what was said, where it stands, what happened, what can be done."""

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Final

from aiohttp import web

from bot.flow.prove import lacking
from bot.flow.recording import unheard_words
from bot.flow.suggest import Suggestion, suggest
from bot.locale.texts import Texts
from bot.model.archive import Archived
from bot.model.case import OPEN_STATES, WORKING, Case, Party, State, Trigger
from bot.model.clock import CaseClock
from bot.model.people import Person
from bot.model.proof import Proof
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.bell import case_topic
from bot.ports.calls import KnownCall
from bot.ports.cases import CasePage
from bot.ports.corrections import Correction
from bot.ports.incidents import Incidents
from bot.ports.media import Media, MediaState
from bot.ports.rules import Rules
from bot.ports.storage import Views
from bot.ports.visits import Visit
from bot.web.cases import (
    Beside,
    Card,
    Picture,
    agency_name,
    allowed,
    answer_owed,
    card,
    history,
    picture,
)
from bot.web.desk.clocks import clock_lines
from bot.web.desk.doubt import Doubt
from bot.web.desk.kin import Kin, kin_of
from bot.web.desk.map import CaseMap, map_of
from bot.web.desk.onlookers import looking, onlookers_piece
from bot.web.desk.queue import fresh_queue, queue_region
from bot.web.desk.referrals import Referrals, referrals_of
from bot.web.desk.session import SEAT, desk_page
from bot.web.live import Fresh, Region
from bot.web.rendering import Piece
from bot.web.site import Form, Site, number_in, site_of
from channels.phone.numbers import dialled
from nlp.services import Evidence

_OTHERS_MOST: Final = 6
_PARTS: Final = MappingProxyType(
    {
        "case": "desk/case_body.html",
        "media": "desk/case_media.html",
        "proofs": "desk/case_proofs.html",
        "referral": "desk/case_referral.html",
        "history": "desk/case_history.html",
        "clocks": "desk/case_clocks.html",
    }
)
NOTHING_TYPED: Final[Form] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSight:
    """All a page needs to know about one case; `words` are hers, if there are any yet.

    `lacking` is what closing still needs besides a note.
    """

    page: CasePage
    person: Person
    channel: str
    others: Sequence[Card]
    colleagues: Sequence[Staff]
    suggestion: Suggestion | None
    agency_name: str
    names: Mapping[str, str]
    media: Sequence[Media]
    corrections: Mapping[int, Correction]
    calls: Sequence[KnownCall]
    proofs: Sequence[Proof]
    archives: Sequence[Archived]
    lacking: Evidence | None
    words: str
    kin: Kin
    referrals: Referrals
    visit: Visit | None
    visit_reason: str | None
    clocks: Sequence[CaseClock]
    map: CaseMap | None

    @property
    def photos(self) -> list[Media]:
        """What can be looked at: a photo is shown when it was made small."""
        return [media for media in self.media if media.state is MediaState.KEPT]

    @property
    def recordings(self) -> list[Media]:
        """What can be listened to."""
        return [media for media in self.media if media.spoken]

    @property
    def parties(self) -> Mapping[str, str]:
        """Names of who may owe something, by the code that a clock has."""
        asked = self.referrals.live
        return self.names if asked is None else {**self.names, asked.actor: asked.organisation}

    @property
    def number(self) -> str:
        """Return the number she called from last; empty when there is none."""
        return next((call.caller for call in reversed(self.calls) if call.caller), "")


async def show(request: web.Request) -> web.Response:
    """Show the case."""
    return await case_page(request, case_id_of(request))


async def show_number(request: web.Request) -> web.Response:
    """Show the case with the number: who wants it presses for it, and that is written down."""
    return await case_page(request, case_id_of(request), number_shown=True)


async def events(request: web.Request) -> web.StreamResponse:
    """Send the queue and the case whenever they change."""
    site, case_id = site_of(request), case_id_of(request)
    await _sight(site, case_id)
    topics = frozenset({case_topic(case_id)})
    regions = [
        Region(part, f"{part}:{case_id}", partial(_fresh, site, case_id, part), topics)
        for part in _PARTS
    ]
    staff = request[SEAT].staff
    async with looking(site, case_id, staff) as onlookers:
        return await site.hub.follow(request, [queue_region(site, staff), onlookers, *regions])


async def case_page(
    request: web.Request,
    case_id: int,
    *,
    problem: str = "",
    step: str = "",
    typed: Form = NOTHING_TYPED,
    doubt: Doubt | None = None,
    status: int = 200,
    number_shown: bool = False,
) -> web.Response:
    """Return the page; after a refusal with the reason, and with what was typed."""
    site, seat = site_of(request), request[SEAT]
    sight = await _sight(site, case_id)
    queue = await fresh_queue(site, seat.staff)
    return desk_page(
        request,
        "case.html",
        status=status,
        queue=queue.piece,
        onlookers=await onlookers_piece(site, case_id, seat.staff),
        once=partial(secrets.token_urlsafe, 16),
        pieces={part: _piece(site, sight, part) for part in _PARTS},
        case=sight.page.case,
        sight=sight,
        offers=offers(
            sight.page.case,
            seat.staff,
            sight.recordings,
            lacking=sight.lacking,
            asked=sight.kin.asked,
            referrals=sight.referrals,
            visit=sight.visit,
            reachable=site.rules.transfers and bool(sight.number),
        ),
        number=dialled(sight.number) if number_shown else "",
        may_call=may(seat.staff.role, Right.CALL),
        hands_link=sight.referrals.live is not None and is_own(sight.page.case, seat.staff),
        templates=_templates(site, sight.page.case, seat.staff),
        doubt=doubt,
        groups=site.rules.services,
        may_confirm=may(seat.staff.role, Right.CONFIRM_RESIDENT),
        may_visit=may(seat.staff.role, Right.VISIT),
        may_archive=may(seat.staff.role, Right.SEE_ARCHIVE),
        problem=problem,
        step=step,
        typed=typed,
    )


def case_id_of(request: web.Request) -> int:
    """Return the id in the address."""
    return number_in(request, "case_id")


def offers(
    case: Case,
    staff: Staff,
    recordings: Sequence[Media] = (),
    *,
    lacking: Evidence | None = None,
    asked: bool = False,
    referrals: Referrals | None = None,
    visit: Visit | None = None,
    reachable: bool = False,
) -> Sequence[str]:
    """Return the steps this member can take now, the most likely first."""
    handles, dispatches = may(staff.role, Right.HANDLE_CASE), may(staff.role, Right.DISPATCH_CASE)
    party = Party.DISPATCHER if dispatches else Party.HANDLER
    holds = case.handler_id == staff.id
    own = is_own(case, staff)
    free = case.handler_id is None
    unanswered = holds and case.answered_at is None and case.state is State.ASSIGNED
    visits = visit is not None and (dispatches or visit.staff_id == staff.id) and not holds
    possible = {
        "visit": visits and may(staff.role, Right.VISIT) and case.state is State.FOLLOW_UP,
        "take": handles and (free or unanswered) and allowed(case, Trigger.TAKE, party),
        "arrive": handles and own and allowed(case, Trigger.ARRIVE, party),
        "call-back": reachable and may(staff.role, Right.CALL),
        "resolve": handles and own and allowed(case, Trigger.RESOLVE, Party.HANDLER),
        "photo": handles and own and case.state in WORKING,
        "sign": handles and own and case.state in WORKING,
        "assign": dispatches and case.state in OPEN_STATES,
        "listen": handles and bool(recordings) and case.state in OPEN_STATES,
        "answer": handles and case.state in {*OPEN_STATES, State.FOLLOW_UP},
        "ask": handles and own and not free and not asked and case.state in OPEN_STATES,
        "hand-over": handles and holds and not dispatches and case.state in OPEN_STATES,
        "return": handles and holds and allowed(case, Trigger.RETURN, Party.HANDLER),
        "split": own and case.state in OPEN_STATES,
        "merge": dispatches and allowed(case, Trigger.MERGE, party),
        "separate": dispatches and allowed(case, Trigger.SEPARATE, party),
        "service": dispatches and case.state in OPEN_STATES,
        **(referrals.steps(case, own=own) if referrals else {}),
        "redirect": handles and (own or free) and allowed(case, Trigger.REDIRECT, party),
    }
    steps = [step for step, is_possible in possible.items() if is_possible]
    unheard = any(media.to_listen for media in recordings)
    likely = "listen" if unheard else _likely(case, holds=holds, dispatches=dispatches)
    if visit is not None and visit.staff_id == staff.id:
        likely = "visit"
    if likely == "resolve" and lacking is not None:
        likely = "photo" if lacking is Evidence.PHOTO else "sign"
    return sorted(steps, key=lambda step: step != likely)


def is_own(case: Case, staff: Staff) -> bool:
    """Say whether the case is this member's to act on: as its handler, or as a dispatcher."""
    return case.handler_id == staff.id or may(staff.role, Right.DISPATCH_CASE)


def _likely(case: Case, *, holds: bool, dispatches: bool) -> str:
    if case.handler_id is None:
        return "assign" if dispatches else "take"
    if not holds:
        return "answer"
    if case.answered_at is None and case.state is State.ASSIGNED:
        return "take"
    return "arrive" if case.state is State.ASSIGNED and not dispatches else "resolve"


async def _fresh(site: Site, case_id: int, part: str) -> Fresh:
    sight = await _sight(site, case_id)
    return Fresh(_piece(site, sight, part), frozenset({case_topic(case_id)}))


def _piece(site: Site, sight: CaseSight, part: str) -> Piece:
    page, texts, now = sight.page, site.rules.texts, site.clock.now()
    return site.pages.piece(
        _PARTS[part],
        now,
        case=page.case,
        service=site.rules.service(page.case.service_code),
        picture=_picture(texts, sight, now),
        kin=sight.kin,
        referrals=sight.referrals,
        now=now,
        photos=sight.photos,
        proofs=sight.proofs,
        recordings=sight.recordings,
        corrections=sight.corrections,
        calls=sight.calls,
        names=sight.names,
        lines=history(texts, page, sight.names, now, side="desk")[::-1],
        clocks=clock_lines(texts, sight.clocks, sight.parties, now),
    )


def _picture(texts: Texts, sight: CaseSight, now: datetime) -> Picture:
    """Return the stages; where she is to be visited, who visits her and until when."""
    page, visit = sight.page, sight.visit
    beside = Beside(asked=sight.kin.asked, owed=answer_owed(sight.clocks))
    shown = picture(texts, page.case, page.handler_name, now, beside=beside, side="desk")
    if visit is None or page.case.state is not State.FOLLOW_UP:
        return shown
    late = visit.due_at < now
    key = f"desk.stage.{'late' if late else 'visit_by'}"
    return replace(
        shown,
        state=texts.say("desk.stage.visit"),
        who=sight.names.get(f"staff:{visit.staff_id}", ""),
        clock=texts.say(key, when=texts.moment(visit.due_at, now)),
        late=late,
    )


async def _sight(site: Site, case_id: int) -> CaseSight:
    sight = await site.storage.read(partial(_look, site.rules, site.incidents, case_id))
    if sight is None:
        raise web.HTTPNotFound
    return sight


def _look(rules: Rules, incidents: Incidents, case_id: int, views: Views) -> CaseSight | None:
    page = views.cases.page(case_id)
    if page is None:
        return None
    case, members = page.case, views.staff.all()
    rows = views.cases.rows_of_person(case.reporter_id, _OTHERS_MOST)
    media, proofs = views.media.of_case(case_id), views.proofs.of_case(case_id)
    return CaseSight(
        page=page,
        person=views.people.person(case.reporter_id),
        channel=views.people.contact(case.contact_id).channel,
        others=[card(rules, row, views.now, side="desk") for row in rows if row.case.id != case_id],
        colleagues=sorted(
            (
                member
                for member in members
                if member.id != case.handler_id and may(member.role, Right.HANDLE_CASE)
            ),
            key=lambda member: (not member.on_duty, member.agency != case.agency, member.id),
        ),
        suggestion=suggest(views.dispatch, rules, case, views.now)
        if case.state in OPEN_STATES
        else None,
        agency_name=agency_name(rules, views, case.agency),
        names={f"staff:{member.id}": member.name for member in members} | page.names,
        media=media,
        corrections={one.media_id: one for one in views.corrections.of([one.id for one in media])},
        calls=views.calls.of_case(case_id),
        proofs=proofs,
        archives=views.archives.of_case(case_id),
        lacking=lacking(rules, case, proofs),
        words=_words(rules, case, media),
        kin=kin_of(views, case, incidents),
        referrals=referrals_of(views, rules, case),
        visit=views.visits.of_case(case.id, case.times_reopened),
        visit_reason=views.visits.reason(case.reporter_id),
        clocks=views.clocks.running(case_id),
        map=map_of(rules, views, case),
    )


def _words(rules: Rules, case: Case, media: Sequence[Media]) -> str:
    """Return the description; nothing when it only says that somebody has to listen."""
    messages: defaultdict[int, list[Media]] = defaultdict(list)
    for one in media:
        if one.spoken:
            messages[one.inbox_id].append(one)
    unheard = {unheard_words(rules, recordings) for recordings in messages.values()}
    return "" if case.description in unheard else case.description


def _templates(site: Site, case: Case, staff: Staff) -> Mapping[str, str]:
    texts = site.rules.texts
    time = texts.moment(case.solve_due, site.clock.now())
    return texts.answers(place=case.place, time=time, name=staff.name)
