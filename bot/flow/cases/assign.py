"""Stage 2, 任务指派: dispatch by workload, with reasons, and staff may overrule."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bot.flow.cases.move import move, note
from bot.flow.cases.routing import learn
from bot.flow.cases.service import owe_first_answer, settle_service
from bot.flow.cases.suggest import (
    COMMUNITY,
    Suggestion,
    any_room,
    nearer,
    need_of,
    ranking_for,
    suggest,
    suggestion,
)
from bot.flow.cases.winding import wind_clocks
from bot.flow.telling.news import EVERYBODY, Hearers, tell
from bot.model.case import SYSTEM, Actor, Case, EventKind, Party, RefusedError, State, Trigger
from bot.model.dispatch import best_tier
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.dispatch import Decision
from bot.ports.rules import Rules
from bot.ports.storage import Tx

_WHY_LEAST: Final = 2
_TRIES_MOST: Final = 20
_LOOK_AT_MOST: Final = 50
"""So many waiting cases are looked at to find one that somebody who is free can do."""

FREED_MOST: Final = 3
"""One urgent case that ends makes room for so many others."""


def assign(tx: Tx, rules: Rules, case: Case, *, not_to: Iterable[int] = ()) -> Case:
    """Give the case to whom the system suggests; without anybody it waits for the dispatcher.

    Members in `not_to` are not given this case by machine, now and later.
    """
    for staff_id in not_to:
        tx.dispatch.bar(case.id, staff_id)
    given = _given(tx, rules, case)
    if given is None:
        wind_clocks(tx, case)
    return given or case


def assign_next(tx: Tx, rules: Rules, agency: str) -> None:
    """A freed handler gets the next waiting case at once.

    The community's finds what it stands in for as well, when nothing of its own waits.
    """
    if not give_out(tx, rules, agency, FREED_MOST) and agency == COMMUNITY:
        for other in tx.cases.agencies_waiting():
            if give_out(tx, rules, other, FREED_MOST):
                return


def give_out(tx: Tx, rules: Rules, agency: str, most: int) -> int:
    """Give out waiting cases of the agency, urgent and oldest first; return how many.

    Cases that nobody free can do are passed over; the clocks of what still waits go on.
    """
    given, case = 0, None
    for _ in range(most + _LOOK_AT_MOST):
        case = tx.cases.next_waiting(agency, case) if given < most else None
        if case is None:
            break
        taken = _given(tx, rules, case)
        if taken is not None:
            say_who(tx, rules, taken)
            given += 1
        elif not case.urgent and not any_room(tx.dispatch, rules, case, tx.now):
            break
    return given


def assign_to(
    tx: Tx, rules: Rules, case_id: int, staff: Staff, to_staff_id: int, why: str, *, version: int
) -> Case:
    """A dispatcher gives the case to somebody, with a word why when it was suggested otherwise."""
    if not may(staff.role, Right.DISPATCH_CASE):
        raise RefusedError("not_allowed")
    case = fresh(tx, case_id, version)
    to_staff = receiver(tx, to_staff_id)
    actor = Actor(Party.DISPATCHER, f"staff:{staff.id}")
    words = _decided(tx, rules, case, to_staff, actor, why.strip())
    waiting = case.state in {State.FOUND, State.REOPENED}
    case = move(
        tx,
        replace(owe_first_answer(tx, rules, case), doubtful=False, agency=to_staff.agency),
        Trigger.ASSIGN if waiting else Trigger.HAND_OVER,
        actor,
        words=words,
        handler_id=to_staff.id,
    )
    learn(tx, case)
    say_who(tx, rules, case)
    return case


def recategorise(
    tx: Tx, rules: Rules, case_id: int, staff: Staff, service_code: str, *, version: int
) -> Case:
    """A dispatcher corrects the service; a case that waited for it is assigned, and she hears."""
    if not may(staff.role, Right.DISPATCH_CASE):
        raise RefusedError("not_allowed")
    case = fresh(tx, case_id, version)
    if case.service_code != service_code:
        tx.learning.corrected(case.id, case.service_code, service_code, staff.id)
    actor = Actor(Party.DISPATCHER, f"staff:{staff.id}")
    case = settle_service(tx, rules, case, rules.services.get(service_code), actor)
    if case.handler_id is None:
        case = assign(tx, rules, case)
        say_who(tx, rules, case)
    return case


def give_nearer(tx: Tx, rules: Rules, case: Case, *, to: Hearers = EVERYBODY) -> Case:
    """Nobody has begun, and the place is another: who is nearer gets it, if anybody is."""
    if nearer(tx.dispatch, rules, case, tx.now) is None:
        return case
    given = _handed_on(tx, rules, case, "case.event.given_nearer")
    if given.handler_id != case.handler_id:
        say_who(tx, rules, given, to=to)
    return given


def give_anew(tx: Tx, rules: Rules, case: Case) -> Case:
    """Give it to somebody of the organisation that it is for now, if nobody has begun."""
    if case.handler_id is None:
        return assign(tx, rules, case)
    elsewhere = tx.staff.get(case.handler_id).agency != case.agency
    begun = case.state is not State.ASSIGNED or case.answered_at is not None
    return _handed_on(tx, rules, case, "case.event.given_anew") if elsewhere and not begun else case


def _handed_on(tx: Tx, rules: Rules, case: Case, key: str) -> Case:
    chosen = _claimed(tx, rules, case)
    if chosen is None or chosen.staff_id == case.handler_id:
        return case
    words = rules.texts.say(key, reasons=chosen.reasons)
    case = move(tx, case, Trigger.HAND_OVER, SYSTEM, words=words, handler_id=chosen.staff_id)
    keep_decision(tx, case, chosen, chosen.staff_id, SYSTEM)
    return case


def fresh(tx: Tx, case_id: int, version: int) -> Case:
    """Return the case, locked, if it is still as the staff member saw it."""
    try:
        case = tx.cases.get(case_id)
    except KeyError:
        raise RefusedError("no_such_case") from None
    if case.version != version:
        raise RefusedError("changed_meanwhile")
    return case


def receiver(tx: Tx, staff_id: int) -> Staff:
    """Return the member a case is given to: one who is here and handles cases."""
    for member in tx.staff.all():
        if member.id == staff_id and may(member.role, Right.HANDLE_CASE):
            return member
    raise RefusedError("no_such_colleague")


def pass_on(
    tx: Tx, rules: Rules, case: Case, actor: Actor, why: str, to_staff: Staff | None = None
) -> Case:
    """Who had the case is here no longer: it goes to `to_staff`, or to whom the system suggests.

    Where there is nobody it waits, and its reporter is told so.
    """
    suggested = _claimed(tx, rules, case)
    chosen_id = to_staff.id if to_staff else suggested.staff_id if suggested else None
    if chosen_id is None:
        waiting = replace(case, handler_id=None, answered_at=None)
        case = move(tx, waiting, Trigger.RELEASE, actor, words=why)
        text = rules.texts.say("case.news.released", number=case.number)
        tell(tx, rules, case, key=f"released:{case.version}", text=text, on_card=True, to=EVERYBODY)
        return case
    member = tx.staff.get(chosen_id)
    keep_decision(tx, case, suggested, member.id, actor, why)
    case = move(
        tx,
        replace(owe_first_answer(tx, rules, case), agency=member.agency, handler_id=member.id),
        Trigger.HAND_OVER,
        actor,
        words=rules.texts.say("case.event.handed", name=member.name, why=why),
    )
    say_who(tx, rules, case)
    return case


def say_who(tx: Tx, rules: Rules, case: Case, *, to: Hearers = EVERYBODY) -> None:
    """Tell the reporter, and whom it concerns, who has her case now, and until when."""
    if case.handler_id is None:
        return
    text = rules.texts.say(
        "case.news.assigned",
        number=case.number,
        name=tx.staff.get(case.handler_id).name,
        when=rules.texts.moment(case.answer_due, tx.now),
    )
    event = note(tx, case, EventKind.ANSWER, SYSTEM, text)
    tell(tx, rules, case, key=f"who:{event}", text=text, on_card=True, to=to)


def keep_decision(
    tx: Tx,
    case: Case,
    suggested: Suggestion | None,
    chosen_id: int,
    actor: Actor,
    why: str = "",
) -> None:
    """Keep what was suggested beside what was done."""
    tx.dispatch.decided(
        Decision(
            case_id=case.id,
            suggested_id=suggested.staff_id if suggested else None,
            reasons=suggested.reasons if suggested else "",
            chosen_id=chosen_id,
            actor=actor.code,
            why=why,
            at=tx.now,
        )
    )


def _given(tx: Tx, rules: Rules, case: Case) -> Case | None:
    chosen = _claimed(tx, rules, case)
    if chosen is None:
        return None
    case = move(tx, case, Trigger.ASSIGN, SYSTEM, words=chosen.reasons, handler_id=chosen.staff_id)
    keep_decision(tx, case, chosen, chosen.staff_id, SYSTEM)
    return case


def _claimed(tx: Tx, rules: Rules, case: Case) -> Suggestion | None:
    """Choose somebody and keep their load for this unit, so that nobody's day is filled twice.

    Of equals, one whom another unit is just giving something to is passed over; when all of
    them are, this one waits for the best and looks again.
    """
    need = need_of(case, tx.dispatch.named(case.id), tx.now)
    for _ in range(_TRIES_MOST):
        ranking = ranking_for(tx.dispatch, rules, case, tx.now, need)
        if not ranking:
            return None
        for one in best_tier(ranking):
            if tx.dispatch.claim(one.staff_id, one.weight):
                return suggestion(rules, case, one)
        tx.dispatch.hold(ranking[0].staff_id)
    return None


def _decided(tx: Tx, rules: Rules, case: Case, to_staff: Staff, actor: Actor, why: str) -> str:
    """Keep what was suggested beside what a person decides; return the words for the history."""
    suggested = suggest(tx.dispatch, rules, case, tx.now)
    overruled = suggested is not None and suggested.staff_id != to_staff.id
    if overruled and len(why) < _WHY_LEAST:
        raise RefusedError("why_missing")
    keep_decision(tx, case, suggested, to_staff.id, actor, why)
    words = rules.texts.say("case.event.given", name=to_staff.name, why=why)
    if suggested is None or not overruled:
        return words
    return words + rules.texts.say("case.event.overruled", reasons=suggested.reasons)
