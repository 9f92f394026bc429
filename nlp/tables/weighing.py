"""Tables of words with a whole weight for each label, and what they make of a text.

A word counts wherever it stands, however a segmenter would cut the text: no segmenter agrees with
speech, and pieces of words carry over to words never seen. The score of a label is the sum of
weight · (1 + ln tf), in whole numbers of sixteenths.
"""

import struct
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from math import log
from operator import itemgetter
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation

from nlp.tables.reading import LexiconError

LONGEST: Final = 4
"""Characters of the longest word."""

UNIT: Final = 16
"""So many make a score of one."""

_BITS: Final = 32
_HALF: Final = 1 << (_BITS - 1)
_OFTEN: Final = 63
"""Said more often than this, a word adds no more."""

Weights = Mapping[str, Mapping[str, int]]
"""Word to label to weight."""

Guess = tuple[str, int]
"""A label with its score in sixteenths."""


class WordTable:
    """Scores every label at once: the weights of a word are packed into one integer."""

    def __init__(self, weights: Weights) -> None:
        self.weights: Final = weights
        self.labels: Final = tuple(sorted({label for row in weights.values() for label in row}))
        place = {label: _BITS * number for number, label in enumerate(self.labels)}
        self._packed: Final = {
            word: sum(weight << place[label] for label, weight in row.items())
            for word, row in weights.items()
        }
        self._words: Final = tuple(weights)
        # The dense kind takes nine times the memory and gains nothing; the loose one is slower.
        self._automaton: Final = AhoCorasick(
            self._words, store_patterns=True, implementation=Implementation.ContiguousNFA
        )
        self._scores: Final = struct.Struct(f"<{len(self.labels)}i")
        self._signs: Final = sum(_HALF << shift for shift in place.values())

    def guesses(self, text: str) -> list[Guess]:
        """Return all labels, the best first; those that score the same in order of their names."""
        packed, counts = self._packed, self._counts(text)
        total = UNIT * sum(map(packed.__getitem__, counts))
        for word, tf in counts.items():
            if tf > 1:
                total += packed[word] * (_damped(tf) - UNIT)
        guesses = zip(self.labels, self._unpacked(total), strict=True)
        return sorted(guesses, key=_SCORE, reverse=True)  # equals stay in their order

    def reasons(self, text: str, label: str) -> dict[str, int]:
        """Return the words that speak for or against a label, with what each of them adds."""
        return {
            word: round(self.weights[word][label] * _damped(tf) / UNIT)
            for word, tf in self._counts(text).items()
            if label in self.weights[word]
        }

    def occurrences(self, text: str) -> list[tuple[int, str]]:
        """Return where each known word stands, in order of their ends."""
        words = self._words
        found = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return [(start, words[number]) for number, start, _ in found]

    def _counts(self, text: str) -> dict[str, int]:
        counts: dict[str, int] = {}
        # For the few words of a short message a Counter takes longer to make than this.
        for word in self._automaton.find_matches_as_strings(text, overlapping=True):
            counts[word] = counts.get(word, 0) + 1
        return counts

    def _unpacked(self, total: int) -> tuple[int, ...]:
        """Return the sums of all labels, each as a signed number of its own."""
        apart = (total + self._signs) ^ self._signs
        return self._scores.unpack(apart.to_bytes(self._scores.size, "little"))


_SCORE: Final = itemgetter(1)


def document(title: str, body: str) -> str:
    """Return one text in which the title counts more: it stands there three times."""
    return f"{title}\n{title}\n{title}\n{body}" if title else body


@cache
def packaged_table(file_name: str) -> WordTable:
    """Return the packaged table of that name, read once: nothing changes a table."""
    text = files("nlp").joinpath("lexicon", file_name).read_text(encoding="utf-8")
    return WordTable(parse_weights(text))


def parse_weights(text: str) -> dict[str, dict[str, int]]:
    """Read a word a line with its weights: 电梯, then 城乡建设 9,民政 -2, parted by tabs.

    Lines that begin with # say something to people. LexiconError names a line that is wrong.
    """
    weights: dict[str, dict[str, int]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if line and not line.startswith("#"):
            word, *cells = line.split("\t")
            if word in weights or not 0 < len(word) <= LONGEST or not cells:
                raise LexiconError(f"line {number}: '{word}' stands there twice, or is no word.")
            weights[word] = dict(_cell(cell, number) for cell in cells)
    return weights


def written_weights(weights: Weights, *, comments: Iterable[str] = ()) -> str:
    """Return the table as `parse_weights` reads it, sorted, so that two can be compared."""
    lines = [f"# {comment}" for comment in comments]
    for word, row in sorted(weights.items()):
        ordered = sorted(row.items(), key=lambda one: (-one[1], one[0]))
        lines.append("\t".join((word, *(f"{label} {weight}" for label, weight in ordered))))
    return "\n".join(lines) + "\n"


def _cell(cell: str, number: int) -> tuple[str, int]:
    label, _, weight = cell.rpartition(" ")
    try:
        return label, int(weight)
    except ValueError as error:
        raise LexiconError(f"line {number}: '{cell}' is no label with a whole weight.") from error


@cache
def _damped(tf: int) -> int:
    return round(UNIT * (1 + log(min(tf, _OFTEN))))
