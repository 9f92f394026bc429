"""Reads an exported ledger from a file: block by block, and earlier entries again when asked."""

from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, Final

_BLOCK_LINES: Final = 16
_RECENT_BLOCKS: Final = 128
_BUFFER_BYTES: Final = 1 << 16
_DIGITS: Final = 19
_BEGINS: Final = b'{"index":'


def open_to_read(file: Path) -> BinaryIO:
    """Open a file that is read from its beginning to its end, much of it at once."""
    return file.open("rb", buffering=_BUFFER_BYTES)


class Export:
    """The lines of a file that can be read twice.

    Of each block it remembers where it stands; of the last ones, what they say.
    """

    def __init__(self, first: BinaryIO, again: BinaryIO) -> None:
        """Both are the same file, opened apart."""
        self._first = first
        self._again = again
        self.place = 0
        self._places = array("q")
        self._firsts = array("q")
        self._recent: deque[list[bytes]] = deque(maxlen=_RECENT_BLOCKS)
        self._block, self._kept = -1, list[bytes]()

    def lines(self) -> Iterator[bytes]:
        """Yield the lines in order."""
        return chain.from_iterable(self._blocks())

    def _blocks(self) -> Iterator[list[bytes]]:
        while block := list(islice(self._first, _BLOCK_LINES)):
            first = _first(block)
            if first is not None:
                self._firsts.append(first)
                self._places.append(self.place)
                self._recent.append(block)
            self.place += sum(map(len, block))
            yield block

    def entry(self, index: int) -> bytes:
        """Return the line of an entry that was read before; empty if there is none."""
        number = bisect_right(self._firsts, index) - 1
        if number < 0:
            return b""
        begins = b'{"index":%d,' % index
        # Other lines may stand between, so it is as far behind the first as its number, or farther.
        for line in self._read(number)[index - self._firsts[number] :]:
            if line.startswith(begins):
                return line
        return b""

    def _read(self, number: int) -> list[bytes]:
        """Return a block again; the last one is kept, as many that follow each other ask for it."""
        behind = len(self._places) - number
        if behind <= len(self._recent):
            return self._recent[-behind]
        if number != self._block:
            self._again.seek(self._places[number])
            self._kept = list(islice(self._again, _BLOCK_LINES))
            self._block = number
        return self._kept


def _first(block: list[bytes]) -> int | None:
    """Return the number of the first entry of the block; None if there is none.

    It is what the line says itself: whoever audits checks it before all that follows.
    """
    for line in block:
        if line.startswith(_BEGINS):
            number = line[len(_BEGINS) : line.find(b",")]
            return int(number) if number.isdigit() and len(number) < _DIGITS else None
    return None
