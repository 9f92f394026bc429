"""Counts a published vote again, and names the first thing that is wrong with it."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from credits.ballots import BallotError, Method, read
from credits.bands import LEAST, Band, weighed
from credits.bands import read as read_bands
from credits.lines import LineError, write
from credits.lines import read as read_line
from credits.merkle import Frontier, leaf_hash
from credits.notes import NoteError, open_checkpoint, parse_verifier
from credits.tally import Tally, weigh
from credits.verify import BrokenError
from credits.vote_file import FORMAT, VERSION, Ballot, Header, outcome

CHECKED: Final = (
    "every ballot is well formed, has its number, and its leaf is its hash",
    "no more ballots than people who could vote, and as many as the first line says",
    "question and ballots are those whose root was signed",
    "the result is what the ballots give, counted again",
)
_WEIGHTED: Final = b'{"weighted":'
_CODE: Final = re.compile(r"[0-9]{12}")


@dataclass(frozen=True, slots=True)
class Recount:
    """What was found, and whose signature stands below it."""

    header: Header
    tally: Tally
    key: str
    weighed: Tally | None = None

    @property
    def has_quorum(self) -> bool:
        """Say whether enough people voted."""
        return self.tally.reaches(self.header.quorum, self.header.roll)


def recount(lines: Iterable[bytes], *, key: str = "") -> Recount:
    """Check a file of a vote; `key` is the ledger's, from elsewhere. Raise BrokenError."""
    reading = iter(lines)
    first = next(reading, b"")
    header = _header(first)
    tree, choices = Frontier(), Counter[str]()
    tree.add(leaf_hash(first))
    after = _ballots(header, reading, tree, choices)
    bands = _bands(header, after, tree, choices) if after.startswith(_WEIGHTED) else ()
    last = _last(next(reading, b"") if bands else after)
    if next(reading, None) is not None:
        raise BrokenError("end", "something follows the result")
    _check_signed(header, tree, last, key)
    tally = weigh(header.paper, choices)
    if write({"result": outcome(tally)}) != write({"result": last["result"]}):
        raise BrokenError("result", "it is not what these ballots give")
    return Recount(header, tally, last["key"], weighed(header.paper, bands) if bands else None)


def _header(line: bytes) -> Header:
    kinds = {"options": list, "title": str, "method": str}
    numbers = {name: kinds.get(name, int) for name in Header.__dataclass_fields__}
    try:
        said = read_line(line, format=str, version=int, **numbers)
    except LineError as error:
        raise BrokenError("line 1", f"this is no vote: {error}") from error
    if (said.pop("format"), said.pop("version")) != (FORMAT, VERSION):
        raise BrokenError("line 1", "this is a format that is not known here")
    try:
        header = Header(**said | {"method": Method(said["method"])})
        _ = header.paper
    except (ValueError, BallotError) as error:
        raise BrokenError("line 1", "nobody could vote on such a paper") from error
    if header.ballots > header.roll:
        raise BrokenError("line 1", f"{header.ballots} ballots of {header.roll} people")
    return header


def _ballots(
    header: Header, reading: Iterator[bytes], tree: Frontier, choices: Counter[str]
) -> bytes:
    """Take all ballots; return the line behind them."""
    before = Ballot("", "")
    for count, line in enumerate(reading):
        if not line.startswith(b'{"index":'):
            if count != header.ballots:
                raise BrokenError("end", f"{count} ballots are here, {header.ballots} should be")
            return line
        before = _ballot(header, line, count, before)
        tree.add(before.leaf())
        choices[before.choice] += 1
    raise BrokenError("end", "the result is missing")


def _bands(header: Header, line: bytes, tree: Frontier, choices: Counter[str]) -> Sequence[Band]:
    """Take the same ballots by weight."""
    where = "weights"
    try:
        bands = read_bands(read_line(line, weighted=list)["weighted"])
        found = sum((Counter(dict(one.choices)) for one in bands), Counter[str]())
        weighed(header.paper, bands)
    except (LineError, BallotError, LookupError, TypeError, AttributeError) as error:
        raise BrokenError(where, "it is not written as it should be") from error
    if found != choices:
        raise BrokenError(where, "they are not of these ballots")
    if any(one.ballots < LEAST for one in bands):
        raise BrokenError(where, f"fewer than {LEAST} ballots have one: that leads to people")
    tree.add(leaf_hash(line))
    return bands


def _ballot(header: Header, line: bytes, number: int, before: Ballot) -> Ballot:
    where = f"ballot {number}"
    try:
        said = read_line(line, index=int, code=str, choice=str, leaf=str)
        if said["index"] != number:
            raise BrokenError(where, f"it is missing: ballot {said['index']} stands in its place")
        read(header.paper, said["choice"])
    except (LineError, BallotError) as error:
        raise BrokenError(where, "it is not written as it should be") from error
    found = Ballot(said["code"], said["choice"])
    if not _CODE.fullmatch(found.code) or found < before:
        raise BrokenError(where, "its code is none, or not in order")
    if found.leaf().hex() != said["leaf"]:
        raise BrokenError(where, f"it was changed: code {found.code} was sealed with other words")
    return found


def _last(line: bytes) -> dict[str, Any]:
    try:
        return read_line(line, result=dict, signed=str, key=str)
    except LineError as error:
        raise BrokenError("result", str(error)) from error


def _check_signed(header: Header, tree: Frontier, last: dict[str, Any], key: str) -> None:
    if key and key.strip() != last["key"]:
        raise BrokenError("signature", "it is of another key than the one you gave")
    try:
        verifier = parse_verifier(last["key"])
        found, _ = open_checkpoint(last["signed"], [verifier])
    except NoteError as error:
        raise BrokenError("signature", str(error)) from error
    if found.origin != f"{verifier.name}/vote/{header.vote}":
        raise BrokenError("signature", f"it is of {found.origin}, and not of this vote")
    if (found.size, found.root) != (tree.size, tree.root()):
        raise BrokenError(
            "signature",
            "question and ballots are not those that were signed: one was changed, taken away or "
            "put in, and the hashes were made to fit",
        )


def say(found: Recount) -> Iterator[str]:
    """Yield what was found, in lines."""
    header, tally = found.header, found.tally
    yield f"SOUND  vote {header.vote}: {tally.cast} ballots of {header.roll} people"
    yield f"question: {json.dumps(header.title, ensure_ascii=False)}, by {header.method.value}"
    for option, total in zip(header.options, tally.totals, strict=True):
        yield f"  {total:>8}  {option}"
    named = ", ".join(header.options[one - 1] for one in tally.winners)
    if not named:
        yield f"nobody chose anything; {tally.blank} abstained"
    else:
        yield f"{'tie' if len(tally.winners) > 1 else 'first'}: {named}; {tally.blank} abstained"
    if found.weighed is not None:
        names = (header.options[one - 1] for one in found.weighed.winners)
        yield f"by weight, advisory: {', '.join(names) or 'nobody'}"
    if header.quorum:
        yield f"quorum of {header.quorum} %: {'reached' if found.has_quorum else 'missed'}"
    else:
        yield "no quorum was asked for"
    yield "checked:"
    yield from (f"  - {what}" for what in CHECKED)
    yield f"key: {found.key}"
