"""Makes and checks the proof of every leaf, and of every beginning that was signed."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from credits.merkle import (
    TILE_HEIGHT,
    TILE_WIDTH,
    Hash,
    Tree,
    node_hash,
    verify_consistency,
    verify_inclusion,
)


class Held:
    """A log with all its hashes in memory, as `credits.merkle.Hashes` wants them."""

    def __init__(self, leaves: Sequence[Hash]) -> None:
        self._levels = [list(leaves)]
        while len(below := self._levels[-1]) > 1:
            pairs = zip(below[::2], below[1::2], strict=False)
            # A node without a neighbour rises as it is.
            self._levels.append([node_hash(*pair) for pair in pairs] + below[len(below) & ~1 :])

    def tile(self, level: int, index: int) -> Sequence[Hash]:
        """Return the hashes of a tile."""
        nodes = self._levels[level * TILE_HEIGHT]
        return nodes[index * TILE_WIDTH : (index + 1) * TILE_WIDTH]

    def inclusion(self, index: int) -> list[Hash]:
        """Return the proof of a leaf among all."""
        proof = []
        for level in self._levels[:-1]:
            beside = index ^ 1
            if beside < len(level):
                proof.append(level[beside])
            index >>= 1
        return proof


def prove_all(leaves: Sequence[Hash], roots: Mapping[int, Hash]) -> tuple[int, int]:
    """Check both kinds of proofs; return how many. ProofError for the first that fails.

    `roots` are those that were signed, by size; the last is proved to hold each leaf up to it.
    """
    sizes = sorted(roots)
    last = sizes[-1]
    held = Held(leaves[:last])
    for index, leaf in enumerate(leaves[:last]):
        verify_inclusion(leaf, index, last, held.inclusion(index), roots[last])
    tree = Tree(held)
    for old, new in pairwise(sizes):
        verify_consistency(old, roots[old], new, roots[new], tree.consistency(old, new))
    return last, len(sizes) - 1
