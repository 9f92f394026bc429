"""What kind of matter a case is, and the time limits that follow from it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.flow.cases.move import note, show_on_card
from bot.flow.cases.routing import routed
from bot.flow.cases.winding import start, wind_clocks
from bot.model.case import WORKING, Actor, Case, EventKind
from bot.model.clock import Clock
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from nlp.matter.services import Service, ServiceCatalogue
from nlp.meaning import Meaning

_URGENT_HOURS: Final = (0.25, 4.0)
"""The latest first answer and solution of whatever is urgent, of any service."""


def settle_service(tx: Tx, rules: Rules, case: Case, service: Service, actor: Actor) -> Case:
    """Set the service that somebody chose or corrected; the time limits start anew.

    Words that spoke for another are no reasons any more.
    """
    answer_due, solve_due = limits(tx, rules, service, urgent=case.urgent)
    case = tx.cases.save(
        replace(
            case,
            service_code=service.code,
            agency=service.agency,
            doubtful=False,
            reasons=case.reasons if service.code == case.service_code else "",
            answer_due=answer_due,
            solve_due=solve_due,
        )
    )
    note(tx, case, EventKind.SERVICE, actor, service.name)
    case = apply_rules(tx, rules, case)
    show_on_card(tx, case)
    wind_clocks(tx, case)
    return case


def apply_rules(tx: Tx, rules: Rules, case: Case) -> Case:
    """Send the case where the routing rules say; what they make urgent has urgent limits."""
    sent = routed(tx, rules, case)
    if sent == case:
        return case
    if sent.urgent and not case.urgent:
        answer_due, solve_due = limits(tx, rules, rules.service(sent.service_code), urgent=True)
        sent = replace(sent, answer_due=answer_due, solve_due=solve_due, doubtful=False)
    return tx.cases.save(sent)


def service_of(rules: Rules, meaning: Meaning) -> Service:
    """Return the most likely service; what nobody recognises is for a person to sort."""
    best = meaning.classification.named
    return rules.services.get(best.service_code if best else ServiceCatalogue.OTHER)


def limits(tx: Tx, rules: Rules, service: Service, *, urgent: bool) -> tuple[datetime, datetime]:
    """Return when the first answer and the solution are due; urgent clocks never rest."""
    hours = (service.first_answer_hours, service.solve_hours)
    if urgent:
        answer, solve = (min(pair) for pair in zip(hours, _URGENT_HOURS, strict=True))
        return tx.now + timedelta(hours=answer), tx.now + timedelta(hours=solve)
    return rules.hours.after(tx.now, hours[0]), rules.hours.after(tx.now, hours[1])


def owe_first_answer(tx: Tx, rules: Rules, case: Case) -> Case:
    """Return the case as who gets it from somebody owes it: an answer, by a limit that is true.

    One that was not answered yet keeps its limit, however often it is handed on.
    """
    if case.answered_at is None:
        return case
    answer_due, _ = limits(tx, rules, rules.service(case.service_code), urgent=case.urgent)
    return replace(case, answered_at=None, answer_due=answer_due)


def owe_answer(tx: Tx, rules: Rules, case: Case) -> None:
    """She wrote again: who has the case owes her an answer, if not the first one still."""
    if case.state not in WORKING or case.handler_id is None or case.answered_at is None:
        return
    due_at, _ = limits(tx, rules, rules.service(case.service_code), urgent=case.urgent)
    start(tx, case, Clock.NEXT_ANSWER, f"staff:{case.handler_id}", due_at)
