"""'哪有厕所': which stations 驿站 there are, and what each has, for couriers between two orders."""

from collections.abc import Sequence

from bot.dialogue.turn import Reply, Turn
from bot.ports.positions import Mark


def stations(turn: Turn) -> Reply:
    """Name the stations that have what she asks for, or all; of one that she names, only it."""
    marks = turn.tx.grids.marks()
    if not marks:
        return Reply(text=_say(turn, "none"))
    asked = _asked(turn, marks)
    near = [one for one in marks if one.name in turn.words] or marks
    having = [one for one in near if asked and asked <= set(one.offers)]
    first = _say(turn, "having" if having else "all")
    lines = [_line(turn, one) for one in having or near]
    return Reply(text="\n".join([first, *lines, _say(turn, "nearest")]))


def _asked(turn: Turn, marks: Sequence[Mark]) -> set[str]:
    """Return which of the things that stations have are in her words, also by another name."""
    offered = {offer for one in marks for offer in one.offers}
    return {one for one in offered if any(name in turn.words for name in _names(turn, one))}


def _names(turn: Turn, offer: str) -> Sequence[str]:
    texts = turn.rules.texts
    key = f"places.stations.same.{offer}"
    return [offer, *texts.say(key).split()] if texts.has(key) else [offer]


def _line(turn: Turn, mark: Mark) -> str:
    key = "line" if mark.offers else "line_bare"
    return _say(turn, key, name=mark.name, offers="、".join(mark.offers))


def _say(turn: Turn, key: str, **values: object) -> str:
    return turn.rules.texts.say(f"places.stations.{key}", **values)
