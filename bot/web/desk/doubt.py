"""The words of a form are read before they go out; about what looks personal is asked."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from bot.flow.telling.reading import read_before_sending
from bot.oversight.disclosure import Finding
from bot.ports.storage import Views
from bot.web.site import Form, Site

SENT: Final = {
    "answer": ("words",),
    "ask": ("words",),
    "resolve": ("note",),
    "redirect": ("where", "why"),
    "refer": ("asked",),
    "recall": ("why",),
    "visit": ("words",),
}
"""The fields of each form that residents, or another organisation, read."""


class Read(Protocol):
    """Looks for what may be personal of others in words to somebody."""

    def __call__(self, views: Views, *, words: str) -> Sequence[Finding]:
        """Return what was found, in order."""
        ...


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
    """Return the doubt about what a step would send out; None when there is none."""
    words = "\n".join(form.get(field, "") for field in SENT.get(step, ()))
    return await examine(
        site, step, words, form, partial(read_before_sending, rules=site.rules, case_id=case_id)
    )


async def examine(site: Site, step: str, words: str, form: Form, read: Read) -> Doubt | None:
    """Return the doubt about the words; None when nothing was found, or who wrote is sure."""
    if not words.strip() or form.get("sure") == _sure(words):
        return None
    findings = await site.storage.read(lambda views: read(views, words=words))
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
