"""What happens when a clock runs out. A clock that fell due while we were off fires once."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from bot.flow.cases.ask import give_up, remind
from bot.flow.cases.assign import assign, say_who
from bot.flow.cases.follow_up import FOLLOW_UP_LAST, ask_once_more, lapse
from bot.flow.cases.move import note, show_on_card
from bot.flow.cases.reasons import what_it_waits_for
from bot.flow.cases.referral import expire, fall_due, still_late
from bot.flow.cases.visit import overdue
from bot.flow.cases.winding import LIMIT, set_limit, wind_clocks
from bot.flow.telling import alerts
from bot.flow.telling.news import EVERYBODY, tell
from bot.model.case import OPEN_STATES, SYSTEM, Case, EventKind
from bot.model.clock import LADDER, CaseClock, Clock, Step
from bot.model.referral import REFERRAL_CLOCKS
from bot.model.relation import ASK_CLOCKS
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from bot.ports.timers import Timer

_SECOND_PROMISE_HOURS: Final = 2.0
_SECOND_PROMISE_URGENT: Final = timedelta(minutes=30)
_RETRY_HOURS: Final = 0.5
_RETRY_URGENT: Final = timedelta(minutes=10)


def fire(tx: Tx, rules: Rules, timer: Timer) -> None:
    """Do what is due."""
    _ACTIONS[timer.kind](tx, rules, tx.cases.get(timer.case_id))


def _assign(tx: Tx, rules: Rules, case: Case) -> None:
    """Look for somebody; without anybody again later, and what is urgent never rests.

    Somebody gets what is doubtful by the best guess; until they take it staff are asked as ever.
    """
    doubtful = case.doubtful
    if doubtful:
        case = tx.cases.save(replace(case, doubtful=False))
    case = assign(tx, rules, case)
    if case.handler_id is not None:
        if doubtful:
            case = tx.cases.save(replace(case, doubtful=True))
        say_who(tx, rules, case)
        return
    again = tx.now + _RETRY_URGENT if case.urgent else rules.hours.after(tx.now, _RETRY_HOURS)
    tx.timers.set(Clock.ASSIGN.value, case.id, again)


def _limits(tx: Tx, rules: Rules, case: Case) -> None:
    """Let each clock of the case take the steps that are due, several at once if need be."""
    running = [clock for clock in tx.clocks.running(case.id) if clock.kind in LADDER]
    if not running and case.state in OPEN_STATES:
        _wind_silently(tx, rules, case)
        return
    took: list[tuple[Step, CaseClock]] = []
    for clock in sorted(running, key=lambda clock: LADDER.index(clock.kind)):
        if clock.wakes_at is not None and clock.wakes_at <= tx.now:
            climbed = clock.climbed(rules.hours, tx.now, urgent=case.urgent)
            tx.clocks.save(climbed)
            took.append((clock.step, climbed))
    set_limit(tx, case.id, tx.clocks.running(case.id))
    _remind(tx, rules, case, took)
    newly_late = [clock for before, clock in took if before < Step.LATE <= clock.step]
    if newly_late:
        _late(tx, rules, case, newly_late[0])
    if any(before < clock.step for before, clock in took):
        _escalated(tx, rules, case, took)


def _wind_silently(tx: Tx, rules: Rules, case: Case) -> None:
    """A case of an older version, whose reporter has heard of what is late already."""
    wind_clocks(tx, case)
    for clock in tx.clocks.running(case.id):
        if clock.kind in LADDER:
            tx.clocks.save(clock.climbed(rules.hours, tx.now, urgent=case.urgent))
    set_limit(tx, case.id, tx.clocks.running(case.id))


def _remind(tx: Tx, rules: Rules, case: Case, took: Sequence[tuple[Step, CaseClock]]) -> None:
    """Tell who owes it that the limit is near."""
    for before, clock in took:
        if before < Step.SOON is clock.step:
            words = rules.texts.say(
                f"case.soon.{clock.kind.value}", when=rules.texts.moment(clock.due_at, tx.now)
            )
            alerts.soon(tx, rules, case, words)


def _late(tx: Tx, rules: Rules, case: Case, clock: CaseClock) -> None:
    """Say first that it is late, why, and what happens now: one message, whatever else is."""
    handler = "" if case.handler_id is None else tx.staff.get(case.handler_id).name
    referral = tx.referrals.live_of(case.id)
    text = rules.texts.say(
        f"case.news.late_{clock.kind.value}",
        number=case.number,
        promised=rules.texts.moment(clock.due_at, tx.now),
        why=what_it_waits_for(rules, case, handler, referral),
        when=rules.texts.moment(_second_promise(rules, case, tx.now), tx.now),
    )
    note(tx, case, EventKind.LATE, SYSTEM, text)
    show_on_card(tx, case)
    key = f"late:{clock.kind.value}:{case.times_reopened}:{int(clock.due_at.timestamp())}"
    tell(tx, rules, case, key=key, text=text, to=EVERYBODY)
    alerts.late(tx, rules, case)


def _second_promise(rules: Rules, case: Case, now: datetime) -> datetime:
    if case.urgent:
        return now + _SECOND_PROMISE_URGENT
    return rules.hours.after(now, _SECOND_PROMISE_HOURS)


def _escalated(tx: Tx, rules: Rules, case: Case, took: Sequence[tuple[Step, CaseClock]]) -> None:
    """It is still not done: the grid's lead is told, then the street; the history shows it."""
    reached = max(clock.step for _, clock in took)
    before = max(step for step, _ in took)
    if reached <= max(before, Step.LATE):
        return
    leads, street = alerts.escalated(tx, rules, case, street=reached is Step.STREET)
    key = f"case.event.escalated_{reached.name.lower()}"
    words = rules.texts.say(key, leads=leads, street=street)
    note(tx, case, EventKind.ESCALATED, SYSTEM, words)
    show_on_card(tx, case)


_ACTIONS: Final[MappingProxyType[str, Callable[[Tx, Rules, Case], None]]] = MappingProxyType(
    {
        LIMIT: _limits,
        Clock.ASSIGN.value: _assign,
        Clock.FOLLOW_UP.value: ask_once_more,
        FOLLOW_UP_LAST: lapse,
        Clock.VISIT.value: overdue,
        **dict(zip(ASK_CLOCKS, (remind, give_up), strict=True)),
        **dict(zip(REFERRAL_CLOCKS, (fall_due, still_late, expire), strict=True)),
    }
)
