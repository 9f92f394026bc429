"""Words that a recogniser takes for others of the same sound: 店梯 was 电梯.

They are learned from what people put right in transcripts, and a person agrees to each.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from ahocorasick_rs import AhoCorasick, MatchKind

from nlp.text.sounds import alike

_WORD: Final = re.compile(r"[\u4e00-\u9fff]{2,6}")


@dataclass(frozen=True, slots=True, order=True)
class Homophone:
    """What is heard, and what it is: Chinese words of equal length and sound."""

    heard: str
    meant: str

    @property
    def sound(self) -> bool:
        """Whether it is what it claims to be."""
        fits = bool(_WORD.fullmatch(self.heard) and _WORD.fullmatch(self.meant))
        return fits and self.heard != self.meant and alike(self.heard, self.meant)


class Homophones:
    """Puts what is meant in place of what was heard, the longest first."""

    def __init__(self, pairs: Iterable[Homophone] = ()) -> None:
        listed = sorted(pairs)
        self._meant: Final = [one.meant for one in listed]
        self._automaton: Final = AhoCorasick(
            [one.heard for one in listed], matchkind=MatchKind.LeftmostLongest
        )

    def put_right(self, text: str) -> str:
        """Return the text with the words that are meant; what was put in is not read again."""
        if not self._meant:
            return text
        parts, at = list[str](), 0
        for number, start, end in self._automaton.find_matches_as_indexes(text):
            parts += text[at:start], self._meant[number]
            at = end
        return "".join([*parts, text[at:]]) if parts else text


def homophones(heard: str, right: str, cut: Callable[[str], list[str]]) -> list[Homophone]:
    """Return which words were heard as others of the same sound, each in its whole word.

    What was put right otherwise (left out, added, said anew) gives nothing.
    """
    words = _spans(right, cut)
    found: set[Homophone] = set()
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, heard, right, autojunk=False).get_opcodes():
        if tag != "replace" or i2 - i1 != j2 - j1:
            continue
        begin, end = words[j1][0], words[j2 - 1][1]
        if end - begin == 1:
            begin, end = _wider(begin, end, words)
        pair = Homophone(heard[max(0, begin + i1 - j1) : end + i1 - j1], right[begin:end])
        if pair.sound:
            found.add(pair)
    return sorted(found)


def _wider(begin: int, end: int, words: list[tuple[int, int]]) -> tuple[int, int]:
    """A word of one character says nothing alone: the next belongs to it, or the one before."""
    if end < len(words):
        return begin, words[end][1]
    return (words[begin - 1][0] if begin else begin), end


def _spans(text: str, cut: Callable[[str], list[str]]) -> list[tuple[int, int]]:
    """Return for each character where its word begins and ends."""
    spans: list[tuple[int, int]] = []
    for word in cut(text):
        spans += [(len(spans), len(spans) + len(word))] * len(word)
    return spans
