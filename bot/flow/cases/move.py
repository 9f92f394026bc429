"""The one gate through which a case changes its state."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from bot.flow.cases.winding import stop, wind_clocks
from bot.model.case import (
    OPEN_STATES,
    Actor,
    Case,
    CaseEvent,
    EventKind,
    Trigger,
    next_state,
)
from bot.model.clock import Clock
from bot.model.referral import By, Move, next_referral_state
from bot.ports.bell import DESK, case_topic
from bot.ports.storage import Tx

_GATHER: Final = timedelta(seconds=2)
"""Changes that follow each other so fast are shown on the card as one."""


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
        stop(tx, case.id, Clock.REFERRAL, met=False)


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
