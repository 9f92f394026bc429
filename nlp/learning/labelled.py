"""Texts with a label, as people keep them: tab-separated, with a line of names."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from nlp.matter.dangers import NEAR_DANGER
from nlp.tables.weighing import document
from nlp.text.normal import normalise, simplified

NO_DANGER: Final = "none"
REPORT: Final = "report"
_DANGEROUS: Final = NEAR_DANGER | {"emergency", NO_DANGER}

HEAD_WORDS: Final = 8
"""So many words stand for a title where there is none."""


class LabelledError(ValueError):
    """A file is not as it should be; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text with its label; `group` is shared by near-duplicates; `words` is empty if uncut."""

    label: str
    title: str
    body: str
    group: str = ""
    words: tuple[str, ...] = ()

    @property
    def document(self) -> str:
        """The whole of it, as it is scored."""
        return document(self.title, self.body)

    def short(self, characters: int) -> str:
        """Return a copy cut short."""
        return document(self.title[:characters], self.body[:characters])


def read_labelled(path: Path) -> list[Labelled]:
    """Read columns label and title, body, or tokens, or text; dup_group where there is one."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            return list(_read(rows, frozenset(rows.fieldnames or ())))
    except (OSError, UnicodeDecodeError) as error:
        raise LabelledError(f"{path}: it cannot be read ({error}).") from error


def harmless(examples: Iterable[Labelled]) -> list[Labelled]:
    """Return sentences about services or of kinds as ones without danger, but for what may be."""
    return [replace(one, label=NO_DANGER) for one in examples if one.label not in _DANGEROUS]


def matters(examples: Iterable[Labelled]) -> list[Labelled]:
    """Return sentences about services as reports, whatever they are about."""
    return [replace(one, label=REPORT) for one in examples]


def plain(text: str) -> str:
    """Return the text in the one form that is scored."""
    return simplified(normalise(text)).lower()


@cache
def _plain_word(word: str) -> str:
    return plain(word)


def _read(rows: Iterable[dict[str, str]], names: frozenset[str]) -> Iterator[Labelled]:
    if "label" not in names or not names & {"body", "title", "tokens", "text"}:
        raise LabelledError("the first line must name the columns: label and title, body or text.")
    for number, row in enumerate(rows):
        group = row.get("dup_group") or f"row {number}"
        if "tokens" in names:
            words = tuple(map(_plain_word, (row["tokens"] or "").split()))
            head = "".join(words[:HEAD_WORDS])
            yield Labelled(row["label"], head, "".join(words), group, words)
        else:
            body = plain(row.get("body") or row.get("text") or "")
            yield Labelled(row["label"], plain(row.get("title") or ""), body, group)
