"""The words of a form are read before they go out; about what looks personal is asked."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from bot.flow.reading import read_before_sending
from bot.oversight.disclosure import Finding
from bot.web.site import Form, Site

SENT: Final = {
    "answer": ("words",),
    "ask": ("words",),
    "resolve": ("note",),
    "redirect": ("where", "why"),
}
"""The fields of each form that residents read."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the words, marked where it looks personal."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Doubt:
    """What was found in the words of which form; `sure` is sent along by who is sure of them."""

    step: str
    kinds: Sequence[str]
    pieces: Sequence[Piece]
    sure: str


async def check(site: Site, case_id: int, step: str, form: Form) -> Doubt | None:
    """Return the doubt about what would go out; None when it can, or who wrote it is sure."""
    words = "\n".join(form.get(field, "") for field in SENT.get(step, ()))
    if not words.strip() or form.get("sure") == _sure(words):
        return None
    query = partial(read_before_sending, rules=site.rules, case_id=case_id, words=words)
    findings = await site.storage.read(query)
    return _doubt(step, words, findings) if findings else None


def _doubt(step: str, words: str, findings: Sequence[Finding]) -> Doubt:
    kinds = list(dict.fromkeys(one.kind.value for one in findings))
    return Doubt(step, kinds, _pieces(words, findings), _sure(words))


def _pieces(words: str, findings: Sequence[Finding]) -> list[Piece]:
    pieces, at = [], 0
    for one in findings:
        pieces += [Piece(words[at : one.start], marked=False), Piece(one.text, marked=True)]
        at = one.end
    return [piece for piece in (*pieces, Piece(words[at:], marked=False)) if piece.text]


def _sure(words: str) -> str:
    """Whoever is sure is sure of these words: changed ones are read again."""
    plain = "\n".join(words.splitlines())
    return hashlib.sha256(plain.encode()).hexdigest()[:16]
