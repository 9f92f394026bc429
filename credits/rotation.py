"""The keys of a log, each announced by the one before: whoever knows the first knows them all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from credits.notes import NoteError, Signer, Verifier, parse_note, parse_verifier

_WORDS: Final = "the next key is"


@dataclass(frozen=True, slots=True)
class Key:
    """A key, and the size of the log from which it signs."""

    verifier: Verifier
    since: int


def announce(origin: str, verifier: Verifier, since: int, by: Signer) -> str:
    """Return the note in which the key that signed until now names the next one."""
    text = _text(origin, verifier, since)
    return f"{text}\n{by.sign(text)}"


def chain(origin: str, published: Iterable[tuple[str, int, str]]) -> Sequence[Key]:
    """Return the keys in order; NoteError when one was not announced by the one before.

    Each is published as its text, the size from which it signs, and the note; the first has none.
    """
    keys: list[Key] = []
    for text, since, note in published:
        key = Key(parse_verifier(text), since)
        if keys:
            _check(origin, key, note, keys[-1])
        elif since or note:
            raise NoteError("the first key does not sign from the beginning")
        keys.append(key)
    return keys


def _check(origin: str, key: Key, note: str, before: Key) -> None:
    found = parse_note(note)
    if found.text != _text(origin, key.verifier, key.since) or found.by(before.verifier) is None:
        raise NoteError(f"key {key.verifier.id.hex()} was not announced by the one before")
    if key.since < before.since:
        raise NoteError(f"key {key.verifier.id.hex()} signs before the one that announced it")


def valid_at(keys: Sequence[Key], size: int) -> list[Verifier]:
    """Return which keys may have signed a checkpoint of that size: two where one follows another.

    At the very size at which the key changes the older one may have signed before.
    """
    last = max((place for place, key in enumerate(keys) if key.since < size), default=0)
    return [key.verifier for place, key in enumerate(keys) if place >= last and key.since <= size]


def _text(origin: str, verifier: Verifier, since: int) -> str:
    return f"{origin}\n{_WORDS} {verifier}\nfrom {since}\n"
