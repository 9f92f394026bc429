"""Changes of a table as a person reads them: whole words, what they count for now, where."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bot.ports.rules import Rules
from nlp.learning.adapting import Change, together
from nlp.tables.wording import BEGIN, END

NO_WORDS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a sentence, `marked` where a word of it is changed."""

    text: str
    marked: bool


def lines(
    rules: Rules, changes: Sequence[Change], words: Mapping[str, str] = NO_WORDS
) -> list[str]:
    """Say changes a word a line, those that change most first.

    `words` gives for a piece the word it stands in; of others the piece itself is said.
    """
    of: dict[str, list[Change]] = {}
    for change in changes:
        of.setdefault(words.get(change.word, change.word), []).append(change)
    order = sorted(of, key=lambda word: (-max(abs(one.by) for one in _sums(of[word])), word))
    return [_line(rules, word, of[word]) for word in order]


def marked(text: str, words: Mapping[str, str]) -> list[Piece]:
    """Return the text in pieces, so that the words that are changed can be seen in it."""
    wanted = sorted({one.strip(BEGIN + END) for one in words.values()} - {""}, key=len)
    if not wanted:
        return [Piece(text, marked=False)]
    pattern = "|".join(map(re.escape, reversed(wanted)))
    parts = re.split(f"({pattern})", text, flags=re.IGNORECASE)
    return [Piece(part, marked=bool(at % 2)) for at, part in enumerate(parts) if part]


def _sums(changes: Sequence[Change]) -> list[Change]:
    return together(Change("", one.label, one.by) for one in changes)


def _line(rules: Rules, word: str, changes: Sequence[Change]) -> str:
    texts = rules.texts
    said = [
        texts.say(
            f"desk.words.{'more' if one.by > 0 else 'less'}",
            service=rules.service(one.label).name,
            by=f"{one.by:+d}".replace("-", "−"),
        )
        for one in sorted(_sums(changes), key=lambda one: -one.by)
    ]
    bare = word.strip(BEGIN + END)
    place = "begins" if word.startswith(BEGIN) else "ends" if word.endswith(END) else "anywhere"
    named = texts.say(f"desk.words.{place}", word=bare)
    return named + "，".join(said)
