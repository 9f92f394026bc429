"""What is said of initiatives in a conversation, and which question was asked."""

from collections.abc import Mapping
from datetime import datetime

from bot.dialogue.turn import FRESH, Turn
from bot.flow.cards.initiative_card import title
from bot.model.initiative import Initiative, Progress


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
