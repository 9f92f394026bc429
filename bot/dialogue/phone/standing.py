"""Where each call of a contact stands: a row of the dialogue, so that a kill forgets nothing."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.dialogue.phone.script import Script
from channels.call import Listening, Say

ANONYMOUS: Final = "call:"
"""So begins the address of a caller without a number; the rest is the call's UUID."""

_ENDS: Final = "#"
"""Whoever knows telephones ends her dictation by it."""

_CALLS_MOST: Final = 40
_CALL_LASTS: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One call: its state, and what was heard in it that has not taken effect yet.

    `words` and `media` were dictated and wait for a yes, `place` was named apart from them.
    `case_id` is the case of this call, `about` the message for whose sake we called. `tries`
    counts what was not understood in a row, `refused` how often the read-back was wrong, `codes`
    wrong numbers. `said` is what she heard last. `trial` are recordings that were taken for a
    question or a command; when she goes on, they were. `rating` is the round of the case that she
    is asked about; whoever is `anonymous` can't be called back. `services` are the codes of which
    she is asked which one it is, `dialect` the set of recordings that she has chosen. `heard`
    says how far the news of a call of ours got, see `bot.dialogue.phone.reached`.
    """

    state: str
    at: datetime
    case_id: int | None = None
    about: str = ""
    words: str = ""
    place: str = ""
    changed: str = ""
    media: tuple[int, ...] = ()
    trial: tuple[int, ...] = ()
    tries: int = 0
    refused: int = 0
    codes: int = 0
    slow: bool = False
    said: str = ""
    rating: int = 0
    anonymous: bool = False
    services: tuple[str, ...] = ()
    dialect: str = ""
    heard: str = ""

    @property
    def unconfirmed(self) -> bool:
        """Say whether something was heard that nobody has confirmed."""
        return bool(self.words or self.media)

    def settled(self) -> "Standing":
        """Return the standing when what was heard has taken effect."""
        return replace(self, words="", place="", changed="", media=(), tries=0, refused=0)


def read_calls(notes: Mapping[str, str]) -> dict[str, Standing]:
    """Return the contact's calls by their UUID."""
    return {key: _read(text) for key, text in notes.items() if text.startswith('{"state"')}


def write_calls(calls: Mapping[str, Standing], now: datetime) -> dict[str, str]:
    """Return the notes; calls of which nothing was heard for long are over."""
    kept = {key: call for key, call in calls.items() if now - call.at < _CALL_LASTS}
    newest = sorted(kept, key=lambda key: kept[key].at)[-_CALLS_MOST:]
    return {key: _write(kept[key]) for key in newest}


def say(script: Script, call: Standing, text: str) -> Say:
    """Return how the text is said and what is listened for where the call stands."""
    state = script.states[call.state]
    return Say(
        text=text,
        listening=state.listening,
        phrases=state.phrases,
        keys=state.keys + (_ENDS if state.listening is Listening.DICTATION else ""),
        wait_seconds=state.wait_seconds,
        silence_seconds=state.silence_seconds,
        most_seconds=state.most_seconds,
        slow=call.slow,
        dialect=call.dialect,
        after=state.after,
    )


def _read(text: str) -> Standing:
    values = json.loads(text)
    at = datetime.fromisoformat(values.pop("at"))
    lists = {key: tuple(value) for key, value in values.items() if isinstance(value, list)}
    return Standing(**values | lists, at=at)


def _write(call: Standing) -> str:
    return json.dumps(asdict(call) | {"at": call.at.isoformat()}, ensure_ascii=False)
