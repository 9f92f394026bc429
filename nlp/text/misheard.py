"""Listed words that were heard, or typed, as characters that only sound so: 停税 is 停水."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Final

from nlp.text.segment import Segmenter
from nlp.text.sounds import sounds

_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]{2,5}")
_READ_MOST: Final = 200


class Misheard:
    """Puts a listed word in place of what sounds exactly like it, but for the tones.

    Only what is no word itself gives way, where words end, and if it shares a character with the
    listed one; nor do pairs of characters that `known` holds, since people do write them.
    """

    def __init__(
        self, words: Iterable[str], segmenter: Segmenter, known: Container[str] = frozenset()
    ) -> None:
        self._words: Final = _by_sounds(words)
        self._lengths: Final = sorted({len(said) for said in self._words}, reverse=True)
        self._segmenter: Final = segmenter
        self._known: Final = known

    def put_right(self, text: str) -> str:
        """Return the text with the words that are meant; only its beginning is looked at."""
        head = text[:_READ_MOST]
        characters, said, edges = list(head), sounds(head), self._edges(head)
        start = 0
        while start < len(head):
            meant = self._meant(head, said, edges, start) if start in edges else ""
            characters[start : start + len(meant)] = meant
            start += len(meant) or 1
        return "".join(characters) + text[len(head) :]

    def _edges(self, text: str) -> set[int]:
        """Return where words begin and end; what is in no dictionary is cut up."""
        edges, end = {0}, 0
        for word in self._segmenter.cut(text):
            begin, end = end, end + len(word)
            edges |= {end} if self._segmenter.knows(word) else set(range(begin, end + 1))
        return edges

    def _meant(self, text: str, said: tuple[str, ...], edges: set[int], start: int) -> str:
        for length in self._lengths:
            end = start + length
            meant = self._words.get(said[start:end], "") if end in edges else ""
            if meant and self._is_misheard(text[start:end], meant):
                return meant
        return ""

    def _is_misheard(self, heard: str, meant: str) -> bool:
        alike = any(one == other for one, other in zip(heard, meant, strict=True))
        if not alike or heard == meant or self._segmenter.knows(heard):
            return False
        pairs = zip(_pairs(heard), _pairs(meant), strict=True)
        return not any(one != other and one in self._known for one, other in pairs)


def _by_sounds(words: Iterable[str]) -> Mapping[tuple[str, ...], str]:
    """Return the words by their sounds; two that sound the same tell nothing."""
    found: dict[tuple[str, ...], str] = {}
    alike: set[tuple[str, ...]] = set()
    for word in {word for word in words if _CHINESE.fullmatch(word)}:
        said = sounds(word)
        if said in found:
            alike.add(said)
        found[said] = word
    return {said: word for said, word in found.items() if said not in alike}


def _pairs(word: str) -> Iterator[str]:
    return (word[at : at + 2] for at in range(len(word) - 1))
