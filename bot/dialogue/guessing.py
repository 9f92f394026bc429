"""Wrong codes are counted: by who types them, and for short codes altogether."""

from datetime import timedelta
from typing import Final

from bot.dialogue.turn import Turn

_WINDOW: Final = timedelta(minutes=15)
_TRIES_EACH: Final = 5
_TRIES_ALL: Final = 60


def too_often(turn: Turn, *, short: bool) -> bool:
    """Say whether so many codes were wrong that none is looked at; `short` ones can be guessed."""
    since = turn.tx.now - _WINDOW
    return any(
        turn.tx.sessions.failures(subject, since) >= most
        for subject, most in _counters(turn, short=short)
    )


def count_wrong(turn: Turn, *, short: bool) -> None:
    """Count a wrong code."""
    for subject, _ in _counters(turn, short=short):
        turn.tx.sessions.count_failure(subject, turn.tx.now - _WINDOW)


def _counters(turn: Turn, *, short: bool) -> list[tuple[str, int]]:
    """Six digits could be found by many who guess; twelve characters can't, so all may go on."""
    mine = (f"code:{turn.contact.id}", _TRIES_EACH)
    return [mine, ("code:all", _TRIES_ALL)] if short else [mine]
