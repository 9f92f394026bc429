"""Whom the system would give a case to, and why, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model.case import Case
from bot.model.dispatch import Candidate, Fit, Need, ranked
from bot.model.staff import week_time
from bot.ports.dispatch import DispatchViews
from bot.ports.rules import Rules

COMMUNITY = "community"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One member, and why they."""

    staff_id: int
    name: str
    reasons: str


def suggest(dispatch: DispatchViews, rules: Rules, case: Case, now: datetime) -> Suggestion | None:
    """Return whom the case would be given to now; its present handler is no suggestion."""
    not_to = dispatch.barred(case.id) | ({case.handler_id} if case.handler_id else set())
    ranking = ranking_for(dispatch, rules, case, now, not_to=not_to)
    return suggestion(rules, case, ranking[0]) if ranking else None


def ranking_for(
    dispatch: DispatchViews, rules: Rules, case: Case, now: datetime, *, not_to: frozenset[int]
) -> Sequence[Candidate]:
    """Return who may have the case, the best first.

    An organisation of which nobody is at work here is stood in for by the community (首接负责).
    """
    need = Need(
        urgent=case.urgent,
        late=now >= case.answer_due,
        not_to=not_to,
        meant=dispatch.meant(case.id),
    )
    return ranked(_candidates(dispatch, rules, case, now, not_to), need)


def any_room(dispatch: DispatchViews, rules: Rules, case: Case, now: datetime) -> bool:
    """Say whether anybody who could be asked has room in their day, if not for this case."""
    found = _candidates(dispatch, rules, case, now, frozenset())
    return any(one.at_work and one.has_room for one in found)


def suggestion(rules: Rules, case: Case, chosen: Candidate) -> Suggestion:
    """Put into words why they were chosen."""
    say = rules.texts.say
    group = next(
        (g.name for g in rules.services.groups if g.code == rules.service(case.service_code).group),
        "",
    )
    parts = [
        say("case.event.reason_grid") if chosen.in_grid else "",
        say("case.event.reason_skill", group=group) if chosen.fit is Fit.SKILLED else "",
        say(
            "case.event.reason_load" if chosen.has_room else "case.event.reason_full",
            cases=chosen.cases,
            capacity=chosen.capacity,
        ),
    ]
    return Suggestion(
        chosen.staff_id, chosen.name, chosen.name + "，".join(part for part in parts if part)
    )


def _candidates(
    dispatch: DispatchViews, rules: Rules, case: Case, now: datetime, not_to: frozenset[int]
) -> Sequence[Candidate]:
    skill, at = rules.service(case.service_code).group, week_time(now, rules.hours.zone)
    for agency in dict.fromkeys((case.agency, COMMUNITY)):
        candidates = dispatch.candidates(agency, grid_id=case.grid_id, skill=skill, at=at)
        if any(one.at_work and one.staff_id not in not_to for one in candidates):
            return candidates
    return []
