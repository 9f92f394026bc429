"""The one gate through which a case changes its state."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from bot.model.case import (
    DUTIES,
    OPEN_STATES,
    Actor,
    Case,
    CaseEvent,
    Clock,
    EventKind,
    State,
    Trigger,
    next_state,
)
from bot.model.referral import REFERRAL_CLOCKS, By, Move, next_referral_state
from bot.model.relation import ASK_CLOCKS
from bot.ports.bell import DESK, case_topic
from bot.ports.storage import Tx

DOUBT_PATIENCE: Final = timedelta(minutes=10)
"""How long a doubtful case waits for its reporter to choose, before the best guess counts."""

_GATHER: Final = timedelta(seconds=2)
"""Changes that follow each other so fast are shown on the card as one."""

FOLLOW_UP_PATIENCE: Final = timedelta(days=3)


def move(
    tx: Tx, case: Case, trigger: Trigger, actor: Actor, *, words: str = "", **changes: Any
) -> Case:
    """Move the case by the table of transitions, with its history and its clocks.

    Raises RefusedError when the table does not allow it, or when somebody else was faster.
    """
    target = next_state(case.state, trigger, actor.party)
    case = tx.cases.save(replace(case, state=target, **changes))
    note(tx, case, EventKind.MOVED, actor, words, trigger=trigger)
    if case.state not in OPEN_STATES:
        tx.relations.heard(case.id)
    wind_clocks(tx, case)
    _end_referral(tx, case)
    show_on_card(tx, case)
    return case


def _end_referral(tx: Tx, case: Case) -> None:
    """Nobody else is asked for a case that has ended, or that nobody here answers for."""
    if case.state in OPEN_STATES and case.handler_id is not None:
        return
    referral = tx.referrals.live_of(case.id)
    if referral is not None:
        state = next_referral_state(referral.state, Move.RECALL, By.SYSTEM)
        tx.referrals.save(replace(referral, state=state, ended_at=tx.now))


def note(
    tx: Tx,
    case: Case,
    kind: EventKind,
    actor: Actor,
    words: str,
    *,
    trigger: Trigger | None = None,
) -> int:
    """Add a line to the history of the case and tell whoever watches; return its id."""
    event = CaseEvent(
        kind=kind,
        trigger=trigger,
        state=case.state,
        actor=actor.code,
        words=words,
        at=tx.now,
        handler_id=case.handler_id,
    )
    tx.ring(case_topic(case.id))
    tx.ring(DESK)
    return tx.cases.record(case.id, event)


def show_on_card(tx: Tx, case: Case) -> None:
    """Let the status card be shown anew, if the reporter has one."""
    tx.outbox.card_changed(case.id, tx.now + _GATHER)


def wind_clocks(tx: Tx, case: Case) -> None:
    """Start the clocks of the state the case is in, and stop all others.

    While its reporter is asked, only the clock of the question runs.
    """
    awaited = tx.relations.awaited(case.id)
    if awaited is not None and awaited.asked:
        tx.timers.clear(case.id, keep=(*REFERRAL_CLOCKS, *ASK_CLOCKS))
        return
    tx.timers.clear(case.id, keep=REFERRAL_CLOCKS)
    for clock, due_at in _clocks(tx, case):
        tx.timers.set(clock.value, case.id, due_at)


def _clocks(tx: Tx, case: Case) -> list[tuple[Clock, datetime]]:
    duty = DUTIES.get(case.state)
    if duty is None:
        return []
    if duty.clock is Clock.ASSIGN:
        return [(Clock.ASSIGN, tx.now + DOUBT_PATIENCE)]
    if duty.clock is Clock.FOLLOW_UP:
        visit = tx.visits.of_case(case.id, case.times_reopened)
        if visit is not None:
            return [(Clock.VISIT, visit.due_at)]
        return [(Clock.FOLLOW_UP, tx.now + FOLLOW_UP_PATIENCE)]
    clocks = [(Clock.SOLVE, case.solve_due)]
    if case.answered_at is None and case.state is State.ASSIGNED:
        clocks.append((Clock.FIRST_ANSWER, case.answer_due))
    return clocks
