"""Reads an exported ledger from a file: line by line, and earlier entries again when asked."""

from array import array
from collections.abc import Iterator
from typing import BinaryIO, Final

_EVERY: Final = 64
_BEGINS: Final = b'{"index":'


class Export:
    """The lines of a file that can be read twice. It remembers where one in 64 entries stands."""

    def __init__(self, first: BinaryIO, again: BinaryIO) -> None:
        """Both are the same file, opened apart."""
        self._first = first
        self._again = again
        self._places = array("q")
        self.count = 0
        self.place = 0

    def lines(self) -> Iterator[bytes]:
        """Yield the lines in order."""
        count = place = 0
        remember = self._places.append
        for line in self._first:
            if line.startswith(_BEGINS):
                if not count % _EVERY:
                    remember(place)
                    self.count, self.place = count, place
                count += 1
            place += len(line)
            yield line
        self.count, self.place = count, place

    def entry(self, index: int) -> bytes:
        """Return the line of an entry that was read before; empty if there is none."""
        block, skip = divmod(index, _EVERY)
        if block >= len(self._places):
            return b""
        self._again.seek(self._places[block])
        for line in self._again:
            if line.startswith(_BEGINS):
                if not skip:
                    return line
                skip -= 1
        return b""
