"""A log whose hashes are all in memory."""

from collections.abc import Sequence

from credits.merkle import TILE_WIDTH, fold


class Tiles:
    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._levels = [list(leaves)]
        while len(below := self._levels[-1]) >= TILE_WIDTH:
            full = range(0, len(below) - TILE_WIDTH + 1, TILE_WIDTH)
            self._levels.append([fold(below[start : start + TILE_WIDTH]) for start in full])

    def tile(self, level: int, index: int) -> Sequence[bytes]:
        return self._levels[level][index * TILE_WIDTH : (index + 1) * TILE_WIDTH]
