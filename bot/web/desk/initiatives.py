"""提议: what staff owe an answer, and the page on which one is decided about."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.flow.cards.initiative_card import given, needs
from bot.flow.initiatives import review
from bot.flow.initiatives.contributions import Presence, done_tasks, presences
from bot.flow.initiatives.shift_check_in import vouch_by_staff
from bot.model.initiative import (
    AGREED,
    OPEN_FOR_PLEDGES,
    PUBLIC,
    STANDING,
    TO_REVIEW,
    Initiative,
    InitiativeEvent,
    InitiativeState,
    Pledge,
    PledgeKind,
    PledgeState,
    Progress,
    Report,
)
from bot.model.remark import Remark, Statement
from bot.model.staff import Staff
from bot.model.team import ResultPhoto, Task
from bot.ports.bell import INITIATIVES
from bot.ports.storage import Views
from bot.web.desk.claims import note_own_browser
from bot.web.desk.initiative_remarks import STEPS as REMARK_STEPS
from bot.web.desk.once import Step, take_step
from bot.web.desk.session import SEAT, desk_page
from bot.web.desk.ticks import ticked
from bot.web.initiatives import bars
from bot.web.live import Fresh, Region
from bot.web.site import Form, Site, form_of, number_in, number_of, see, site_of

_LIST: Final = "/desk/initiatives"
_MOST: Final = 100
_LISTED: Final = TO_REVIEW | (PUBLIC - {InitiativeState.DONE})
_TOPICS: Final = frozenset({INITIATIVES})
_NOTHING: Final[Form] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Row:
    """An initiative as the list shows it."""

    one: Initiative
    progress: Progress
    late: bool
    reported: int = 0


@dataclass(frozen=True, slots=True)
class Sight:
    """All that its page shows."""

    row: Row
    events: Sequence[InitiativeEvent]
    names: Mapping[int, str]
    pledges: Sequence[Pledge]
    reports: Sequence[Report]
    others: Sequence[Initiative]
    remarks: Sequence[Remark]
    statements: Sequence[Statement]
    why_not: str
    there: Sequence[Presence]
    tasks: Sequence[Task]
    photos: Sequence[ResultPhoto]


async def show_all(request: web.Request) -> web.Response:
    """Show what is to be decided, the first due first, then what gathers and is done."""
    fresh = await _fresh(site_of(request))
    return desk_page(request, "initiatives.html", piece=fresh.piece)


async def events(request: web.Request) -> web.StreamResponse:
    """Send the list whenever it changes."""
    site = site_of(request)
    region = Region("initiatives", "desk-initiatives", partial(_fresh, site), _TOPICS)
    return await site.hub.follow(request, [region])


async def show(request: web.Request) -> web.Response:
    """Show one with what was pledged for it."""
    return await _page(request)


STEPS: Final[Mapping[str, Step]] = MappingProxyType(
    {
        "take": lambda tx, _, number, staff, __: review.take(tx, number, staff),
        "publish": lambda tx, rules, number, staff, form: review.publish(
            tx, rules, number, staff, version=number_of(form, "version")
        ),
        "return": lambda tx, rules, number, staff, form: review.send_back(
            tx, rules, number, staff, form.get("words", ""), version=number_of(form, "version")
        ),
        "show": lambda tx, rules, number, staff, form: review.show_again(
            tx, rules, number, staff, version=number_of(form, "version")
        ),
        "decide": lambda tx, rules, number, staff, form: review.decide(
            tx, rules, number, staff, form.get("words", ""), version=number_of(form, "version")
        ),
        "begin": lambda tx, rules, number, staff, form: review.begin(
            tx, rules, number, staff, version=number_of(form, "version")
        ),
        "finish": lambda tx, rules, number, staff, form: review.finish(
            tx,
            rules,
            number,
            staff,
            ticked(form, "came"),
            version=number_of(form, "version"),
            seats=ticked(form, "seat"),
            tasks=ticked(form, "task"),
            photos=ticked(form, "photo"),
        ),
        "saw": lambda tx, _, number, staff, form: vouch_by_staff(
            tx, staff, number, number_of(form, "seat")
        ),
        "merge": lambda tx, rules, number, staff, form: review.merge(
            tx, rules, number, number_of(form, "into"), staff, version=number_of(form, "version")
        ),
        "kin": lambda tx, _, number, staff, __: review.declare_kin(tx, number, staff),
        **REMARK_STEPS,
    }
)
"""What is done on its page, by the last part of the address."""


def step_handler(name: str) -> Handler:
    """Return the handler of the step of that name."""
    return partial(_do, STEPS[name])


async def _do(step: Step, request: web.Request) -> web.Response:
    """Do the step and show what came of it, or a refusal beside what was typed."""
    number = number_in(request, "initiative_id")
    await note_own_browser(request)
    problem = await take_step(request, step, number)
    if problem:
        return await _page(request, problem=problem, typed=await form_of(request))
    raise see(f"{_LIST}/{number}")


async def _page(request: web.Request, *, problem: str = "", typed: Form = _NOTHING) -> web.Response:
    site, staff = site_of(request), request[SEAT].staff
    sight = await site.storage.read(partial(_look, number_in(request, "initiative_id"), staff))
    if sight is None:
        raise web.HTTPNotFound
    one, rules = sight.row.one, site.rules
    return desk_page(
        request,
        "initiative.html",
        status=409 if problem else 200,
        sight=sight,
        problem=problem,
        typed=typed,
        why_not=rules.texts.say(f"case.refused.{sight.why_not}") if sight.why_not else "",
        needs=needs(rules, one.wish),
        bars=bars(rules, one, sight.row.progress),
        given=[(each, given(rules, each)) for each in sight.pledges],
        mates=_mates(sight),
        to_tick={
            each.id
            for each in sight.pledges
            if each.kind is not PledgeKind.POINTS
            and each.state is PledgeState.GIVEN
            and each.person_id != one.author_id
        },
        to_review=one.state in TO_REVIEW,
        gathers=one.state in OPEN_FOR_PLEDGES,
        agreed=one.state in AGREED,
    )


def _mates(sight: Sight) -> Mapping[int | None, int]:
    """Return a number for each person who was there or did a task, the same everywhere."""
    people: dict[int | None, None] = dict.fromkeys(one.seat.person_id for one in sight.there)
    people |= dict.fromkeys(task.taken_by for task in sight.tasks)
    return {person_id: number for number, person_id in enumerate(people, 1)}


async def _fresh(site: Site) -> Fresh:
    rows = await site.storage.read(queue)
    piece = site.pages.piece(
        "desk/initiative_list.html", site.clock.now(), rows=rows, to_review=TO_REVIEW
    )
    return Fresh(piece, _TOPICS)


def queue(views: Views) -> list[Row]:
    """Return what staff owe an answer by its clock, what is ready, then the rest."""
    reported = Counter(one.initiative_id for one in views.remarks.reported())
    listed = views.initiatives.in_states(_LISTED, _MOST)
    others = map(views.initiatives.find, reported.keys() - {one.id for one in listed})
    found = [*listed, *filter(None, others)]
    progress = views.initiatives.progress(found)
    rows = [replace(_row(views, one, progress[one.id]), reported=reported[one.id]) for one in found]
    return sorted(rows, key=_urgency)


def _urgency(row: Row) -> tuple[int, float, int]:
    one = row.one
    if one.look_by is not None:
        return 0, one.look_by.timestamp(), one.id
    waits = one.state is InitiativeState.READY or (
        one.state is InitiativeState.IN_PROGRESS and bool(one.result)
    )
    return 1 if waits or row.reported else 2, 0.0, -one.id


def _row(views: Views, one: Initiative, progress: Progress) -> Row:
    late = one.look_by is not None and one.look_by < views.now
    return Row(one, progress, late)


def _look(number: int, staff: Staff, views: Views) -> Sight | None:
    one = views.initiatives.find(number)
    if one is None or one.state is InitiativeState.DRAFT:
        return None
    progress = views.initiatives.progress([one])[one.id]
    history = views.initiatives.events(one.id)
    members = {each.staff_id for each in history if each.staff_id is not None}
    return Sight(
        row=_row(views, one, progress),
        events=history,
        names={member: views.staff.get(member).name for member in members},
        pledges=[each for each in views.initiatives.pledges(one.id) if each.state in STANDING],
        reports=views.initiatives.reports(one.id),
        others=[
            each
            for each in views.initiatives.in_states(OPEN_FOR_PLEDGES, _MOST)
            if each.id != one.id
        ],
        remarks=[each for each in views.remarks.of_initiative(one.id) if each.for_staff],
        statements=views.remarks.statements(one.id),
        why_not=review.barred(views, one, staff),
        there=presences(views, one),
        tasks=done_tasks(views, one),
        photos=views.teams.photos(one.id),
    )
