"""您说的是不是这件事？ A matter that neighbours have told of is offered to who tells of it too."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Final

from bot.dialogue.completing import place_of
from bot.dialogue.turn import Reply, Turn
from bot.flow.cases import together
from bot.flow.cases.open import grid_of
from bot.model.case import Case
from nlp.places.grammar import Place

_LOOKED_AT: Final = 6


def offered(turn: Turn, case: Case, reply: Reply) -> Reply:
    """Ask besides what is said anyway; her case goes on until she says yes.

    Of what her neighbours said only this is told: the matter, the building, how many they are.
    """
    if reply.step != "open" or turn.meaning.doubt is not None:
        return reply  # one question at a time, and danger first
    place = place_of(turn, case)
    main = _neighbours(turn, case, place)
    if main is None:
        return reply
    service = turn.rules.service(main.service_code).name
    count = people(turn, main)
    spot = _shared(place, place_of(turn, main)).text
    question = turn.say("same.ask", place=spot, service=service, count=count)
    return replace(
        reply,
        text=f"{reply.text}\n{question}",
        buttons=(
            turn.button("same", f"same:{case.id}:{main.id}"),
            turn.button("not_same", f"not_same:{case.id}"),
        ),
        step="same",
        notes={**reply.notes, "main": str(main.id)},
    )


def people(turn: Turn, main: Case) -> int:
    """Count who told of it."""
    return together.others(turn.tx.relations, main) + 1


def is_here(turn: Turn, case: Case, main: Case, place: Place) -> bool:
    """Say whether both are at one spot that can be told: a building, or an estate.

    Of an outage the estate is enough: what fails in one building fails in the next.
    """
    there = place_of(turn, main)
    if turn.rules.service(case.service_code).outage and place.estate:
        return place.estate == there.estate
    if not place.public or not place.may_be(there):
        return False
    grid_id = grid_of(turn.tx, place) if case.grid_id is None else case.grid_id
    return grid_id == main.grid_id


def _shared(place: Place, other: Place) -> Place:
    """Return what strangers may know of it and both have in common: their building, or estate."""
    same = place.building == other.building
    return place.public if same else Place(estate=place.estate)


def _neighbours(turn: Turn, case: Case, place: Place) -> Case | None:
    """Return the case there that most have told of, the oldest of equals: one gathers them all."""
    if not place.public:
        return None
    known = {main.id: main for main in _alike(turn, case)}
    fit = [
        main
        for main in known.values()
        if together.may_join(turn.tx, turn.rules, case, main) and is_here(turn, case, main, place)
    ]
    return max(fit, key=lambda main: (people(turn, main), -main.id), default=None)


def _alike(turn: Turn, case: Case) -> Iterator[Case]:
    for case_id in turn.incidents.alike(case, limit=_LOOKED_AT):
        with suppress(KeyError):  # remembered, and gone from the table
            yield together.standing(turn.tx, turn.tx.cases.get(case_id))
