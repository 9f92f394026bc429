"""Lines of an exported ledger that are like one before are read by place, not letter by letter.

A ledger writes the same few sentences again and again: only numbers, marks and hashes differ. A
line that fitted the pattern leaves its shape. A line as long as that one, whose fixed parts are the
same bytes, fits the pattern too, if what differs is written properly. That is seen for many lines
at once. Where one of them is not so, or has another leaf than it says, all are left to the pattern,
which takes them or names what is wrong.
"""

from binascii import hexlify, unhexlify
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from operator import eq, le
from re import Match
from struct import Struct
from typing import Final, NamedTuple

from credits.lines import AUDITOR, AUDITOR_LINE, PUBLIC_LINE
from credits.replay import Entry, Parties, sides

AT_ONCE: Final = 256
"""How many lines are read together, at the most."""

_OF_ONE_LENGTH: Final = 8
_SALTED, _SEALED = Struct("16s").iter_unpack, Struct("32s").iter_unpack

Row = tuple[bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes]
"""What differs: index, follows, nonce or `sealed`, acted, recorded, expires, both marks, leaf. What
is `null`, or is not in this form, is empty."""

_DIFFERS: Final = (
    "index", "follows", "nonce", "acted", "recorded", "expires", "debit", "credit", "named", "leaf",
)  # fmt: skip
"""`named` is hashed with its shell, and nobody here can open it."""
_PUBLIC_DIFFERS: Final = ("index", "follows", "sealed", "", "", "", "", "", "leaf")


@dataclass(frozen=True, slots=True)
class Shape:
    """What lines of one kind have in common."""

    fixed_of: Callable[[bytes], tuple[bytes, ...]]
    """Cuts out of a line what does not differ."""
    fixed: tuple[bytes, ...]
    differing: Callable[[bytes], Row]
    """Cuts a Row out of a line."""
    outer: slice
    start: bytes
    """What the leaf's hash begins with, where it follows nothing; else empty."""
    middle: slice
    said: tuple[str, Parties, int, int]
    """Kind, parties, amount, rest."""
    amount: int
    issues: str
    """The ledger, if the treasury issues something at once, as it does in nearly all lines."""

    def entry(self, row: Row) -> Entry:
        """Return what a line of this shape says."""
        return Entry._make(self.said + row)


class Alike(NamedTuple):
    """Lines that follow each other, and the shape of each."""

    shapes: Sequence[Shape]
    lines: Sequence[bytes]

    def part(self, some: slice) -> "Alike":
        """Return a part of them."""
        return Alike(self.shapes[some], self.lines[some])


class Said(NamedTuple):
    """What lines say: what differs, the marks of who gets something, the leaves."""

    rows: Sequence[Row]
    credits: Sequence[bytes]
    leaves: Sequence[bytes]


_Known = tuple[Callable[[bytes], tuple[bytes, ...]], tuple[bytes, ...], Shape]
"""A shape, with what is asked of it first."""


def shape_of(found: Match[bytes]) -> Shape:
    """Return the shape of a line that fits the pattern; BrokenRuleError for a wrong mixture."""
    fixed, differing, place = "", "", 0
    public = "sealed" in found.re.groupindex
    for name in _PUBLIC_DIFFERS if public else _DIFFERS:
        start, end = found.span(name) if name else (place, place)
        if not name or found[name] == b"null":
            differing += "0s"
            continue
        fixed += f"{start - place}s{end - start}x"
        differing += f"{start - place}x{end - start}{'x' if name == 'named' else 's'}"
        place = end
    fixed_of = Struct(f"{fixed}{found.end() - place}s").unpack
    row = Struct(f"{differing}{found.end() - place}x").unpack
    kind, parties = sides(found["sides"])
    plain = found["follows"] == b"null" and int(found["amount"]) and found["rest"] == b"0"
    marked = public or (not found["debit"] and found["credit"] and found["expires"] == b"null")
    issues = kind == "transfer" and parties[1] == "treasury" and plain and marked
    return Shape(
        fixed_of=fixed_of,
        fixed=fixed_of(found[0]),
        differing=row,
        outer=slice(*found.span("outer")),
        start=b"\0" + found["outer"] if found["follows"] == b"null" else b"",
        middle=slice(0) if public else slice(*found.span("middle")),
        said=(kind, parties, int(found["amount"]), int(found["rest"])),
        amount=int(found["amount"]),
        issues=parties[0] if issues else "",
    )


