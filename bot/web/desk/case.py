"""The page of a case: what was said, where it stands, what happened, what can be done."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Final

from aiohttp import web

from bot.locale.texts import Texts
from bot.model.case import Case, EventKind, State
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.bell import case_topic
from bot.web.cases import Beside, Picture, answer_owed, history, picture
from bot.web.desk.choices import Choice, choices
from bot.web.desk.clocks import clock_lines
from bot.web.desk.doubt import Doubt
from bot.web.desk.offers import is_own, offers
from bot.web.desk.onlookers import looking, onlookers_piece
from bot.web.desk.queue import fresh_queue, queue_region
from bot.web.desk.session import SEAT, desk_page
from bot.web.desk.sight import CaseSight, look
from bot.web.live import Fresh, Region
from bot.web.rendering import Piece
from bot.web.site import Form, Site, number_in, site_of
from channels.phone.numbers import dialled
from nlp.matter.services import ServiceCatalogue

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
        times=[one.words for one in sight.page.events if one.kind is EventKind.TIME],
        number=dialled(sight.number) if number_shown else "",
        may_call=may(seat.staff.role, Right.CALL),
        hands_link=sight.referrals.live is not None and is_own(sight.page.case, seat.staff),
        templates=_templates(site, sight.page.case, seat.staff),
        doubt=doubt,
        choices=_choices(site, sight.page.case, seat.staff),
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


def _choices(site: Site, case: Case, staff: Staff) -> Sequence[Choice]:
    """Return what to choose from where somebody is to say what it is.

    What is of no known service may still remind the machine of one.
    """
    unknown = case.service_code == ServiceCatalogue.OTHER
    reminds = unknown and bool(case.reasons)
    if not (case.doubtful or reminds) or "service" not in offers(case, staff):
        return []
    found = choices(site.rules, site.interpreter, case.description)
    return [one for one in found if not unknown or one.code != case.service_code]


async def _sight(site: Site, case_id: int) -> CaseSight:
    sight = await site.storage.read(partial(look, site.rules, site.incidents, case_id))
    if sight is None:
        raise web.HTTPNotFound
    return sight


def _templates(site: Site, case: Case, staff: Staff) -> Mapping[str, str]:
    texts = site.rules.texts
    time = texts.moment(case.solve_due, site.clock.now())
    return texts.answers(place=case.place, time=time, name=staff.name)
