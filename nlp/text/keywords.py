"""Finding keywords in text: words at word boundaries, phrases anywhere."""

from collections.abc import Iterable, Iterator
from typing import Final

from nlp.text.segment import Segmenter

Hit = tuple[str, int, int]
"""A keyword with where it starts and where it ends."""

_PHRASE_LENGTH: Final = 3
"""From here on a keyword is specific enough to count wherever it stands."""


class KeywordIndex:
    """Finds every keyword in a text in one pass, in time linear in the text.

    A single character counts only as a word of its own; two characters count unless a word
    boundary of the segmenter runs across them (电梯 in 电梯间, but not 和平 in 温和平静);
    longer phrases count anywhere, however the segmenter cuts them.
    """

    def __init__(self, keywords: Iterable[str], segmenter: Segmenter) -> None:
        self._keywords: Final = frozenset(keywords)
        self._segmenter: Final = segmenter
        lengths: dict[str, set[int]] = {}
        for keyword in self._keywords:
            lengths.setdefault(keyword[0], set()).add(len(keyword))
        self._lengths: Final = {
            first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()
        }

    def hits(self, text: str) -> list[Hit]:
        """Return all occurrences in order of their start, the longest first."""
        starts, ends = _boundaries(self._segmenter.cut(text))
        return [hit for hit in self._scan(text) if _stands(hit, starts, ends)]

    def _scan(self, text: str) -> Iterator[Hit]:
        keywords, lengths = self._keywords, self._lengths
        for start, first in enumerate(text):
            for length in lengths.get(first, ()):
                keyword = text[start : start + length]
                if keyword in keywords:
                    yield keyword, start, start + len(keyword)


def _boundaries(words: Iterable[str]) -> tuple[dict[int, int], dict[int, int]]:
    """Return where words start (with their end) and where they end (with their start)."""
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    position = 0
    for word in words:
        end = position + len(word)
        starts[position], ends[end] = end, position
        position = end
    return starts, ends


def _stands(hit: Hit, starts: dict[int, int], ends: dict[int, int]) -> bool:
    keyword, start, end = hit
    if len(keyword) >= _PHRASE_LENGTH:
        return True
    if len(keyword) == 1:
        return starts.get(start) == end
    # Both characters in one word, or each a word's edge: 没|水 stands, 温和|平静 does not.
    inside = start + 1 not in starts
    return inside or (start in starts and end in ends)
