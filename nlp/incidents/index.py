"""Which of many texts speak of the same as this one: an index that is kept up to date.

A text is a vector of its pairs of characters, of its words, which count half as much again, and
of marks that are compared as a whole (a building, a service). Each weighs (1 + ln tf) · idf^1.5.
Title, body and marks are brought to one length each before they are added, so that a short title
tells as much as a long body. A text keeps what is heaviest, at length one again.

Two texts are alike by the cosine. A text is `ranked` together with those that are nearest to it,
as one incident: what speaks of it in other words is found by the words of its neighbours.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain
from typing import Any, Final, Generic, TypeVar
from zlib import crc32

import numpy as np
import numpy.typing as npt

from nlp.text.search import plain_segmenter

Key = TypeVar("Key", bound=Hashable)
Ids = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float32]

_READ_MAX: Final = 2_000
_BITS: Final = 20
"""Of what names a part of a text: pairs, words and marks share a million numbers."""

_KEPT: Final = 256
_FIRST_ROWS: Final = 64
"""So many parts of a text are kept, the heaviest; there is room for so many texts at first."""

_POSTED: Final = 64
_BUCKETS: Final = 1 << 16
_NEWEST: Final = 64
"""A text is found by so many of its parts; each bucket of parts knows its newest texts."""

_SOUGHT: Final = 64
_SLOTS: Final = 1 << 13
_SHARED_LEAST: Final = 0.05
_LOOKED_AT: Final = 32
"""By so many parts is sought, and in so many slots counted what texts share with it; those of the
best slots are looked at, unless they share next to nothing beside the best one.
"""

_NEAR: Final = 0.1
_OWN_SHARE: Final = 0.1
"""What is at least so near lends its words to what is ranked, which keeps this share of its own."""

_WORD: Final = np.float32(1.5)
_FIRST: Final = np.uint32(2_654_435_761)
_SECOND: Final = np.uint32(2_246_822_519)
_DAMPED: Final = np.array([0, *(1 + np.log(np.arange(1, 256)))], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Hit(Generic[Key]):
    """A text that is alike; `score` is 1 for the same text and 0 for nothing in common."""

    key: Key
    score: float


@dataclass(frozen=True, slots=True)
class Vector:
    """What a text is compared by, the heaviest first; its length is one, or nothing is in it."""

    ids: Ids
    weights: Weights


@dataclass(frozen=True, slots=True)
class Common:
    """In how many of many texts each part stands."""

    ids: Ids
    times: npt.NDArray[np.intp]
    texts: int


class SimilarTexts(Generic[Key]):
    """Texts by key. What `find` takes does not grow with their number.

    Only the first 2,000 characters of a text are read. Not for several threads at once.
    """

    def __init__(self, common: Common | None = None) -> None:
        """`common` are texts of everyday: what they are full of tells little."""
        self._seen: Final = np.zeros(1 << _BITS, dtype=np.int32)
        self._texts = 0
        if common is not None:
            self._seen[common.ids] = common.times
            self._texts = common.texts
        self._sought: Final = np.zeros(1 << _BITS, dtype=np.float32)
        self._ids = np.zeros((_FIRST_ROWS, _KEPT), dtype=np.int32)
        self._weights = np.zeros((_FIRST_ROWS, _KEPT), dtype=np.float32)
        self._keys: Final[list[Key | None]] = []
        self._row_of: Final[dict[Key, int]] = {}
        self._free: Final[list[int]] = []
        # Rows count from one here, so that untouched memory means nobody.
        self._newest: Final = np.zeros((_BUCKETS, _NEWEST), dtype=np.int32)
        self._turn: Final = np.zeros(_BUCKETS, dtype=np.int64)

    def __len__(self) -> int:
        return len(self._row_of)

    def __contains__(self, key: Key) -> bool:
        return key in self._row_of

    def vector(self, title: str, body: str, marks: Sequence[str] = ()) -> Vector:
        """Return what the text is compared by, as far as is known now what is rare."""
        parts = _parts(title[:_READ_MAX], body[:_READ_MAX], marks)
        if not parts:
            return Vector(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))
        ids = np.concatenate([ids for ids, _ in parts])
        np.add.at(self._sought, ids, np.concatenate([self._weighed(*part) for part in parts]))
        ids = _once(ids)
        weights = _of_length_one(self._sought[ids])
        self._sought[ids] = 0
        heaviest = np.argsort(-weights)
        return Vector(ids[heaviest], weights[heaviest])

    def add(self, key: Key, vector: Vector) -> None:
        """Keep a text; one that had the key before is replaced."""
        self.remove(key)
        self._count(vector.ids)
        row = self._free_row()
        kept = len(vector.ids[:_KEPT])
        self._ids[row, :kept] = vector.ids[:_KEPT]
        self._weights[row, :kept] = _of_length_one(vector.weights[:_KEPT])
        self._weights[row, kept:] = 0
        self._keys[row] = key
        self._row_of[key] = row
        buckets = vector.ids[:_POSTED] % _BUCKETS
        self._newest[buckets, self._turn[buckets] % _NEWEST] = row + 1
        self._turn[buckets] += 1

    def remove(self, key: Key) -> None:
        """Forget a text; one that is not there is no mistake."""
        row = self._row_of.pop(key, None)
        if row is not None:
            self._keys[row] = None
            self._weights[row] = 0
            self._free.append(row)

    def find(self, vector: Vector, *, limit: int = 10) -> list[Hit[Key]]:
        """Return the texts most alike, the best first, of those that share what is heavy."""
        rows = self._rows_near(vector.ids[:_SOUGHT], vector.weights[:_SOUGHT])
        return self._hits(rows, self._scores(rows, vector.ids, vector.weights), limit)

    def ranked(self, key: Key) -> list[Hit[Key]]:
        """Return all other texts, by how much they speak of the same incident as this one."""
        own = self._row_of[key]
        rows = np.arange(len(self._keys))
        ids, weights = self._ids[own].astype(np.int64), self._weights[own]
        scores = self._scores(rows, ids, weights)
        near = rows[scores > _NEAR]
        shares = scores[near] / scores[near].sum() * (1 - _OWN_SHARE)
        shared = (self._weights[near] * shares[:, None]).ravel()
        wide_ids = np.concatenate([ids, self._ids[near].ravel()])
        wide = np.concatenate([weights * _OWN_SHARE, shared])
        scores = self._scores(rows, wide_ids, wide.astype(np.float32))
        return [hit for hit in self._hits(rows, scores, len(rows)) if hit.key != key]

    def _weighed(self, ids: Ids, damped: Weights) -> Weights:
        rarity = 1 + np.log((1 + self._texts) / (1 + self._seen[ids])).astype(np.float32)
        return _of_length_one(damped * rarity * np.sqrt(np.maximum(rarity, 0)))

    def _count(self, ids: Ids) -> None:
        self._seen[ids] += 1
        self._texts += 1

    def _free_row(self) -> int:
        if self._free:
            return self._free.pop()
        self._keys.append(None)
        row = len(self._keys) - 1
        if row == len(self._ids):
            self._ids = np.concatenate([self._ids, np.zeros_like(self._ids)])
            self._weights = np.concatenate([self._weights, np.zeros_like(self._weights)])
        return row

    def _rows_near(self, ids: Ids, weights: Weights) -> Ids:
        """Return the rows that share the most with what is sought.

        They are counted in slots that several rows may share; what is in the best slots is
        looked at.
        """
        rows = self._newest[ids % _BUCKETS]
        slots = rows & (_SLOTS - 1)
        shares = np.where(rows > 0, (weights * weights)[:, None], 0)
        shared = np.bincount(slots.ravel(), shares.ravel(), minlength=_SLOTS)
        some = np.sort(shared[shared > shared.max() * _SHARED_LEAST])[-_LOOKED_AT:]
        if not len(some):
            return np.zeros(0, dtype=np.int64)
        good = rows[(shared[slots] >= some[0]) & (rows > 0)]
        return np.unique(good).astype(np.int64) - 1

    def _scores(self, rows: Ids, ids: Ids, weights: Weights) -> Weights:
        np.add.at(self._sought, ids, weights)
        sought, kept = self._sought[self._ids[rows]], self._weights[rows]
        found: Weights = np.einsum("ij,ij->i", sought, kept)
        self._sought[ids] = 0
        return found

    def _hits(self, rows: Ids, scores: Weights, limit: int) -> list[Hit[Key]]:
        hits: list[Hit[Key]] = []
        for place in np.argsort(-scores, kind="stable"):
            key = self._keys[rows[place]]
            if len(hits) == limit or scores[place] <= 0:
                break
            if key is not None:
                hits.append(Hit(key, float(scores[place])))
        return hits


def _parts(title: str, body: str, marks: Sequence[str]) -> list[tuple[Ids, Weights]]:
    """Return what stands in title and body, each with 1 + ln of how often it stands there."""
    parts = [_said(text) for text in (title, body) if len(text) > 1]
    return [part for part in (*parts, _coded(marks)) if len(part[0])]


def _said(text: str) -> tuple[Ids, Weights]:
    pair_ids, pair_weights = _counted(_pairs(text))
    ids, weights = _coded(_long_words(text))
    return np.concatenate([pair_ids, ids]), np.concatenate([pair_weights, _WORD * weights])


def _pairs(text: str) -> npt.NDArray[np.uint32]:
    letters = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    return letters[:-1] * _FIRST + letters[1:] * _SECOND


def _long_words(text: str) -> list[str]:
    return [word for word in plain_segmenter().cut(text) if len(word) > 1]


def _coded(words: Sequence[str]) -> tuple[Ids, Weights]:
    return _counted(np.array(list(map(_code, words)), dtype=np.uint32))


@lru_cache(maxsize=1 << 16)
def _code(word: str) -> int:
    return crc32(word.encode())


def _counted(codes: npt.NDArray[np.uint32]) -> tuple[Ids, Weights]:
    places = np.sort(_places(codes))
    starts = _starts(places)
    times = np.empty_like(starts)
    times[:-1] = starts[1:] - starts[:-1]
    times[-1:] = len(places) - starts[-1:]
    return places[starts].astype(np.int64), _DAMPED[np.minimum(times, len(_DAMPED) - 1)]


def _places(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    # The upper bits of a product are the ones that all lower ones have part in.
    places: npt.NDArray[np.uint32] = (codes * _FIRST) >> np.uint32(32 - _BITS)
    return places


def _once(ids: Ids) -> Ids:
    ordered = np.sort(ids)
    return ordered[_starts(ordered)]


def _starts(ordered: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.intp]:
    """Return where something new begins in what is in order."""
    new = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return np.flatnonzero(new)


def _of_length_one(weights: Weights) -> Weights:
    length = float(np.sqrt(np.dot(weights, weights)))
    return (weights / length if length else weights).astype(np.float32)


def common_of(texts: Iterable[str]) -> Common:
    """Count in how many texts each part stands, in all of them at once."""
    read = [text[:_READ_MAX] for text in texts]
    lengths = [len(text) for text in read]
    owners = np.repeat(np.arange(len(read)), lengths)
    within = owners[:-1] == owners[1:]
    words = [[_code(word) for word in _long_words(text)] for text in read]
    codes = [
        _pairs("".join(read))[within],
        np.array(list(chain.from_iterable(words)), dtype=np.uint32),
    ]
    of_words = np.repeat(np.arange(len(read)), list(map(len, words)))
    whose = np.concatenate([owners[:-1][within], of_words])
    each = np.unique((whose << _BITS) | _places(np.concatenate(codes)))
    ids, times = np.unique(each & ((1 << _BITS) - 1), return_counts=True)
    return Common(ids, times, len(read))


@cache
def everyday() -> Common:
    """Return what sentences hold that people of a community say, of all services."""
    path = files("nlp").joinpath("lexicon", "service_examples.tsv")
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    return common_of(line.partition("\t")[2] for line in lines)
