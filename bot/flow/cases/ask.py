"""Staff ask the reporter. Until she answers the clocks of the case rest, but not for ever."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.flow.cases.assign import fresh
from bot.flow.cases.move import note, show_on_card
from bot.flow.cases.service import owe_answer
from bot.flow.cases.winding import start, stop, wind_clocks
from bot.flow.telling.alerts import alarm, handler_and
from bot.flow.telling.news import tell
from bot.model.case import OPEN_STATES, SYSTEM, Actor, Case, EventKind, Party, RefusedError
from bot.model.clock import Clock, postponed
from bot.model.relation import ASK_CLOCKS, Await
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.alerts import AlertKind
from bot.ports.rules import Rules
from bot.ports.storage import Tx

_REMIND_HOURS: Final = 18.0
"""Two working days."""

_LAST_HOURS: Final = 9.0
ANSWER_WAITS: Final = timedelta(days=3)
"""How long after an answer of staff her words are taken as meant for them."""

_LEAST: Final = 2
_MOST: Final = 2000
_ASK, _ASK_LAST = ASK_CLOCKS


def ask(tx: Tx, rules: Rules, case_id: int, staff: Staff, words: str, *, version: int) -> Case:
    """Ask the reporter; her next words are the answer, and the clocks of the case rest."""
    case = fresh(tx, case_id, version)
    if case.handler_id != staff.id and not may(staff.role, Right.DISPATCH_CASE):
        raise RefusedError("not_yours")
    if case.handler_id is None or case.state not in OPEN_STATES:
        raise RefusedError("not_now")
    if is_asked(tx, case):
        raise RefusedError("asked_already")
    words = _checked(words)
    case = tx.cases.save(replace(case, answered_at=case.answered_at or tx.now))
    tx.relations.wait_for(case.id, Await.QUESTION)
    for kind in (Clock.FIRST_ANSWER, Clock.NEXT_ANSWER):
        stop(tx, case.id, kind)
    due_at = rules.hours.after(tx.now, _REMIND_HOURS + _LAST_HOURS)
    start(tx, case, Clock.ASK, f"resident:{case.reporter_id}", due_at)
    wind_clocks(tx, case)
    tx.timers.set(_ASK, case.id, rules.hours.after(tx.now, _REMIND_HOURS))
    event = note(tx, case, EventKind.ASKED, Actor(Party.HANDLER, f"staff:{staff.id}"), words)
    text = rules.texts.say("case.news.asked", number=case.number, name=staff.name, words=words)
    tell(tx, rules, case, key=f"asked:{event}", text=text)
    show_on_card(tx, case)
    return case


def is_asked(tx: Tx, case: Case) -> bool:
    """Say whether a question to the reporter is open."""
    awaited = tx.relations.awaited(case.id)
    return awaited is not None and awaited.asked


def replied(tx: Tx, rules: Rules, case: Case, actor: Actor, words: str) -> Case:
    """Her words reach the case, whoever has it is alarmed; an open question is answered."""
    note(tx, case, EventKind.REPLIED, actor, words)
    said = rules.texts.say("case.alarm.replied", words=words)
    alarm(tx, rules, case, AlertKind.REPLIED, handler_and(case, ()), said)
    case = _go_on(tx, rules, case, met=True)
    owe_answer(tx, rules, case)
    return case


def remind(tx: Tx, rules: Rules, case: Case) -> None:
    """Two working days without an answer: she is reminded once."""
    if not is_asked(tx, case):
        return
    tx.relations.reminded(case.id, tx.now)
    text = rules.texts.say("case.news.ask_reminder", number=case.number)
    tell(tx, rules, case, key=f"ask_reminder:{case.version}", text=text)
    tx.timers.set(_ASK_LAST, case.id, rules.hours.after(tx.now, _LAST_HOURS))


def give_up(tx: Tx, rules: Rules, case: Case) -> None:
    """Still no answer: the clocks run again, and the handler decides without her."""
    if not is_asked(tx, case):
        return
    note(tx, case, EventKind.UNANSWERED, SYSTEM, "")
    case = _go_on(tx, rules, case, met=False)
    words = rules.texts.say("case.alarm.unanswered")
    alarm(tx, rules, case, AlertKind.UNANSWERED, handler_and(case, ()), words)


def _go_on(tx: Tx, rules: Rules, case: Case, *, met: bool) -> Case:
    awaited = tx.relations.awaited(case.id)
    if awaited is None:
        return case
    tx.relations.heard(case.id)
    stop(tx, case.id, Clock.ASK, met=met)
    if not awaited.asked or case.state not in OPEN_STATES:
        return case
    answer_due, solve_due = (
        postponed(due_at, awaited.asked_at, tx.now, None if case.urgent else rules.hours)
        for due_at in (case.answer_due, case.solve_due)
    )
    case = tx.cases.save(replace(case, answer_due=answer_due, solve_due=solve_due))
    wind_clocks(tx, case)
    show_on_card(tx, case)
    return case


def _checked(words: str) -> str:
    words = words.strip()
    if len(words) < _LEAST:
        raise RefusedError("too_short")
    if len(words) > _MOST:
        raise RefusedError("too_long")
    return words
