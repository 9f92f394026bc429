"""Follow-up by a visit 上门回访: for who might not answer a message."""

from dataclasses import replace
from typing import Final

from bot.flow.cases.archive import archive
from bot.flow.cases.assign import fresh
from bot.flow.cases.follow_up import reopen
from bot.flow.cases.suggest import suggest
from bot.flow.cases.winding import wind_clocks
from bot.flow.telling import alerts
from bot.model.case import Actor, Case, Party, RefusedError, State, Trigger
from bot.model.clock import Clock
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.alerts import AlertKind
from bot.ports.bell import DESK
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from bot.ports.visits import Visit

_PATIENCE_HOURS: Final = 20.0
_AGAIN_HOURS: Final = 7.0
"""Of service: nobody visits at night."""

_WORDS_LEAST: Final = 2
_WORDS_MOST: Final = 500


def mark(tx: Tx, rules: Rules, case_id: int, staff: Staff, reason: str, *, version: int) -> None:
    """From now on the reporter of the case is visited after the work; no reason takes it back."""
    if not may(staff.role, Right.VISIT):
        raise RefusedError("not_allowed")
    case = fresh(tx, case_id, version)
    reason = reason.strip()
    if not reason:
        tx.visits.unmark(case.reporter_id)
        return
    tx.visits.mark(case.reporter_id, _checked(reason))
    if case.state is State.FOLLOW_UP:
        plan(tx, rules, case)
        wind_clocks(tx, case)
        tx.ring(DESK)


def plan(tx: Tx, rules: Rules, case: Case) -> bool:
    """Let somebody else than the handler visit, if a reporter of the case is to be visited."""
    reporters = {case.reporter_id, *(one.reporter_id for one in tx.relations.joined(case.id))}
    if all(tx.visits.reason(one) is None for one in reporters):
        return False
    tx.visits.plan(
        Visit(
            case_id=case.id,
            round=case.times_reopened,
            staff_id=_visitor(tx, rules, case),
            due_at=rules.hours.after(tx.now, _PATIENCE_HOURS),
        )
    )
    return True


def visit(
    tx: Tx, rules: Rules, case_id: int, staff: Staff, words: str, *, solved: bool, version: int
) -> None:
    """Somebody was there and writes what she said: it is solved, or it goes on."""
    if not may(staff.role, Right.VISIT):
        raise RefusedError("not_allowed")
    case = fresh(tx, case_id, version)
    if case.handler_id == staff.id:
        raise RefusedError("own_work")
    words = _checked(words.strip())
    dispatches = may(staff.role, Right.DISPATCH_CASE)
    actor = Actor(Party.DISPATCHER if dispatches else Party.HANDLER, f"staff:{staff.id}")
    if solved:
        archive(tx, rules, case, Trigger.VISIT, actor, words=words)
    else:
        reopen(tx, rules, case, actor, words)


def pass_on_visits(tx: Tx, rules: Rules, staff_id: int) -> None:
    """Whoever was to visit is here no longer: somebody else goes."""
    for planned in tx.visits.of_member(staff_id):
        case = tx.cases.get(planned.case_id)
        tx.visits.give(replace(planned, staff_id=_visitor(tx, rules, case)))
        wind_clocks(tx, case)


def overdue(tx: Tx, rules: Rules, case: Case) -> None:
    """Nobody has been there yet: say so every day. It never lapses."""
    planned = tx.visits.of_case(case.id, case.times_reopened)
    visitor = [] if planned is None or planned.staff_id is None else [planned.staff_id]
    whom = [*visitor, *alerts.dispatchers(tx, rules)]
    alerts.alarm(tx, rules, case, AlertKind.LATE, whom, rules.texts.say("case.alarm.visit"))
    tx.timers.set(Clock.VISIT.value, case.id, rules.hours.after(tx.now, _AGAIN_HOURS))


def _visitor(tx: Tx, rules: Rules, case: Case) -> int | None:
    """The lead of the grid, or the next who would be given such a case, or a dispatcher."""
    leads = [lead.id for lead in alerts.leads_of(tx, case)]
    other = suggest(tx.dispatch, rules, case, tx.now)
    found = [*leads, *([other.staff_id] if other else []), *alerts.dispatchers(tx, rules)]
    return next((one for one in found if one != case.handler_id), None)


def _checked(words: str) -> str:
    if len(words) < _WORDS_LEAST:
        raise RefusedError("too_short")
    if len(words) > _WORDS_MOST:
        raise RefusedError("too_long")
    return words
