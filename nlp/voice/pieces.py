"""Sentences as pieces that somebody can record, and a text as the pieces it is made of.

A recording is found by its text alone: a sentence that is changed never plays a wrong one.
"""

import re
import string
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from nlp.voice.spoken import Run, read_aloud

_MARKS: Final = " 　\n，,、：:；;。．.！!？?…“”‘’（）()—"
_ENDS: Final = re.compile(r"[。！!？?；;\n]+")
_BREATH: Final = "，"


class Pause(Enum):
    """A rest between pieces, in seconds."""

    COMMA = 0.25
    STOP = 0.45


@dataclass(frozen=True, slots=True)
class Recorded:
    """A piece that there is a recording of."""

    text: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """A piece that is read by a synthesiser: spelled out, numbers as words."""

    text: str


Piece = Recorded | Spoken | Pause


def pieces_of(sentence: str) -> Iterator[str]:
    """Cut a sentence of the locale at its placeholders and at the ends of its sentences."""
    for literal, _, _, _ in string.Formatter().parse(sentence):
        for part in _ENDS.split(literal):
            piece = part.strip(_MARKS)
            if piece:
                yield piece


def aloud(text: str) -> str:
    """Return the text as it is read: recordings are compared in this form."""
    return "".join(run.text for run in read_aloud(text))


def joined(text: str, recorded: Collection[str]) -> Iterator[Piece]:
    """Make the text of recordings, the longest first; what there is none of is spoken.

    `recorded` are their texts as they are read aloud.
    """
    whole = _Aloud(tuple(read_aloud(text)))
    longest_first = sorted((one for one in recorded if one in whole.text), key=len, reverse=True)
    yield from _joined(whole, 0, len(whole.text), longest_first, recorded)


class _Aloud:
    """A text as it is read, and where in it numbers stand."""

    def __init__(self, runs: tuple[Run, ...]) -> None:
        self.text = "".join(run.text for run in runs)
        self._inside: set[int] = set()
        self._behind: set[int] = set()
        self.numbers: list[tuple[int, int]] = []
        place = 0
        for run in runs:
            end = place + len(run.text)
            if run.number:
                self.numbers.append((place, end))
                self._inside.update(range(place + 1, end))
                self._behind.add(end)
            place = end

    def find(self, piece: str, start: int, end: int) -> int:
        """Return where the piece stands, or -1. It splits no number.

        One character is a piece only behind a number, as 点 and 月 are.
        """
        found = self.text.find(piece, start, end)
        while found >= 0 and not self._fits(found, found + len(piece)):
            found = self.text.find(piece, found + 1, end)
        return found

    def _fits(self, start: int, end: int) -> bool:
        splits = start in self._inside or end in self._inside
        return not splits and (end - start > 1 or start in self._behind)


def _joined(
    whole: _Aloud, start: int, end: int, longest_first: list[str], recorded: Collection[str]
) -> Iterator[Piece]:
    for place, piece in enumerate(longest_first):
        found = whole.find(piece, start, end)
        if found >= 0:
            rest = longest_first[place:]
            yield from _joined(whole, start, found, rest, recorded)
            yield Recorded(piece)
            yield from _joined(whole, found + len(piece), end, rest, recorded)
            return
    yield from _gap(whole, start, end, recorded)


def _gap(whole: _Aloud, start: int, end: int, recorded: Collection[str]) -> Iterator[Piece]:
    """Give what no recorded piece covers; a number is made of clips when all of them exist."""
    for first, last in whole.numbers:
        number = whole.text[first:last]
        clips = all(one in recorded for one in number if one != _BREATH)
        if start <= first and last <= end and clips:
            yield from _sentences(whole.text[start:first])
            yield from (Pause.COMMA if one == _BREATH else Recorded(one) for one in number)
            start = last
    yield from _sentences(whole.text[start:end])


def _sentences(text: str) -> Iterator[Piece]:
    end = 0
    for stop in _ENDS.finditer(text):
        yield from _sentence(text[end : stop.start()])
        yield Pause.STOP
        end = stop.end()
    yield from _sentence(text[end:])


def _sentence(text: str) -> Iterator[Piece]:
    """Give the sentence without the marks at its edges, which become rests."""
    inner = text.strip(_MARKS)
    if not inner:
        if text:  # nothing but marks
            yield Pause.COMMA
        return
    before, after = text[: text.index(inner)], text[text.index(inner) + len(inner) :]
    if before:
        yield Pause.COMMA
    yield Spoken(inner)
    if after:
        yield Pause.COMMA
