"""A case is put into other words: an edited message, a sentence said again."""

from dataclasses import replace

from bot.flow.assign import assign, say_who
from bot.flow.move import note, show_on_card
from bot.flow.resident import set_place
from bot.flow.service import settle_service
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
    urgent = case.urgent or meaning.emergency is not None
    if urgent and not case.urgent:
        note(tx, case, EventKind.ALARM, SYSTEM, rules.texts.say("case.event.alarm"))
    case = tx.cases.save(replace(case, description=words, urgent=urgent))
    if meaning.place:
        case = set_place(tx, case, actor, meaning.place)
    case = _sorted(tx, rules, case, actor, meaning)
    show_on_card(tx, case)
    return case


def _sorted(tx: Tx, rules: Rules, case: Case, actor: Actor, meaning: Meaning) -> Case:
    best = meaning.classification.best
    if best is None or meaning.classification.doubtful or best.service_code == case.service_code:
        return case
    case = settle_service(tx, rules, case, rules.services.get(best.service_code), actor)
    if case.handler_id is None:
        case = assign(tx, rules, case)
        say_who(tx, rules, case)
    return case
