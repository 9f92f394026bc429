"""What is said about an initiative, as its page shows it: and by whom to nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from bot.model.initiative import Initiative
from bot.model.remark import Remark, RemarkKind, RemarkState, Statement, TextVersion, Wording
from bot.ports.storage import Views
from bot.ports.votes import Vote
from nlp.text.differences import Run, differences
from nlp.text.segment import Segmenter

PARTS: Final = ("title", "place", "reason", "things")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the text in two versions, in runs; empty where it says the same."""

    name: str
    old: Sequence[Run]
    new: Sequence[Run]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal, with what it changes in the version it was made for."""

    remark: Remark
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Talk:
    """Statements, questions, proposals, and initiatives merged into it, with what is said there.

    `own` says that the visitor had the idea: then what is open waits for her.
    """

    statements: Sequence[Statement]
    questions: Sequence[Remark]
    proposals: Sequence[Proposed]
    versions: int
    votes: Sequence[Vote]
    merged: Sequence[Initiative]
    own: bool


def look_at_talk(views: Views, one: Initiative, person_id: int | None) -> Talk:
    """Return what the person may see: open questions are for whose idea it is."""
    own = person_id == one.author_id
    texts = views.remarks.texts(one.id)
    said = [
        each
        for each in views.remarks.of_initiative(one.id)
        if each.words and not each.hidden  # without words once its author is erased
    ]
    return Talk(
        statements=views.remarks.statements(one.id),
        questions=[
            each
            for each in said
            if each.kind is RemarkKind.QUESTION and (own or each.state is not RemarkState.OPEN)
        ],
        proposals=[
            Proposed(each, _changes(one, texts, each))
            for each in said
            if each.kind is RemarkKind.CHANGE and each.wording is not None
        ],
        versions=len(texts),
        votes=views.votes.about(f"initiative:{one.id}"),
        merged=views.initiatives.merged_into(one.id),
        own=own,
    )


def compared(old: Wording, new: Wording) -> list[Part]:
    """Return the parts in which two texts differ."""
    return [
        Part(name, *differences(_words(), getattr(old, name), getattr(new, name)))
        for name in PARTS
        if getattr(old, name) != getattr(new, name)
    ]


def _changes(one: Initiative, texts: Sequence[TextVersion], remark: Remark) -> list[Part]:
    base = remark.base_of(texts).wording if texts else Wording.of(one.wish)
    return [] if remark.wording is None else compared(base, remark.wording)


@cache
def _words() -> Segmenter:
    return Segmenter()
