"""Reads an exported ledger from a file: block by block, and earlier entries again when asked."""

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO, Final

_BLOCK_BYTES: Final = 1 << 12
_DIGITS: Final = 19
_BEGINS: Final = b'{"index":'


class Export:
    """The lines of a file that can be read twice. Of each block it remembers where it stands."""

    def __init__(self, first: BinaryIO, again: BinaryIO) -> None:
        """Both are the same file, opened apart."""
        self._first = first
        self._again = again
        self.place = 0
        self._places = array("q")
        self._firsts = array("q")
        self._block, self._kept = -1, list[bytes]()

    def lines(self) -> Iterator[bytes]:
        """Yield the lines in order."""
        return chain.from_iterable(self._blocks())

    def _blocks(self) -> Iterator[list[bytes]]:
        while block := self._first.readlines(_BLOCK_BYTES):
            first = _first(block)
            if first is not None:
                self._firsts.append(first)
                self._places.append(self.place)
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
                return line + b"\n"
        return b""

    def _read(self, number: int) -> list[bytes]:
        """Return a block again; the last one is kept, as many that follow each other ask for it."""
        if number != self._block:
            start = self._places[number]
            last = number + 1 == len(self._places)
            self._again.seek(start)
            end = self.place if last else self._places[number + 1]
            self._kept = self._again.read(end - start).split(b"\n")
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
