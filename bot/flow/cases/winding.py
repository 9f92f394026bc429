"""Starts, stops and rests the clocks of a case. What happens on their way is in `clocks`."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.model.case import DUTIES, OPEN_STATES, Case, State
from bot.model.clock import LADDER, CaseClock, Clock, Ended, Step
from bot.model.referral import REFERRAL_CLOCKS
from bot.model.relation import ASK_CLOCKS
from bot.ports.storage import Tx

_Running = dict[Clock, CaseClock]
_Wanted = dict[Clock, tuple[str, datetime]]

LIMIT: Final = "limit"
"""The timer of the next step that any of the case's clocks has to take."""

DOUBT_PATIENCE: Final = timedelta(minutes=10)
"""How long a doubtful case waits for its reporter to choose, before the best guess counts."""

FOLLOW_UP_PATIENCE: Final = timedelta(days=3)

_APART: Final = frozenset({Clock.ASK, Clock.REFERRAL})
"""These start and stop by themselves, whatever the state of the case."""


def wind_clocks(tx: Tx, case: Case) -> None:
    """Let those clocks run that the case's state asks for, each for who owes it; stop others.

    While its reporter is asked, only the clock of the question runs; the others rest.
    """
    running = {clock.kind: clock for clock in tx.clocks.running(case.id)}
    awaited = tx.relations.awaited(case.id)
    if awaited is not None and awaited.asked:
        tx.timers.clear(case.id, keep=(*REFERRAL_CLOCKS, *ASK_CLOCKS))
        for kind in LADDER:
            if kind in running:
                tx.clocks.save(running[kind].paused(tx.now))
        return
    tx.timers.clear(case.id, keep=REFERRAL_CLOCKS)
    _set_timers(tx, case, _reconcile(tx, case, running))


def start(tx: Tx, case: Case, kind: Clock, party: str, due_at: datetime) -> None:
    """Start a clock beside those of the state; one of the kind that runs goes on as it is."""
    running = tx.clocks.running(case.id)
    if any(clock.kind is kind for clock in running):
        return
    begun = _begun(tx, case, kind, party, due_at)
    tx.clocks.start([begun])
    set_limit(tx, case.id, [*running, begun])


def stop(tx: Tx, case_id: int, kind: Clock, *, met: bool = True) -> None:
    """Stop the clock: what was owed is done, or, if not `met`, is owed no longer."""
    for clock in tx.clocks.running(case_id):
        if clock.kind is kind:
            _stop(tx, clock, met=met)


def told(tx: Tx, case_id: int, kind: Clock, step: Step, next_at: datetime | None) -> None:
    """Note how far a clock has come whose steps a timer of its own takes."""
    for clock in tx.clocks.running(case_id):
        if clock.kind is kind:
            tx.clocks.save(replace(clock, step=step, next_at=next_at))


def set_limit(tx: Tx, case_id: int, clocks: Iterable[CaseClock]) -> None:
    """Wake when the first of them has a step to take."""
    moments = [clock.wakes_at for clock in clocks if clock.kind in LADDER]
    first = min((at for at in moments if at is not None), default=None)
    if first is not None:
        tx.timers.set(LIMIT, case_id, first)


def _reconcile(tx: Tx, case: Case, running: _Running) -> list[CaseClock]:
    """Stop, go on and start; return the clocks that run now."""
    going_on = []
    wanted = _wanted(case, running) if case.state in OPEN_STATES else _after_work(tx, case, running)
    for kind, clock in running.items():
        party, due_at = wanted.get(kind, ("", clock.due_at))
        if party == clock.party:
            changed = clock.resumed(due_at, tx.now)
            if changed != clock:
                tx.clocks.save(changed)
            going_on.append(changed)
            del wanted[kind]
        elif kind not in _APART:
            _stop(tx, clock, met=_is_met(case, kind))
        elif kind is Clock.ASK:
            _stop(tx, clock, met=False)
        else:
            going_on.append(clock)
    begun = [_begun(tx, case, kind, *owed) for kind, owed in wanted.items()]
    tx.clocks.start(begun)
    return going_on + begun


def _after_work(tx: Tx, case: Case, running: _Running) -> _Wanted:
    """Return who owes a word on the work that is done: its reporter, or who visits her."""
    if case.state is not State.FOLLOW_UP:
        return {}
    visit = tx.visits.of_case(case.id, case.times_reopened)
    if visit is not None:
        party = "dispatchers" if visit.staff_id is None else f"staff:{visit.staff_id}"
        return {Clock.VISIT: (party, visit.due_at)}
    patience = running.get(Clock.FOLLOW_UP)
    due_at = patience.due_at if patience else tx.now + FOLLOW_UP_PATIENCE
    return {Clock.FOLLOW_UP: (f"resident:{case.reporter_id}", due_at)}


def _wanted(case: Case, running: _Running) -> _Wanted:
    """Return the clocks of an open case: who owes it, until when."""
    if case.handler_id is None:
        return {Clock.ASSIGN: ("dispatchers", case.answer_due)}
    handler = f"staff:{case.handler_id}"
    clocks = {Clock.SOLVE: (handler, case.solve_due)}
    if case.answered_at is None and case.state is State.ASSIGNED:
        clocks[Clock.FIRST_ANSWER] = (handler, case.answer_due)
    owed = running.get(Clock.NEXT_ANSWER)
    if owed is not None:
        clocks[Clock.NEXT_ANSWER] = (handler, owed.due_at)
    return clocks


def _is_met(case: Case, kind: Clock) -> bool:
    """Say whether what the clock was for is done, now that it is stopped."""
    if kind is Clock.ASSIGN:
        return case.handler_id is not None or case.state is State.OUT_OF_SCOPE
    if kind is Clock.FIRST_ANSWER:
        return case.answered_at is not None or case.state is State.OUT_OF_SCOPE
    if kind in {Clock.SOLVE, Clock.NEXT_ANSWER}:
        return case.solved_at is not None or case.state is State.OUT_OF_SCOPE
    return True


def _begun(tx: Tx, case: Case, kind: Clock, party: str, due_at: datetime) -> CaseClock:
    return CaseClock.begun(
        case.id, kind, party=party, round_=case.times_reopened, now=tx.now, due_at=due_at
    )


def _stop(tx: Tx, clock: CaseClock, *, met: bool) -> None:
    """What was late is late, whatever became of it; time at rest does not count."""
    late = (clock.paused_at or tx.now) > clock.due_at
    tx.clocks.stop(clock, Ended.LATE if late else Ended.KEPT if met else Ended.VOID)


def _set_timers(tx: Tx, case: Case, running: Iterable[CaseClock]) -> None:
    duty = DUTIES.get(case.state)
    if duty is None:
        return
    if duty.clock is Clock.ASSIGN:
        tx.timers.set(Clock.ASSIGN.value, case.id, tx.now + DOUBT_PATIENCE)
    set_limit(tx, case.id, running)
    for clock in running:
        if clock.kind in {Clock.FOLLOW_UP, Clock.VISIT}:
            tx.timers.set(clock.kind.value, case.id, clock.due_at)
