"""Stage 1, 问题发现: a resident's words become a case."""

import secrets
from collections.abc import Iterable

from bot.flow.cases.assign import assign
from bot.flow.cases.filing import keep_filing
from bot.flow.cases.move import move, note
from bot.flow.cases.service import apply_rules, limits, service_of
from bot.flow.cases.times import note_times
from bot.flow.cases.winding import wind_clocks
from bot.flow.telling import alerts
from bot.model.case import SYSTEM, Actor, Case, EventKind, Party, Trigger
from bot.model.people import Contact
from bot.ports.cases import NewCase
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from nlp.matter.services import Priority, ServiceCatalogue
from nlp.meaning import Meaning
from nlp.places.grammar import Place


def open_case(
    tx: Tx,
    rules: Rules,
    contact: Contact,
    meaning: Meaning,
    *,
    words: str,
    grid_id: int | None = None,
    not_to: Iterable[int] = (),
) -> Case:
    """Open a case from what was understood, and assign it where there is no doubt.

    `grid_id` where the grid is known better than by the words. Members in `not_to` don't get it.
    A matter that belongs to somebody else is recorded and redirected at once.
    """
    service = service_of(rules, meaning)
    urgent = meaning.emergency is not None or service.priority is Priority.URGENT
    doubtful = meaning.classification.doubtful and service.code != ServiceCatalogue.OTHER
    best = meaning.classification.best
    answer_due, solve_due = limits(tx, rules, service, urgent=urgent)
    case = tx.cases.add(
        NewCase(
            token=secrets.token_urlsafe(16),
            service_code=service.code,
            doubtful=doubtful and not urgent,
            urgent=urgent,
            description=words,
            place=meaning.place.text,
            reasons=best.explain(rules.texts.say("case.reasons_rest")) if best else "",
            agency=service.agency,
            grid_id=grid_of(tx, meaning.place) if grid_id is None else grid_id,
            reporter_id=contact.person_id,
            contact_id=contact.id,
            answer_due=answer_due,
            solve_due=solve_due,
        )
    )
    keep_filing(tx, case)
    note(tx, case, EventKind.FOUND, reporter(contact), words)
    note_times(tx, rules, case, meaning.times)
    if meaning.emergency is not None:
        note(tx, case, EventKind.ALARM, SYSTEM, rules.texts.say("case.event.alarm"))
    elif service.elsewhere is not None:
        where = rules.texts.say(
            "case.event.elsewhere", name=service.elsewhere.name, phone=service.elsewhere.phone
        )
        return move(tx, case, Trigger.REDIRECT, SYSTEM, words=where, closed_at=tx.now)
    case = apply_rules(tx, rules, case)
    if case.doubtful:
        wind_clocks(tx, case)
        return case
    case = assign(tx, rules, case, not_to=not_to)
    if meaning.emergency is not None:
        alerts.emergency(tx, rules, case)
    return case


def grid_of(tx: Tx, place: Place) -> int | None:
    """Return the grid of the building, if it is one of ours."""
    if place.building is None:
        return None
    building = tx.places.building(place.estate, place.building)
    return building.grid_id if building else None


def reporter(contact: Contact) -> Actor:
    """Return the person of the contact, acting on a case of theirs."""
    return Actor(Party.REPORTER, f"resident:{contact.person_id}")
