"""How her own initiatives stand: said wherever she asks how something of hers stands."""

from typing import Final

from bot.dialogue.initiative_words import say
from bot.dialogue.turn import Reply, Turn
from bot.flow.cards.initiative_card import title
from bot.model.initiative import PUBLIC, Initiative, InitiativeState
from channels.message import Button

_LATEST: Final = 5
_OVER: Final = frozenset({InitiativeState.WITHDRAWN, InitiativeState.MERGED})
_TO_GO_ON: Final = {InitiativeState.DRAFT: "go_on", InitiativeState.RETURNED: "change"}


def own_initiatives(turn: Turn) -> Reply:
    """Say how each stands, with what she can do; ask for an idea when she has none."""
    lines, buttons = standing_initiatives(turn)
    if not lines:
        return Reply(
            text=say(turn, "own.none"), buttons=(Button(say(turn, "button.idea"), "idea"),)
        )
    return Reply(text="\n".join(lines), buttons=buttons)


def standing_initiatives(turn: Turn) -> tuple[list[str], tuple[Button, ...]]:
    """Return a line for each that is not given up, and the way to it or on with it."""
    mine = turn.tx.initiatives.of_author(turn.contact.person_id, _LATEST)
    told = [one for one in mine if one.state not in _OVER]
    return [_line(turn, one) for one in told], tuple(_way(turn, one) for one in told if _leads(one))


def own_one(turn: Turn, number: int) -> Reply | None:
    """Say how the one of that number stands, if it is hers."""
    found = turn.tx.initiatives.find(number)
    if found is None or found.author_id != turn.contact.person_id:
        return None
    return Reply(text=_line(turn, found), buttons=(_way(turn, found),) if _leads(found) else ())


def _line(turn: Turn, one: Initiative) -> str:
    state = say(turn, f"state.{one.state.value}")
    values = {"number": one.id, "title": title(turn.rules, one), "state": state}
    if one.look_by is None or one.state in PUBLIC:
        return say(turn, "own.line", **values)
    when = turn.rules.texts.moment(one.look_by, turn.tx.now)
    return say(turn, "own.line_until", **values, when=when)


def _leads(one: Initiative) -> bool:
    return one.state in PUBLIC or one.state in _TO_GO_ON


def _way(turn: Turn, one: Initiative) -> Button:
    name = _TO_GO_ON.get(one.state)
    if name is None:
        return Button(say(turn, "button.see", number=one.id), f"initiative:{one.id}")
    return Button(say(turn, f"button.{name}"), f"idea_{name}:{one.id}")
