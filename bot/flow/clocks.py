"""What happens when a clock runs out. A clock that fell due while we were off fires once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from bot.flow import alerts
from bot.flow.ask import give_up, remind
from bot.flow.assign import assign, say_who
from bot.flow.follow_up import FOLLOW_UP_LAST, ask_once_more, lapse
from bot.flow.move import note, show_on_card
from bot.flow.news import EVERYBODY, tell
from bot.flow.referral import expire, fall_due, still_late
from bot.flow.visit import overdue
from bot.model.case import SYSTEM, Case, Clock, EventKind
from bot.model.referral import REFERRAL_CLOCKS
from bot.model.relation import ASK_CLOCKS
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from bot.ports.timers import Timer

_SECOND_PROMISE_HOURS: Final = 2.0
_RETRY_HOURS: Final = 0.5
_RETRY_URGENT: Final = timedelta(minutes=10)
_ASSIGN_LATE: Final = "assign_late"
"""Still nobody has it, and that it is late was said."""


def fire(tx: Tx, rules: Rules, timer: Timer) -> None:
    """Do what is due."""
    _ACTIONS[timer.kind](tx, rules, tx.cases.get(timer.case_id))


def _assign(tx: Tx, rules: Rules, case: Case) -> None:
    if case.doubtful:
        case = tx.cases.save(replace(case, doubtful=False))
    late = tx.now >= case.answer_due
    if not _found_somebody(tx, rules, case, _ASSIGN_LATE if late else Clock.ASSIGN.value) and late:
        _late(tx, rules, case, Clock.ASSIGN)


def _assign_late(tx: Tx, rules: Rules, case: Case) -> None:
    _found_somebody(tx, rules, case, _ASSIGN_LATE)


def _found_somebody(tx: Tx, rules: Rules, case: Case, else_timer: str) -> bool:
    """Assign the case, or look again later, but not past its limit; what is urgent never rests."""
    case = assign(tx, rules, case)
    if case.handler_id is not None:
        say_who(tx, rules, case)
        return True
    again = tx.now + _RETRY_URGENT if case.urgent else rules.hours.after(tx.now, _RETRY_HOURS)
    tx.timers.clear(case.id)
    tx.timers.set(
        else_timer, case.id, min(again, case.answer_due) if tx.now < case.answer_due else again
    )
    return False


def _first_answer(tx: Tx, rules: Rules, case: Case) -> None:
    _late(tx, rules, case, Clock.FIRST_ANSWER)


def _solve(tx: Tx, rules: Rules, case: Case) -> None:
    _late(tx, rules, case, Clock.SOLVE)


def _late(tx: Tx, rules: Rules, case: Case, clock: Clock) -> None:
    """Say first that it is late, why, and what happens now; once for each clock and round."""
    promised = case.solve_due if clock is Clock.SOLVE else case.answer_due
    text = rules.texts.say(
        f"case.news.late_{clock.value}",
        number=case.number,
        promised=rules.texts.moment(promised, tx.now),
        when=rules.texts.moment(rules.hours.after(tx.now, _SECOND_PROMISE_HOURS), tx.now),
    )
    note(tx, case, EventKind.LATE, SYSTEM, text)
    show_on_card(tx, case)
    alerts.late(tx, rules, case)
    key = f"late:{clock.value}:{case.times_reopened}"
    tell(tx, rules, case, key=key, text=text, to=EVERYBODY)


_ACTIONS: Final[MappingProxyType[str, Callable[[Tx, Rules, Case], None]]] = MappingProxyType(
    {
        Clock.ASSIGN.value: _assign,
        _ASSIGN_LATE: _assign_late,
        Clock.FIRST_ANSWER.value: _first_answer,
        Clock.SOLVE.value: _solve,
        Clock.FOLLOW_UP.value: ask_once_more,
        FOLLOW_UP_LAST: lapse,
        Clock.VISIT.value: overdue,
        **dict(zip(ASK_CLOCKS, (remind, give_up), strict=True)),
        **dict(zip(REFERRAL_CLOCKS, (fall_due, still_late, expire), strict=True)),
    }
)
