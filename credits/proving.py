"""Makes and checks the proof of every leaf, and of every beginning that was signed."""

from collections.abc import Mapping, Sequence
from io import SEEK_END
from itertools import pairwise
from typing import BinaryIO, Final

from credits.merkle import (
    TILE_HEIGHT,
    TILE_WIDTH,
    Hash,
    Tree,
    fold,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

_HASH_BYTES: Final = 32
_FOUR: Final = 4


class Held:
    """A log whose leaves are kept in a file, as `credits.merkle.Hashes` wants them.

    In memory are the hashes of full tiles: one for 256 leaves.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._open: list[Hash] = []
        self._above: list[list[Hash]] = []

    def add(self, leaf: Hash) -> None:
        """Take the next leaf."""
        self._open.append(leaf)
        if len(self._open) == TILE_WIDTH:
            self._file.seek(0, SEEK_END)
            self._file.write(b"".join(self._open))
            self._rise(0, fold(self._open))
            self._open.clear()

    def tile(self, level: int, index: int) -> Sequence[Hash]:
        """Return the hashes of a tile."""
        first = index * TILE_WIDTH
        if level:
            known = self._above[level - 1] if level <= len(self._above) else []
            return known[first : first + TILE_WIDTH]
        if not self._above or index >= len(self._above[0]):
            return self._open
        self._file.seek(first * _HASH_BYTES)
        some = self._file.read(TILE_WIDTH * _HASH_BYTES)
        return [some[at : at + _HASH_BYTES] for at in range(0, len(some), _HASH_BYTES)]

    def _rise(self, level: int, one: Hash) -> None:
        if level == len(self._above):
            self._above.append([])
        row = self._above[level]
        row.append(one)
        if not len(row) % TILE_WIDTH:
            self._rise(level + 1, fold(row[-TILE_WIDTH:]))


def prove_all(held: Held, roots: Mapping[int, Hash]) -> tuple[int, int]:
    """Check both kinds of proofs; return how many. ProofError for the first that fails.

    `roots` are those that were signed, by size; the last is proved to hold each leaf up to it.
    """
    sizes = sorted(roots)
    last = sizes[-1]
    for first in range(0, last, TILE_WIDTH):
        _prove_tile(held, first, last, roots[last])
    for old, new in pairwise(sizes):
        proof = Tree(held).consistency(old, new)
        verify_consistency(old, roots[old], new, roots[new], proof)
    return last, len(sizes) - 1


def _prove_tile(held: Held, first: int, last: int, root: Hash) -> None:
    """Prove the leaves of a tile.

    Proofs of neighbours end alike. So in a full tile each is checked up to the hash over four, each
    of these up to the hash over sixteen, and so on; the tile's own hash once, up to the root.
    """
    tree, leaves = Tree(held), held.tile(0, first // TILE_WIDTH)
    if first + TILE_WIDTH > last:
        for index in range(first, last):
            verify_inclusion(leaves[index - first], index, last, tree.inclusion(index, last), root)
        return
    way: list[Hash] = []
    row: Sequence[Hash] = leaves
    while len(row) > 1:
        fours = [row[start : start + _FOUR] for start in range(0, len(row), _FOUR)]
        row, ways = zip(*map(_prove_four, fours), strict=True)
        way += ways[0]
    beyond = tree.inclusion(first, last)[TILE_HEIGHT:]
    verify_inclusion(leaves[0], first, last, [*way, *beyond], root)


def _prove_four(hashes: Sequence[Hash]) -> tuple[Hash, tuple[Hash, Hash]]:
    """Prove all four up to the hash over them; return that one, and the first one's proof."""
    one, two, three, four = hashes
    left, right = node_hash(one, two), node_hash(three, four)
    top = node_hash(left, right)
    proofs = (two, right), (one, right), (four, left), (three, left)
    for place, proof in enumerate(proofs):
        verify_inclusion(hashes[place], place, _FOUR, proof, top)
    return top, proofs[0]
