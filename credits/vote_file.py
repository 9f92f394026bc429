"""The file of a counted vote, as docs/votes.md has it: the question, every ballot, the result."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from credits.ballots import Method, Paper
from credits.bands import Band, line
from credits.lines import write
from credits.merkle import Hash, leaf_hash
from credits.tally import Tally

FORMAT: Final = "gongzhi-vote"
VERSION: Final = 1
BEGINS: Final = b'{"format":"gongzhi-vote",'


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What was voted on, by how many of how many; moments are microseconds since 1970."""

    vote: int
    title: str
    options: Sequence[str]
    method: Method
    most: int
    roll: int
    quorum: int
    opened: int
    ended: int
    ballots: int

    @property
    def paper(self) -> Paper:
        """What a ballot of this vote has to look like."""
        return Paper(self.method, len(self.options), self.most)

    def line(self) -> str:
        """Return the first line, which is the first leaf as well."""
        values = {name: getattr(self, name) for name in Header.__dataclass_fields__}
        kept = values | {"options": list(self.options), "method": self.method.value}
        return write({"format": FORMAT, "version": VERSION, **kept})


@dataclass(frozen=True, slots=True, order=True)
class Ballot:
    """A ballot as it is published: the code that only its voter got, and what she chose."""

    code: str
    choice: str

    def leaf(self) -> Hash:
        """Return the hash that stands in the tree."""
        return leaf_hash(f"{self.code} {self.choice}".encode())


def leaves(header: Header, ballots: Sequence[Ballot], bands: Sequence[Band] = ()) -> list[Hash]:
    """Return the leaves over which the root is signed: first line, ballots, the line of bands."""
    found = [leaf_hash(header.line().encode()), *(one.leaf() for one in ballots)]
    return [*found, leaf_hash(line(bands).encode())] if bands else found


def outcome(tally: Tally) -> dict[str, Any]:
    """Return a result as it stands in the file."""
    return asdict(tally)


def lines(
    header: Header,
    ballots: Sequence[Ballot],
    tally: Tally,
    signed: str,
    key: str,
    bands: Sequence[Band] = (),
) -> Iterator[str]:
    """Yield the file: ballots in the order of their codes."""
    yield header.line()
    for index, one in enumerate(ballots):
        yield write(
            {"index": index, "code": one.code, "choice": one.choice, "leaf": one.leaf().hex()}
        )
    if bands:
        yield line(bands)
    yield write({"result": outcome(tally), "signed": signed, "key": key})
