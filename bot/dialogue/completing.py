"""5号楼, 3单元: what she leaves out of a place is what she said before, or she is asked."""

import re
from dataclasses import replace
from typing import Final

from bot.dialogue.turn import Reply, Turn
from bot.model.case import Case
from bot.model.place import Building
from channels.message import Button
from nlp.places.grammar import Place

_CHOICES_MOST: Final = 3
_NUMBER: Final = re.compile(r"(\d{1,3})号?")


def place_of(turn: Turn, case: Case) -> Place:
    """Return where the case is, as far as the words for it name a place."""
    return turn.interpreter.interpret(case.place).place if case.place else Place()


def completed(turn: Turn, place: Place) -> Place:
    """Return the place with the house or the estate that she last spoke of, or that alone it is."""
    if place.building:
        return place if place.estate else _in_estate(turn, place)
    if not (place.unit or place.floor or place.room):
        return place
    earlier = (place_of(turn, case) for case in turn.recent_cases())
    house = next((one for one in earlier if one.building), Place())
    if place.estate not in {None, house.estate}:
        return place
    unit = None if place.unit else house.unit
    return Place(estate=house.estate, building=house.building, unit=unit).merged_with(place)


def may_be_in(turn: Turn, place: Place) -> list[Building]:
    """Return the houses of that number where no estate is named, if there are several."""
    if place.estate or place.building is None:
        return []
    houses = [
        house
        for estate in turn.tx.places.estates()
        if (house := turn.tx.places.building(estate, place.building)) is not None
    ]
    return houses if len(houses) > 1 else []


def asked_where(turn: Turn, case: Case, reply: Reply) -> Reply:
    """Ask besides where it is, in which house, or in which estate that is, if she left it out."""
    place = place_of(turn, case)
    houses = may_be_in(turn, place)
    nowhere = not case.place or turn.interpreter.is_only_beside(place)
    if not nowhere and not houses and not _lacks_house(place):
        return reply
    question = turn.say("received.where" if nowhere else "received.building")
    if houses:
        question = turn.say("received.estate", house=Place(building=place.building).text)
    few = len(houses) <= _CHOICES_MOST and not turn.recordings  # what was heard comes first
    buttons = [Button(house.estate, f"house:{case.id}:{house.id}") for house in houses if few]
    text = f"{reply.text}\n{question}"
    return replace(reply, text=text, buttons=tuple(buttons), step="where")


def house_alone(words: str) -> Place:
    """Return the house that a bare number answers for: '3', '3号'."""
    found = _NUMBER.fullmatch(words.strip("。.!,~ "))
    return Place(building=found[1]) if found else Place()


def _lacks_house(place: Place) -> bool:
    """Say whether it is inside of a house, and in which one is not said: 二单元, 601室."""
    inside = place.unit or place.room or (place.floor and not place.landmark)
    return bool(inside) and place.building is None


def _in_estate(turn: Turn, place: Place) -> Place:
    """A house is the one in the estate that she last spoke of, or else the only one."""
    number, places = place.building or "", turn.tx.places
    earlier = (place_of(turn, case).estate for case in turn.recent_cases())
    estate = next(filter(None, earlier), None)
    house = places.building(estate, number) or places.building(None, number)
    return place if house is None else replace(place, estate=house.estate)
