"""Lines of the auditor's form that are like one before are read by place, not letter by letter.

A ledger writes the same few sentences again and again: only numbers, marks and hashes differ. A
line that fitted the pattern leaves its shape. A line as long as that one, whose fixed parts are the
same bytes, fits the pattern too, if what differs is written properly. Whatever is not so, or has
another leaf than it says, is left to the pattern, which takes it or names what is wrong.
"""

from binascii import hexlify, unhexlify
from collections.abc import Callable
from hashlib import sha256
from re import Match
from struct import Struct
from typing import Final, NamedTuple

from credits.replay import ISSUES, Entry, sides

_DIFFERS: Final = (1, 6, 7, 9, 10, 11, 12, 13, 14, 15)
"""Of the groups of the pattern: index, follows, nonce, acted, recorded, expires, both marks, named,
leaf. Between them, and around, is what does not differ."""
_OUTER, _SIDES, _AMOUNT, _REST, _MIDDLE = 2, 3, 4, 5, 8
_FOLLOWS, _EXPIRES, _DEBIT, _CREDIT = 6, 11, 12, 13
_OF_ONE_LENGTH: Final = 8
_DIGIT_0: Final = ord("0")


class Shape(NamedTuple):
    """What lines of one kind have in common."""

    parts: Callable[[bytes], tuple[bytes, ...]]
    """Cuts a line: what does not differ and what does, in turns. `null` does not differ."""
    fixed: tuple[bytes, ...]
    least: int
    """The least number that has as many digits as the index."""
    outer: slice
    middle: slice
    beginning: tuple[str, str, str, str]
    amount: int
    rest: int
    issues: str | None
    """The ledger, if the treasury issues something at once, as it does in nearly all lines."""

    def entry(self, parts: tuple[bytes, ...]) -> Entry:
        """Return what a line of this shape says."""
        follows = int(parts[3]) if parts[3] else None
        expires = int(parts[11]) if parts[11] else None
        told = follows, parts[13], parts[15], int(parts[7]), int(parts[9]), expires
        return Entry._make((*self.beginning, self.amount, self.rest, *told))


def _shape(found: Match[bytes]) -> Shape:
    form, place = "", 0
    for group in _DIFFERS:
        start, end = found.span(group)
        if found[group] == b"null":
            end = start
        form += f"{start - place}s{end - start}s"
        place = end
    parts = Struct(f"{form}{found.end() - place}s").unpack
    amount, rest = int(found[_AMOUNT]), int(found[_REST])
    plain = amount and not rest and found[_FOLLOWS] == found[_EXPIRES] == b"null"
    return Shape(
        parts=parts,
        fixed=parts(found[0])[::2],
        least=10 ** (len(found[1]) - 1) if len(found[1]) > 1 else 0,
        outer=slice(*found.span(_OUTER)),
        middle=slice(*found.span(_MIDDLE)),
        beginning=sides(found[_SIDES]),
        amount=amount,
        rest=rest,
        issues=ISSUES.get(found[_SIDES])
        if plain and not found[_DEBIT] and found[_CREDIT]
        else None,
    )


Like = tuple[Shape, tuple[bytes, ...], bytes]
"""The shape, the parts and the leaf of a line."""


class Shapes:
    """The shapes of lines that came, by length; of each length a few, often met ones in front."""

    def __init__(self) -> None:
        self._known: dict[int, list[Shape]] = {}

    def learn(self, found: Match[bytes]) -> None:
        """Remember the shape of a line that fits the pattern and keeps the rules."""
        known = self._known.setdefault(len(found[0]), [])
        del known[_OF_ONE_LENGTH - 1 :]
        known.append(_shape(found))

    def read(self, line: bytes, index: int) -> Like | None:
        """Read a line that is like one before; None if it is not, or is not sound."""
        known = self._known.get(len(line), ())
        for shape in known:
            parts = shape.parts(line)
            if parts[::2] == shape.fixed:
                break
        else:
            return None
        nonce, acted, recorded = parts[5], parts[7], parts[9]
        try:
            told, raw = int(parts[1]), unhexlify(nonce)
        except ValueError:
            return None
        sealed = sha256(raw + line[shape.middle]).digest()
        leaf = sha256(b"\0" + line[shape.outer] + sealed).digest()
        if (
            hexlify(leaf) == parts[19]
            # So it is all digits: a sign, a space or an underscore would leave it too small.
            and told == index >= shape.least
            # Both have 16 digits from 2001 to 2286; other moments are left to the pattern.
            and b"1" <= acted <= recorded
            and acted.isdigit()
            and recorded.isdigit()
            and nonce == nonce.lower()
            and (shape.issues is not None or (_proper(parts[3]) and _proper(parts[11])))
        ):
            return shape, parts, leaf
        return None


def _proper(number: bytes) -> bool:
    """Say whether it is a number as it is written, or nothing."""
    return not number or (number.isdigit() and (number[0] != _DIGIT_0 or len(number) == 1))
