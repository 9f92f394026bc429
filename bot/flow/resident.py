"""What a reporter does with her own case: add, correct, urge, withdraw."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.flow.assign import assign_next
from bot.flow.move import move, note, show_on_card
from bot.flow.open import grid_of
from bot.model.case import Actor, Case, EventKind, RefusedError, Trigger
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from nlp.places import Place

URGE_AGAIN: Final = timedelta(hours=1)


def add_words(tx: Tx, case: Case, actor: Actor, words: str) -> None:
    """Keep more of what she says with the case."""
    note(tx, case, EventKind.WORDS, actor, words)


def set_place(tx: Tx, case: Case, actor: Actor, place: Place) -> Case:
    """Correct or complete the place, and the grid with it."""
    case = tx.cases.save(replace(case, place=place.text, grid_id=grid_of(tx, place)))
    note(tx, case, EventKind.PLACE, actor, place.text)
    show_on_card(tx, case)
    return case


def urge(tx: Tx, case: Case, actor: Actor, words: str) -> None:
    """Remind whoever has the case; it stands on top of the workbench."""
    note(tx, case, EventKind.URGED, actor, words)


def withdraw(tx: Tx, rules: Rules, case_id: int, actor: Actor) -> Case:
    """The reporter takes the matter back."""
    case = tx.cases.get(case_id)
    if actor.code != f"resident:{case.reporter_id}":
        raise RefusedError("not_yours")
    case = move(tx, replace(case, closed_at=tx.now), Trigger.WITHDRAW, actor)
    assign_next(tx, rules, case.agency)
    return case
