"""The place of a case is put right, and whoever is right for the new place gets it."""

from dataclasses import replace

from bot.flow.cases.assign import assign, assign_next, give_nearer, say_who
from bot.flow.cases.move import note, show_on_card
from bot.flow.cases.open import grid_of
from bot.flow.cases.service import apply_rules
from bot.flow.cases.suggest import nearer
from bot.flow.telling.alerts import alarm, dispatchers, handler_and
from bot.flow.telling.news import EVERYBODY, Hearers
from bot.model.case import OPEN_STATES, Actor, Case, EventKind, State
from bot.ports.alerts import AlertKind
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from nlp.places.grammar import Place


def set_place(
    tx: Tx, rules: Rules, case: Case, actor: Actor, place: Place, *, to: Hearers = EVERYBODY
) -> Case:
    """Correct or complete the place, and the grid with it.

    While nobody has the case, rules and suggestion are asked again with the new place. A case
    that was given but not begun goes to who is nearer; of one that was begun people decide.
    `to` hear who has it then.
    """
    return settle_place(tx, rules, case, actor, place.text, grid_of(tx, place), to=to)


def settle_place(
    tx: Tx,
    rules: Rules,
    case: Case,
    actor: Actor,
    place: str,
    grid_id: int | None,
    *,
    to: Hearers = EVERYBODY,
) -> Case:
    """Do the same with a place in words whose grid is known."""
    elsewhere = grid_id is not None and grid_id != case.grid_id
    case = tx.cases.save(replace(case, place=place, grid_id=grid_id))
    note(tx, case, EventKind.PLACE, actor, place)
    show_on_card(tx, case)
    if case.state not in OPEN_STATES:
        return case
    if case.handler_id is None:
        return _routed_anew(tx, rules, case, to)
    if elsewhere and not _begun(tx, case):
        return _given_anew(tx, rules, case, to)
    if elsewhere:
        _ask_people(tx, rules, case)
    return case


def _routed_anew(tx: Tx, rules: Rules, case: Case, to: Hearers) -> Case:
    case = apply_rules(tx, rules, case)
    if case.doubtful:
        return case
    case = assign(tx, rules, case)
    say_who(tx, rules, case, to=to)
    return case


def _begun(tx: Tx, case: Case) -> bool:
    """Say whether its handler has done anything that another would have to do again."""
    untouched = case.state is State.ASSIGNED and case.answered_at is None
    return not untouched or tx.referrals.live_of(case.id) is not None


def _given_anew(tx: Tx, rules: Rules, case: Case, to: Hearers) -> Case:
    former = tx.staff.get(case.handler_id or 0)
    case = give_nearer(tx, rules, apply_rules(tx, rules, case), to=to)
    if case.handler_id in {former.id, None}:
        return case
    name = tx.staff.get(case.handler_id or 0).name
    words = rules.texts.say("case.alarm.moved_on", place=case.place, name=name)
    alarm(tx, rules, case, AlertKind.NEWS, [former.id], words)
    assign_next(tx, rules, former.agency)
    return case


def _ask_people(tx: Tx, rules: Rules, case: Case) -> None:
    """It was begun: who has it and the dispatchers hear who would be nearer, and decide."""
    suggested = nearer(tx.dispatch, rules, case, tx.now)
    if suggested is None:
        return
    words = rules.texts.say("case.alarm.moved", place=case.place, reasons=suggested.reasons)
    alarm(tx, rules, case, AlertKind.NEWS, handler_and(case, dispatchers(tx, rules)), words)
