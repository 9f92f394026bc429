"""What each gave to an initiative 提议 that was done, and what that earns by the rules."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.flow.credit.posting import post_all
from bot.flow.initiatives.rewriting import writers
from bot.model.initiative import Initiative, Pledge, PledgeKind
from bot.model.staff import Staff
from bot.model.team import Seat, Shift, Task, counts, minutes_of
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from credits.earning import earn
from credits.ledger import resident
from credits.linking import lifetime

LED: Final = "initiative_done"
HELPED: Final = "initiative_help"
HOUR: Final = "initiative_hour"
THING: Final = "initiative_thing"
BACKED: Final = "initiative_backing"
WORDED: Final = "initiative_text"
_HOUR_MINUTES: Final = 60


@dataclass(frozen=True, slots=True)
class Contribution:
    """One thing that somebody did: as `times` acts of the activity, at that moment.

    `about` tells those of one person and activity apart.
    """

    person_id: int
    activity: str
    acted_at: datetime
    times: int = 1
    about: str = ""


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody's time at a shift, as whoever confirms the result sees it."""

    shift: Shift
    seat: Seat
    minutes: int
    counts: bool


def presences(views: Views | Tx, initiative: Initiative) -> list[Presence]:
    """Return who was at which shift and for how long, by shift."""
    seats, now = views.teams.all_seats(initiative.id), views.now
    return [
        Presence(shift, seat, minutes_of(shift, seat, now), counts(seat, initiative.author_id))
        for shift in views.teams.shifts(initiative.id)
        for seat in seats
        if seat.shift_id == shift.id and seat.came_at is not None
    ]


def done_tasks(views: Views | Tx, initiative: Initiative) -> list[Task]:
    """Return what others than the lead took, and the lead alone says is done."""
    return [
        task
        for task in views.teams.tasks(initiative.id)
        if task.done_at is not None and task.taken_by not in {None, initiative.author_id}
    ]


def contributions(
    views: Views | Tx,
    rules: Rules,
    initiative: Initiative,
    came: Collection[Pledge],
    given: Collection[Pledge],
    seat_ids: Collection[int],
    task_ids: Collection[int],
) -> list[Contribution]:
    """Return what each did, as whoever confirms the result has seen it.

    `came` are pledges of hours and things that were kept, `given` all that were given, `seat_ids`
    the times at shifts and `task_ids` the tasks that are believed. Time without another's word is
    no contribution of who leads. Whoever leads is credited for that, and for hours, but not for
    helping herself.
    """
    lead, now = initiative.author_id, views.now
    there = [
        one
        for one in presences(views, initiative)
        if one.counts and one.minutes and one.seat.id in seat_ids
    ]
    done = {task.taken_by for task in done_tasks(views, initiative) if task.id in task_ids}
    helped = {one.person_id for one in came} | {one.seat.person_id for one in there}
    helped |= {one for one in done if one is not None}
    backed = _backed(given, rules.policy.initiatives.backing_least)
    return [
        Contribution(lead, LED, now),
        *(Contribution(one, HELPED, now) for one in sorted(helped - {lead})),
        *(
            Contribution(one.person_id, THING, now, about=str(one.id))
            for one in came
            if one.kind is PledgeKind.THING and one.person_id != lead
        ),
        *(Contribution(one, BACKED, now) for one in backed if one != lead),
        *(Contribution(one, WORDED, now) for one in writers(views, initiative)),
        *_hours(there),
    ]


def people_of(found: Iterable[Contribution]) -> list[int]:
    """Return who did something, each once."""
    return sorted({one.person_id for one in found})


def credit(
    tx: Tx, rules: Rules, done: Initiative, found: Iterable[Contribution], staff: Staff
) -> Mapping[int, int]:
    """Write what each earns, within the caps of the rules; return the points of each person."""
    points: dict[int, int] = {}
    for one in found:
        earned = _earn(tx, rules, done, one, staff)
        points[one.person_id] = points.get(one.person_id, 0) + earned
    return points


def _earn(tx: Tx, rules: Rules, done: Initiative, one: Contribution, staff: Staff) -> int:
    if one.activity not in rules.policy.activities:  # the operator's own rules may leave it out
        return 0
    about = "" if one.activity in {LED, HELPED} else f":{one.activity}:{one.about}"
    earned = earn(
        rules.policy,
        one.activity,
        person_id=one.person_id,
        subject=f"initiative:{done.id}",
        key=f"initiative:{done.id}:{one.person_id}{about}",
        acted_at=one.acted_at,
        actor=f"staff:{staff.id}",
        history=lifetime(tx.journal, resident(one.person_id)),
        zone=rules.texts.zone,
        times=one.times,
    )
    if earned.chain:
        post_all(tx, [earned.chain])
    return earned.points


def _hours(there: Iterable[Presence]) -> Iterable[Contribution]:
    """Return the full hours of each at each shift; what is less than one counts as having come."""
    for one in there:
        hours = one.minutes // _HOUR_MINUTES
        if hours and one.seat.came_at is not None:
            person = one.seat.person_id
            yield Contribution(person, HOUR, one.seat.came_at, hours, f"{one.shift.id}")


def _backed(given: Iterable[Pledge], least: int) -> list[int]:
    """Return who gave so many points that the thanks are fewer: each once, however often."""
    return sorted(
        {one.person_id for one in given if one.kind is PledgeKind.POINTS and one.amount >= least}
    )
