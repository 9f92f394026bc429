"""Merkle trees as RFC 6962 has them: roots, and proofs that need a handful of hashes.

`Frontier` works a root out from leaves as they come; `Tree` makes roots and proofs from hashes that
somebody keeps in tiles; the two `verify_` functions need nothing but the proof.
"""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Final, Protocol

TILE_WIDTH: Final = 256
TILE_HEIGHT: Final = 8
EMPTY_ROOT: Final = sha256(b"").digest()
Hash = bytes
_TURNS_KEPT: Final = 256


class ProofError(Exception):
    """The proof does not show what it should; the message says how far it got."""


class Hashes(Protocol):
    """The hashes of a log in tiles, as C2SP tlog-tiles numbers them."""

    def tile(self, level: int, index: int) -> Sequence[Hash]:
        """Return the hashes of a tile as far as there are any, 256 at the most.

        On level 0 are leaves; each hash of level n is the root of a full tile of level n - 1.
        """
        ...


def leaf_hash(data: bytes) -> Hash:
    """Return the hash of a leaf."""
    return sha256(b"\0" + data).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    """Return the hash of a node over two others."""
    return sha256(b"\1" + left + right).digest()


def fold(hashes: Sequence[Hash]) -> Hash:
    """Return the root over 2^n hashes."""
    while len(hashes) > 1:
        one = iter(hashes)
        pairs = zip(one, one, strict=True)
        hashes = [sha256(b"\1" + left + right).digest() for left, right in pairs]
    return hashes[0]


class Frontier:
    """The root of leaves that come one after the other; it keeps one tile and a few hashes."""

    def __init__(self) -> None:
        self.size = 0
        self._open: list[Hash] = []
        self._peaks: list[tuple[int, Hash]] = []

    def add(self, *leaves: Hash) -> None:
        """Take the hashes of the next leaves."""
        self.size += len(leaves)
        self._open += leaves
        while len(self._open) >= TILE_WIDTH:
            self._peaks = _merged(self._peaks, TILE_WIDTH, fold(self._open[:TILE_WIDTH]))
            del self._open[:TILE_WIDTH]

    def root(self) -> Hash:
        """Return the root of all that came."""
        peaks = self._peaks
        for leaf in self._open:
            peaks = _merged(peaks, 1, leaf)
        if not peaks:
            return EMPTY_ROOT
        root = peaks[-1][1]
        for _, peak in reversed(peaks[:-1]):
            root = node_hash(peak, root)
        return root


def _merged(peaks: list[tuple[int, Hash]], width: int, peak: Hash) -> list[tuple[int, Hash]]:
    """Return the peaks with one more behind them; two of one width become one."""
    peaks = peaks.copy()
    while peaks and peaks[-1][0] == width:
        peak = node_hash(peaks.pop()[1], peak)
        width *= 2
    return [*peaks, (width, peak)]


class Tree:
    """Roots and proofs of a log whose hashes are kept in tiles; each tile is read once."""

    def __init__(self, hashes: Hashes) -> None:
        self._hashes = hashes
        self._read: dict[tuple[int, int], Sequence[Hash]] = {}

    def root(self, size: int) -> Hash:
        """Return the root of the first `size` leaves."""
        return self._over(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int) -> list[Hash]:
        """Return the proof that the leaf is among the first `size`."""
        if not 0 <= index < size:
            raise ValueError(f"no leaf {index} among {size}")
        return self._path(index, 0, size)

    def consistency(self, old: int, size: int) -> list[Hash]:
        """Return the proof that the first `size` leaves begin with the first `old`."""
        if not 0 <= old <= size:
            raise ValueError(f"{old} are not the beginning of {size}")
        return self._beginning(old, 0, size, whole=True) if 0 < old < size else []

    def _path(self, index: int, low: int, high: int) -> list[Hash]:
        if high - low == 1:
            return []
        middle = low + _split(high - low)
        if index < middle:
            return [*self._path(index, low, middle), self._over(middle, high)]
        return [*self._path(index, middle, high), self._over(low, middle)]

    def _beginning(self, old: int, low: int, high: int, *, whole: bool) -> list[Hash]:
        if old == high:
            return [] if whole else [self._over(low, high)]
        middle = low + _split(high - low)
        if old <= middle:
            return [
                *self._beginning(old, low, middle, whole=whole),
                self._over(middle, high),
            ]
        return [
            *self._beginning(old, middle, high, whole=False),
            self._over(low, middle),
        ]

    def _over(self, low: int, high: int) -> Hash:
        width = high - low
        if width & (width - 1):
            middle = low + _split(width)
            return node_hash(self._over(low, middle), self._over(middle, high))
        level, left = divmod(width.bit_length() - 1, TILE_HEIGHT)
        tile, place = divmod(low >> (level * TILE_HEIGHT), TILE_WIDTH)
        return fold(self._tile(level, tile)[place : place + (1 << left)])

    def _tile(self, level: int, index: int) -> Sequence[Hash]:
        found = self._read.get((level, index))
        if found is None:
            found = self._read[level, index] = self._hashes.tile(level, index)
        return found


def _split(width: int) -> int:
    """Return the largest power of two that is smaller."""
    return 1 << ((width - 1).bit_length() - 1)


def verify_inclusion(leaf: Hash, index: int, size: int, proof: Sequence[Hash], root: Hash) -> None:
    """Raise ProofError unless the leaf stands at the index of the log of that size and root."""
    if not 0 <= index < size:
        raise ProofError(f"there is no leaf {index} in a log of {size}")
    found = leaf
    for on_the_left, step in zip(_turns(index, size - 1, len(proof)), proof, strict=True):
        pair = step + found if on_the_left else found + step
        found = sha256(b"\1" + pair).digest()
    if found != root:
        raise ProofError("the proof leads to another root")


def verify_consistency(
    old: int, old_root: Hash, size: int, root: Hash, proof: Sequence[Hash]
) -> None:
    """Raise ProofError unless the log of that size and root begins with the older one."""
    if old > size:
        raise ProofError(f"a log of {size} can't begin with {old} leaves")
    if old in {0, size}:
        if proof or (old_root != (root if old else EMPTY_ROOT)):
            raise ProofError(f"two logs of {old} leaves have different roots")
        return
    first, second = _both_roots(old, old_root, size, proof)
    if first != old_root:
        raise ProofError("the proof does not lead to the older root")
    if second != root:
        raise ProofError("the proof does not lead to the newer root")


def _both_roots(old: int, old_root: Hash, size: int, proof: Sequence[Hash]) -> tuple[Hash, Hash]:
    """Return the older and the newer root to which the proof leads."""
    place, last = old - 1, size - 1
    while place & 1:
        place >>= 1
        last >>= 1
    steps = list(proof) if place else [old_root, *proof]
    turns = _turns(place, last, len(steps) - 1)
    first = second = steps[0]
    for on_the_left, step in zip(turns, steps[1:], strict=True):
        second = node_hash(step, second) if on_the_left else node_hash(second, step)
        if on_the_left:
            first = node_hash(step, first)
    return first, second


@lru_cache(maxsize=_TURNS_KEPT)
def _turns(place: int, last: int, steps: int) -> Sequence[bool]:
    """Return for each step up whether its hash stands on the left; ProofError for a wrong number.

    `place` and `last` are of the level at which the way begins.
    """
    turns = []
    while last:
        if place & 1 or place == last:
            turns.append(True)
            while place and not place & 1:
                place >>= 1
                last >>= 1
        else:
            turns.append(False)
        place >>= 1
        last >>= 1
    if len(turns) != steps:
        raise ProofError(f"the proof has {steps} hashes, not {len(turns)}")
    return turns
