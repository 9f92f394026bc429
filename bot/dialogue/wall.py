"""积分墙 in the chat: what it is, on it and off it; nobody is on it who did not ask."""

from typing import Final

from bot.dialogue.turn import Reply, Turn
from bot.model.place import Building
from bot.model.wall import PEOPLE_LEAST
from channels.message import Button

STEP: Final = "wall_where"
_WEB: Final = "web"


def wall(turn: Turn) -> Reply:
    """Say what the wall is, and whether she is on it."""
    building = turn.tx.wall.building_of(turn.contact.person_id)
    if building is None:
        return Reply(
            text=_say(turn, "what", least=PEOPLE_LEAST),
            buttons=(_button(turn, "join", "join_wall"),),
            link=_page(turn),
        )
    return Reply(
        text=_say(turn, "on", place=_named(building)),
        buttons=(_button(turn, "leave", "leave_wall"),),
        link=_page(turn),
    )


def join(turn: Turn) -> Reply:
    """Put her on the wall under the building she names; ask for it where she names none."""
    building = _building(turn)
    if building is not None:
        return _joined(turn, building)
    key = "unknown" if turn.meaning.place.building else "where"
    return Reply(text=_say(turn, key), step=STEP)


def leave(turn: Turn) -> Reply:
    """Take her off."""
    if turn.tx.wall.building_of(turn.contact.person_id) is None:
        return Reply(text=_say(turn, "not_on"))
    turn.tx.wall.leave(turn.contact.person_id)
    return Reply(text=_say(turn, "left"))


def _joined(turn: Turn, building: Building) -> Reply:
    turn.tx.wall.join(turn.contact.person_id, building.id)
    return Reply(
        text=_say(turn, "joined", place=_named(building), least=PEOPLE_LEAST),
        buttons=(_button(turn, "leave", "leave_wall"),),
        link=_page(turn),
    )


def _building(turn: Turn) -> Building | None:
    place = turn.meaning.place
    if not place.building:
        return None
    return turn.tx.places.building(place.estate or None, place.building)


def _named(building: Building) -> str:
    return f"{building.estate}{building.number}号楼"


def _page(turn: Turn) -> str | None:
    """Only a browser is known on the page; elsewhere a link under the text leads to a case."""
    return f"{turn.rules.public_url}/wall" if turn.contact.channel == _WEB else None


def _say(turn: Turn, key: str, **values: object) -> str:
    return turn.rules.texts.say(f"points.wall.chat.{key}", **values)


def _button(turn: Turn, label: str, choice: str) -> Button:
    return Button(_say(turn, f"button.{label}"), choice)
