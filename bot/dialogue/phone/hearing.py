"""Which of a state's ways was taken: by key, by phrase, or by what the words mean."""

import re
from typing import Final

from bot.dialogue.phone.script import State, Way
from bot.dialogue.turn import Turn
from channels.call import Heard, Listening
from nlp.matter.kinds import Kind
from nlp.text.digits import spoken_digits

_VERB: Final = "phone"
_NOT_SAID: Final = re.compile(r"[\s,，.。!！?？、~…]+")
_BY_KIND: Final = {
    Kind.YES: "yes",
    Kind.NO: "no",
    Kind.SOLVED: "yes",
    Kind.HUMAN: "human",
    Kind.PROGRESS: "progress",
}


def as_choice(heard: Heard, detail: str = "") -> str | None:
    """Return how a message of a call tells what was heard; words alone need no telling."""
    return None if heard is Heard.WORDS else f"{_VERB}:{heard.value}:{detail}"


def read_choice(choice: str | None) -> tuple[Heard, str] | None:
    """Return what `as_choice` told; None where it was words alone."""
    verb, _, rest = (choice or "").partition(":")
    name, _, detail = rest.partition(":")
    return (Heard(name), detail) if verb == _VERB and name in set(Heard) else None


def heard(turn: Turn) -> tuple[Heard, str]:
    """Return what was heard, with the keys, or the message that the call is about."""
    told = read_choice(turn.message.choice)
    return told or ((Heard.WORDS if turn.words else Heard.UNCLEAR), "")


def is_phrase(state: State, turn: Turn) -> bool:
    """Say whether her words are exactly one of the state's phrases."""
    return state.by_phrase(_NOT_SAID.sub("", turn.words)) is not None


def way_of(state: State, turn: Turn) -> tuple[Way, str]:
    """Return the way that was taken, with the digits that were keyed or said."""
    event, keys = heard(turn)
    if event is Heard.KEY:
        return _by_keys(state, keys, turn.words)
    if event is Heard.WORDS or (event is Heard.HUNG_UP and turn.words):
        return _by_words(state, turn)
    return state.ways.get(event.value) or state.ways[Heard.UNCLEAR], ""


def _by_keys(state: State, keys: str, words: str) -> tuple[Way, str]:
    way = state.by_key(keys)
    if way is None and state.listening is Listening.DIGITS:
        return state.ways["digits"], "".join(filter(str.isdecimal, keys))
    spoken = state.listening is Listening.DICTATION and words
    return way or state.ways[Heard.WORDS if spoken else Heard.UNCLEAR], ""


def _by_words(state: State, turn: Turn) -> tuple[Way, str]:
    if turn.meaning.emergency is not None and "danger" in state.ways:
        return state.ways["danger"], ""
    said = _NOT_SAID.sub("", turn.words)
    way = state.by_phrase(said)
    if way is not None:
        return way, ""
    if state.listening is Listening.DIGITS:
        digits = spoken_digits(turn.words)
        is_number = bool(digits) or turn.meaning.case_number is not None
        return state.ways["digits" if is_number else Heard.WORDS], digits
    if state.listening is Listening.CHOICE:
        way = state.ways.get(_BY_KIND.get(turn.meaning.kind, ""))
    return way or state.ways.get(Heard.WORDS) or state.ways[Heard.UNCLEAR], ""