class Shapes:
    """The shapes of lines that came, by length; of each length a few, often met ones in front."""

    def __init__(self, form: str) -> None:
        """`form` is that of the export."""
        self._audited = form == AUDITOR
        self.pattern: Final = AUDITOR_LINE if self._audited else PUBLIC_LINE
        self._known: dict[int, list[_Known]] = {}

    def learn(self, line: bytes, shape: Shape) -> None:
        """Remember the shape of a line that fits the pattern and keeps the rules."""
        _, _, _, acted, recorded, _, _, _, _ = shape.differing(line)
        if len(acted) <= len(recorded):
            known = self._known.setdefault(len(line), [])
            del known[_OF_ONE_LENGTH - 1 :]
            known.append((shape.fixed_of, shape.fixed, shape))

    def sorted(self, lines: Iterable[bytes]) -> Iterator[tuple[Alike, bytes]]:
        """Yield lines that are like some before, and the one behind them that is not, if any."""
        known, reading = self._known, iter(lines)
        while some := list(islice(reading, AT_ONCE)):
            shapes: list[Shape] = []
            begin = 0
            for line in some:
                for fixed_of, fixed, shape in known.get(len(line), ()):
                    if fixed_of(line) == fixed:
                        shapes.append(shape)
                        break
                else:
                    end = begin + len(shapes)
                    yield Alike(shapes, some[begin:end]), line
                    shapes, begin = [], end + 1
            if shapes:
                yield Alike(shapes, some[begin:]), b""

    def read(self, alike: Alike, first: int) -> Said | None:
        """Read entries numbered from `first`.

        None when one of them is not sound, or has to be looked at by the pattern.
        """
        rows = [shape.differing(line) for shape, line in zip(*alike, strict=True)]
        index, follows, hidden, acted, recorded, expires, debit, credit, leaf = zip(
            *rows, strict=True
        )
        told = b"".join(hidden)
        try:
            raw = unhexlify(told)
        except ValueError:
            return None
        leaves = _audited_leaves(alike, raw) if self._audited else _public_leaves(alike, raw)
        if (
            hexlify(raw) == told
            and hexlify(b"".join(leaves)) == b"".join(leaf)
            and list(index) == [b"%d" % number for number in range(first, first + len(index))]
            and all(map(_proper, filter(None, (*follows, *expires))))
            and not (self._audited and (_unclear(acted, recorded) or any(map(eq, debit, credit))))
        ):
            return Said(rows, credit, leaves)
        return None

    def entry(self, line: bytes) -> Entry | None:
        """Return what an entry's line says, whatever it is; None if it is none."""
        for fixed_of, fixed, shape in self._known.get(len(line), ()):
            if fixed_of(line) == fixed:
                return shape.entry(shape.differing(line))
        found = self.pattern.fullmatch(line)
        if found is None:
            return None
        shape = shape_of(found)
        return shape.entry(shape.differing(line))


def _audited_leaves(alike: Alike, nonces: bytes) -> list[bytes]:
    return [
        sha256(
            (shape.start or b"\0" + line[shape.outer]) + sha256(nonce + line[shape.middle]).digest()
        ).digest()
        for shape, line, (nonce,) in zip(*alike, _SALTED(nonces), strict=True)
    ]


def _public_leaves(alike: Alike, sealed: bytes) -> list[bytes]:
    return [
        sha256((shape.start or b"\0" + line[shape.outer]) + one).digest()
        for shape, line, (one,) in zip(*alike, _SEALED(sealed), strict=True)
    ]


def _unclear(acted: Sequence[bytes], recorded: Sequence[bytes]) -> bool:
    """Say whether moments are anything but digits, in order: those before 1970, above all.

    Of those that have more digits than their record nothing was learned.
    """
    return not (
        b"".join((*acted, *recorded)).isdigit()
        and min(acted) >= b"1"
        and all(map(le, acted, recorded))
    )


def _proper(number: bytes) -> bool:
    """Say whether it is a number as it is written."""
    return number.isdigit() and (number[:1] != b"0" or len(number) == 1)
