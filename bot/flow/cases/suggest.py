"""Whom the system would give a case to, and why, in words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.model.case import Case
from bot.model.dispatch import Candidate, Fit, Need, ranked
from bot.model.staff import week_time
from bot.ports.dispatch import DispatchViews, Named
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
    need = need_of(case, dispatch.named(case.id), now)
    if case.handler_id is not None:
        need = replace(need, not_to=need.not_to | {case.handler_id})
    ranking = ranking_for(dispatch, rules, case, now, need)
    return suggestion(rules, case, ranking[0]) if ranking else None


def nearer(dispatch: DispatchViews, rules: Rules, case: Case, now: datetime) -> Suggestion | None:
    """Return who should have the case rather than its handler: whom a rule names, or of its grid.

    None when there is nobody, and when the handler is as near.
    """
    named = dispatch.named(case.id)
    ranking = ranking_for(dispatch, rules, case, now, need_of(case, named, now))
    if not ranking or case.handler_id in {None, named.meant, ranking[0].staff_id}:
        return None
    best = ranking[0]
    if best.staff_id == named.meant:
        return suggestion(rules, case, best)
    at_home = any(
        one.staff_id == case.handler_id
        for agency in (case.agency, COMMUNITY)
        for one in _asked(dispatch, rules, case, now, agency, near=True)
    )
    return suggestion(rules, case, best) if best.in_grid and not at_home else None


def need_of(case: Case, named: Named, now: datetime) -> Need:
    """Return what the case asks of the choice."""
    return Need(
        urgent=case.urgent,
        late=now >= case.answer_due,
        not_to=named.barred,
        meant=named.meant,
    )


def ranking_for(
    dispatch: DispatchViews, rules: Rules, case: Case, now: datetime, need: Need
) -> Sequence[Candidate]:
    """Return who may have the case, the best first.

    Those of its grid are looked at first: as long as one of them can take it, nobody from
    elsewhere would come before them, and the ranking is theirs.
    An organisation of which nobody is at work here is stood in for by the community (首接负责).
    """
    if case.grid_id is not None and need.meant is None:
        near = ranked(_asked(dispatch, rules, case, now, case.agency, near=True), need)
        if near and near[0].fit is not Fit.NOT:
            return near
    return ranked(_candidates(dispatch, rules, case, now, need.not_to), need)


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
    for agency in dict.fromkeys((case.agency, COMMUNITY)):
        candidates = _asked(dispatch, rules, case, now, agency)
        if any(one.at_work and one.staff_id not in not_to for one in candidates):
            return candidates
    return []


def _asked(
    dispatch: DispatchViews,
    rules: Rules,
    case: Case,
    now: datetime,
    agency: str,
    *,
    near: bool = False,
) -> Sequence[Candidate]:
    return dispatch.candidates(
        agency,
        grid_id=case.grid_id,
        skill=rules.service(case.service_code).group,
        at=week_time(now, rules.hours.zone),
        near=near,
    )
