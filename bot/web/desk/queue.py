"""现在要做的: what waits for this member, the late ones first, then the urgent, then by clock."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from aiohttp import web

from bot.model.case import State
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.alerts import Alert, AlertKind
from bot.ports.board import Sieve
from bot.ports.cases import CaseRow
from bot.ports.rules import Rules
from bot.ports.storage import Views
from bot.ports.talks import TalkRow
from bot.web.cases import Card, card, left
from bot.web.desk.choices import choices
from bot.web.desk.hot import fresh_hot, hot_region
from bot.web.desk.session import SEAT, desk_page
from bot.web.desk.waiting import TOPICS, Notice, notices
from bot.web.live import Fresh, Region
from bot.web.site import Site, site_of

_MOST: Final = 50
"""It is drawn anew beside every case and for everybody at each change: what is due first."""

_ALERTS_MOST: Final = 20
_WAITING: Final = frozenset({State.FOUND, State.REOPENED})


@dataclass(frozen=True, slots=True)
class Queue:
    """What is to be done now, and what others are doing (a dispatcher watches that).

    `to_listen` are the ids of cases with a recording that nobody has made words of, `asked`
    those whose reporter was asked. There are `more` cases than are shown.
    """

    alerts: Sequence[Alert]
    now: Sequence[Card]
    others: Sequence[Card]
    more: bool
    talks: Sequence[TalkRow]
    to_listen: frozenset[int]
    asked: frozenset[int]
    visits: Sequence[Card]
    notices: Sequence[Notice]


async def home(request: web.Request) -> web.Response:
    """Show the queue."""
    site, seat = site_of(request), request[SEAT]
    queue = await fresh_queue(site, seat.staff)
    hot = await fresh_hot(site)
    return desk_page(request, "home.html", queue=queue.piece, hot=hot.piece)


async def events(request: web.Request) -> web.StreamResponse:
    """Send the queue whenever it changes."""
    site = site_of(request)
    regions = [queue_region(site, request[SEAT].staff), hot_region(site)]
    return await site.hub.follow(request, regions)


def queue_region(site: Site, staff: Staff) -> Region:
    """Return the queue as a part of a page that lives."""
    return Region("queue", f"queue:{staff.id}", partial(fresh_queue, site, staff), TOPICS)


async def fresh_queue(site: Site, staff: Staff) -> Fresh:
    """Make the queue's piece."""
    queue = await site.storage.read(partial(look, site.rules, staff))
    doubts = {
        one.id: choices(site.rules, site.interpreter, one.words)
        for one in (*queue.now, *queue.others)
        if one.doubtful
    }
    piece = site.pages.piece("desk/queue.html", site.clock.now(), queue=queue, doubts=doubts)
    return Fresh(piece, TOPICS)


def look(rules: Rules, staff: Staff, views: Views) -> Queue:
    """Read what waits for the member."""
    dispatches = may(staff.role, Right.DISPATCH_CASE)
    rows, more = _rows(staff, views, dispatches=dispatches)
    mine, others = [], []
    asked = views.relations.asked([row.case.id for row in rows])
    for row in rows:
        shown = card(rules, row, views.now, asked=row.case.id in asked, side="desk")
        if _is_for(staff, row, shown, dispatches=dispatches):
            mine.append(shown)
        elif dispatches:
            others.append(shown)
    talks = views.talks.open_talks() if may(staff.role, Right.TALK) else []
    return Queue(
        alerts=_danger_first(views.alerts.unseen_of(staff.id, _ALERTS_MOST)),
        now=sorted(mine, key=urgency),
        others=sorted(others, key=urgency),
        more=more,
        talks=[row for row in talks if row.waits_for_staff],
        to_listen=frozenset(views.media.to_listen([row.case.id for row in rows])),
        asked=asked,
        visits=_visits(rules, staff, views) if may(staff.role, Right.VISIT) else [],
        notices=notices(staff, views),
    )


def _rows(staff: Staff, views: Views, *, dispatches: bool) -> tuple[Sequence[CaseRow], bool]:
    """Read what may be for the member; of what is for everybody, only what is due first."""
    common: Sequence[CaseRow] = []
    if dispatches:
        common = views.board.first_due(Sieve(), limit=_MOST + 1).rows
    elif may(staff.role, Right.HANDLE_CASE):
        common = views.board.free(staff.agency, _MOST + 1)
    rows = [*views.board.carried_by(staff.id), *common[:_MOST]]
    return list({row.case.id: row for row in rows}.values()), len(common) > _MOST


def _visits(rules: Rules, staff: Staff, views: Views) -> Sequence[Card]:
    """Return the cases whose reporter the member is to visit; dispatchers see all visits."""
    sees_all = may(staff.role, Right.DISPATCH_CASE)
    visits = [one for one in views.visits.waiting(_MOST) if sees_all or one.staff_id == staff.id]
    rows = {row.case.id: row for row in views.cases.of_ids([one.case_id for one in visits])}
    names = {member.id: member.name for member in views.staff.all()}
    nobody = rules.texts.say("desk.queue.nobody_visits")
    return [
        replace(
            card(rules, rows[one.case_id], views.now, side="desk"),
            handler=rules.texts.say(
                "desk.queue.visitor", name=names.get(one.staff_id or 0, nobody)
            ),
            left=left(rules.texts, one.due_at, views.now),
            due=one.due_at,
            late=one.due_at < views.now,
        )
        for one in visits
    ]


def _danger_first(alerts: Sequence[Alert]) -> Sequence[Alert]:
    return sorted(alerts, key=lambda alert: alert.kind is not AlertKind.EMERGENCY)


def _is_for(staff: Staff, row: CaseRow, shown: Card, *, dispatches: bool) -> bool:
    """Mine; what nobody has and I could take; for a dispatcher also what is late or urgent."""
    case = row.case
    if case.handler_id == staff.id:
        return True
    if dispatches:
        return case.state in _WAITING or shown.late or shown.urgent
    return case.handler_id is None and case.agency == staff.agency


def urgency(shown: Card) -> tuple[bool, bool, bool, float, int]:
    """Late ones first, then urgent ones, then those that were urged; last who waits for others."""
    due = shown.due.timestamp() if shown.due else math.inf
    return (not shown.late, not shown.urgent, not shown.times_urged, due, shown.id)
