"""What the telephone line says, as pieces that the community can record."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.model.case import RefusedError
from bot.model.number import ALPHABET
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.prompts import DIALECT_MOST, TEXT_MOST
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from nlp.voice.pieces import pieces_of
from nlp.voice.spoken import UNITS, WORDS

_ID_DIGITS: Final = 16
_WRITTEN: Final = "phone.case."
"""Words of the telephone that stand in a case and are never said."""

_SENTENCES: Final = (
    ("line", "phone."),
    ("times", "case.time."),
    ("states", "case.state."),
    ("news", "case.news."),
    ("answers", "talk."),
)
"""Sections of the list, and the keys of the locale whose sentences are in them."""


_HEARD_BY_ALL: Final = ("phone.greeting.", "phone.prompt.", "phone.again.")


@dataclass(frozen=True, slots=True)
class Section:
    """Pieces that belong together; `name` is a key of the locale."""

    name: str
    pieces: Sequence[str]


def piece_id(text: str) -> str:
    """Return what stands for the piece in an address."""
    return hashlib.sha256(text.encode()).hexdigest()[:_ID_DIGITS]


def recordable(rules: Rules, names: Iterable[str] = ()) -> Sequence[Section]:
    """Return all pieces, each once, what callers hear most first; `names` are the community's."""
    seen: set[str] = set()
    numbers = Section("numbers", _fresh((*WORDS, *_letters()), seen))
    sections = [Section(name, _fresh(_pieces(rules, prefix), seen)) for name, prefix in _SENTENCES]
    sections[2:2] = [Section("names", _fresh((*UNITS, *names), seen))]
    services = [service.name for service in rules.services.services]
    sections[1:1] = [numbers]
    sections.append(Section("services", _fresh(services, seen)))
    return [section for section in sections if section.pieces]


def heard_by_all(rules: Rules) -> Iterable[str]:
    """Return the pieces that nearly every caller hears: greetings and questions."""
    return dict.fromkeys(piece for prefix in _HEARD_BY_ALL for piece in _pieces(rules, prefix))


def names_of(views: Views) -> Sequence[str]:
    """Return what callers hear of the community: its estates, and who may have a case."""
    members = (one for one in views.staff.all() if may(one.role, Right.HANDLE_CASE))
    return [*views.places.estates(), *(member.name for member in members)]


def record(tx: Tx, staff: Staff, dialect: str, text: str, sound: bytes) -> int:
    """Keep the sound for the piece of that set."""
    _check(staff)
    if not 0 < len(dialect) <= DIALECT_MOST or len(text) > TEXT_MOST:
        raise RefusedError("not_there")
    return tx.prompts.keep(dialect, text, sound, staff.id)


def remove(tx: Tx, staff: Staff, dialect: str, text: str) -> None:
    """Let the piece be spoken by the synthesiser again."""
    _check(staff)
    for prompt in tx.prompts.of(dialect):
        if prompt.text == text:
            tx.prompts.remove(prompt.id)


def _check(staff: Staff) -> None:
    if not may(staff.role, Right.MANAGE_PROMPTS):
        raise RefusedError("not_allowed")


def _pieces(rules: Rules, prefix: str) -> Iterable[str]:
    for key, sentence in rules.texts.sentences.items():
        if key.startswith(prefix) and not key.startswith(_WRITTEN):
            yield from pieces_of(sentence)


def _letters() -> Iterable[str]:
    return (character for character in ALPHABET if character.isalpha())


def _fresh(texts: Iterable[str], seen: set[str]) -> Sequence[str]:
    """Return those that were not listed before, in their order."""
    fresh = [text for text in dict.fromkeys(texts) if text not in seen and len(text) <= TEXT_MOST]
    seen.update(fresh)
    return fresh
