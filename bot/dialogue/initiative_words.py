"""An initiative in words: a line, a card, how far it is."""

from collections.abc import Mapping
from datetime import datetime

from bot.dialogue.turn import FRESH, Turn
from bot.model.initiative import Initiative, Pledge, PledgeKind, Progress, Wish
from bot.ports.rules import Rules


def say(turn: Turn, key: str, **values: object) -> str:
    """Return a sentence about initiatives."""
    return turn.rules.texts.say(f"initiatives.{key}", **values)


def asked(turn: Turn, idea: str, asks: str) -> Mapping[str, str]:
    """Return what is kept of a question, so that its answer is known by it."""
    return {"idea": idea, "asks": asks, "asked_at": turn.tx.now.isoformat()}


def is_fresh(turn: Turn) -> bool:
    """Say whether the question was asked just now; after a while her words are something new."""
    at = turn.state.notes.get("asked_at", "")
    return bool(at) and turn.tx.now - datetime.fromisoformat(at) <= FRESH


def line(turn: Turn, one: Initiative, progress: Progress) -> str:
    """Return it in a line."""
    return say(
        turn,
        "line",
        number=one.id,
        title=title(turn.rules, one),
        state=say(turn, f"state.{one.state.value}"),
        people=progress.people,
    )


def title(rules: Rules, one: Initiative) -> str:
    """Return what it is called, also when whoever had the idea had all her words removed."""
    return one.wish.title or rules.texts.say("initiatives.gone")


def card(rules: Rules, one: Initiative) -> str:
    """Return all that it says."""
    wish = one.wish
    return rules.texts.say(
        "initiatives.card",
        number=one.id,
        title=title(rules, one),
        place=wish.place,
        reason=wish.reason,
        needs=needs(rules, wish),
    )


def needs(rules: Rules, wish: Wish) -> str:
    """Return what is needed."""
    say_ = rules.texts.say
    parts = [
        say_("initiatives.need_hours", hours=wish.hours) if wish.hours else "",
        say_("initiatives.need_points", points=wish.points) if wish.points else "",
        wish.things,
    ]
    return "、".join(filter(None, parts)) or say_("initiatives.nothing_needed")


def standing(rules: Rules, progress: Progress) -> str:
    """Return what is there."""
    say_ = rules.texts.say
    parts = [
        say_("initiatives.now", people=progress.people),
        say_("initiatives.now_hours", hours=progress.hours) if progress.hours else "",
        say_("initiatives.now_points", points=progress.points) if progress.points else "",
        say_("initiatives.now_things", things=progress.things) if progress.things else "",
    ]
    return "、".join(filter(None, parts)) + "。"


def given(rules: Rules, pledge: Pledge) -> str:
    """Return what one gave."""
    if pledge.kind is PledgeKind.THING:
        return pledge.words
    return rules.texts.say(f"initiatives.page.mine_{pledge.kind.value}", amount=pledge.amount)
