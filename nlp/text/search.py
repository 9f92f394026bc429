"""The pieces by which a text is found again.

A text is kept as pairs of characters, not as words: where words begin depends on what stands
beside them (路灯 is one word alone, and two halves of words in 路灯不亮), pairs do not. What
somebody looks for is cut into words first, so that 电梯坏 finds 电梯又坏了 too.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Final

from nlp.text.normal import normalise
from nlp.text.segment import Segmenter

_HOUSE: Final = re.compile(r"[0-9a-z]+(?:号楼|号院|单元|[栋幢室号楼层弄])")
_RUN: Final = re.compile(r"[0-9a-z]+|[\u3400-\u9fff]+")
_PIECES_MOST: Final = 600
_LONGEST: Final = 20


def pieces_in(text: str) -> frozenset[str]:
    """Return all pieces by which the text is to be found."""
    return frozenset(_first(_pieces(text, lambda run: [run])))


def pieces_sought(text: str) -> frozenset[str]:
    """Return the pieces that a text has to have for somebody who looks for this.

    A character alone says too little and is left out.
    """
    return frozenset(_first(_pieces(text, plain_segmenter().cut)))


def _pieces(text: str, words_of: Callable[[str], list[str]]) -> Iterator[str]:
    plain = normalise(text).lower()
    yield from (house[:_LONGEST] for house in _HOUSE.findall(plain))
    for run in _RUN.findall(_HOUSE.sub(" ", plain)):
        if run.isascii():
            yield run[:_LONGEST]
            continue
        words = [word for word in words_of(run) if len(word) > 1] or [run]
        for word in words:
            yield from (word[at : at + 2] for at in range(len(word) - 1))


def _first(pieces: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(pieces))[:_PIECES_MOST]


@cache
def plain_segmenter() -> Segmenter:
    """Return the one segmenter without words of a community."""
    return Segmenter()
