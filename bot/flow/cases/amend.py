"""A case is put into other words: an edited message, a sentence said again."""

from dataclasses import replace

from bot.flow.cases.assign import assign, say_who
from bot.flow.cases.move import note, show_on_card
from bot.flow.cases.place import set_place
from bot.flow.cases.service import limits, settle_service
from bot.flow.cases.winding import wind_clocks
from bot.flow.telling import alerts
from bot.model.case import OPEN_STATES, SYSTEM, Actor, Case, EventKind
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from nlp.meaning import Meaning


def amend(tx: Tx, rules: Rules, case: Case, actor: Actor, words: str, meaning: Meaning) -> Case:
    """Let the case say these words; its place and service follow where they are clear.

    The history keeps what was said before. A case that nobody works on any more only gets
    the line in its history.
    """
    note(tx, case, EventKind.WORDS, actor, rules.texts.say("case.event.amended", words=words))
    if case.state not in OPEN_STATES:
        return case
    case = tx.cases.save(replace(case, description=words))
    if meaning.place:
        case = set_place(tx, rules, case, actor, meaning.place)
    case = _sorted(tx, rules, case, actor, meaning)
    if meaning.emergency is not None:
        case = raise_alarm(tx, rules, case)
    show_on_card(tx, case)
    return case


def raise_alarm(tx: Tx, rules: Rules, case: Case) -> Case:
    """An open case turns out to be an emergency: its clocks never rest from now on."""
    if case.urgent:
        return case
    note(tx, case, EventKind.ALARM, SYSTEM, rules.texts.say("case.event.alarm"))
    answer_due, solve_due = limits(tx, rules, rules.service(case.service_code), urgent=True)
    case = tx.cases.save(
        replace(
            case,
            urgent=True,
            doubtful=False,
            answered_at=None,
            answer_due=answer_due,
            solve_due=solve_due,
        )
    )
    wind_clocks(tx, case)
    case = _given(tx, rules, case)
    alerts.emergency(tx, rules, case)
    return case


def _sorted(tx: Tx, rules: Rules, case: Case, actor: Actor, meaning: Meaning) -> Case:
    best = meaning.classification.best
    if best is None or meaning.classification.doubtful or best.service_code == case.service_code:
        return case
    case = settle_service(tx, rules, case, rules.services.get(best.service_code), actor)
    return _given(tx, rules, case)


def _given(tx: Tx, rules: Rules, case: Case) -> Case:
    if case.handler_id is None:
        case = assign(tx, rules, case)
        say_who(tx, rules, case)
    return case
