"""What may stand on a ballot, and the one way in which it is written.

`2` of one choice, `1,3` of several, `5,0,3` points for each option, `2>1>3` in order, the best
first, and `-` of who abstains. Options are numbered from 1 as they stand on the paper.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

ABSTAIN: Final = "-"
OPTIONS_MOST: Final = 20
SCORE_MOST: Final = 10
_NUMBER_MOST: Final = 2  # digits


class Method(StrEnum):
    """How it is chosen, and counted."""

    SINGLE = "single"
    SEVERAL = "several"
    APPROVAL = "approval"
    SCORE = "score"
    RUNOFF = "runoff"
    SCHULZE = "schulze"


RANKED: Final = frozenset({Method.RUNOFF, Method.SCHULZE})


class BallotError(Exception):
    """The ballot can't be counted; `reason` is one word that names why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Paper:
    """How many options there are.

    `most` is how many of them may be chosen with SEVERAL, and the highest score with SCORE.
    """

    method: Method
    options: int
    most: int = 1

    def __post_init__(self) -> None:
        """Raise BallotError unless it can be voted on."""
        most = {Method.SEVERAL: self.options, Method.SCORE: SCORE_MOST}.get(self.method, 1)
        if not 2 <= self.options <= OPTIONS_MOST:  # noqa: PLR2004 -- a choice is between two
            raise BallotError("options")
        if not 1 <= self.most <= most:
            raise BallotError("most")


def read(paper: Paper, choice: str) -> tuple[int, ...]:
    """Return the numbers of a ballot, none of who abstains; BallotError unless it is well formed.

    They are options, or with SCORE the points of each. What has another way to be written than
    `write` has is refused.
    """
    if choice == ABSTAIN:
        return ()
    split = choice.split(">" if paper.method in RANKED else ",")
    if not all(one.isascii() and one.isdigit() and len(one) <= _NUMBER_MOST for one in split):
        raise BallotError("written")
    numbers = tuple(map(int, split))
    if write(paper, numbers) != choice:
        raise BallotError("written")
    return numbers


def write(paper: Paper, numbers: Sequence[int]) -> str:
    """Return the ballot as it is kept; raise BallotError unless it may be cast so."""
    if not numbers:
        return ABSTAIN
    for reason in _wrong(paper, numbers):
        raise BallotError(reason)
    if paper.method in RANKED:
        return ">".join(map(str, numbers))
    kept = numbers if paper.method is Method.SCORE else sorted(numbers)
    return ",".join(map(str, kept))


def _wrong(paper: Paper, numbers: Sequence[int]) -> Iterator[str]:
    """Yield what is wrong, the first thing first."""
    if paper.method is Method.SCORE:
        if len(numbers) != paper.options:
            yield "scores"
        if not all(0 <= one <= paper.most for one in numbers):
            yield "score"
        return
    if not all(1 <= one <= paper.options for one in numbers):
        yield "option"
    if len(set(numbers)) != len(numbers):
        yield "twice"
    if paper.method is Method.SINGLE and len(numbers) > 1:
        yield "one"
    if paper.method is Method.SEVERAL and len(numbers) > paper.most:
        yield "many"
