"""Counting: ballots in, a result with every step of the way out.

Who has the most wins. Where two have the same, both are named: it is a tie, which people resolve
as they have agreed to, and nothing is drawn by lot here. The methods in order are in `ranked.py`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from credits.ballots import ABSTAIN, BallotError, Method, Paper, read
from credits.ranked import Ballots, duels, runoff, schulze


@dataclass(frozen=True, slots=True)
class Tally:
    """A result; all numbers of options begin with 1, and stand in the order of the paper.

    `cast` and `blank` are ballots, all and those of who abstains. `totals` is what each option
    has: votes, points, first places (RUNOFF) or options that it beats (SCHULZE). `rounds` are the
    counts of a run-off, with None for who is out; `duels[i][j]` is how many rank i before j.
    """

    cast: int
    blank: int
    totals: tuple[int, ...]
    winners: tuple[int, ...]
    rounds: tuple[tuple[int | None, ...], ...] = ()
    duels: tuple[tuple[int, ...], ...] = ()

    def reaches(self, quorum: int, roll: int) -> bool:
        """Say whether so many per cent of the roll have voted."""
        return self.cast * 100 >= quorum * roll


def count(paper: Paper, choices: Iterable[str]) -> Tally:
    """Count ballots, each of the same weight; BallotError if one is not well formed."""
    return weigh(paper, Counter(choices))


def weigh(paper: Paper, choices: Mapping[str, int]) -> Tally:
    """Count ballots of which each stands for so many."""
    blank = choices.get(ABSTAIN, 0)
    ballots = {read(paper, one): many for one, many in choices.items() if one != ABSTAIN}
    if any(many < 0 for many in choices.values()):
        raise BallotError("weight")
    cast = blank + sum(ballots.values())
    return _COUNTED[paper.method](paper, ballots, cast, blank)


def _chosen(paper: Paper, ballots: Ballots, cast: int, blank: int) -> Tally:
    totals = [0] * paper.options
    for options, many in ballots.items():
        for option in options:
            totals[option - 1] += many
    return Tally(cast, blank, tuple(totals), _first(totals))


def _scored(paper: Paper, ballots: Ballots, cast: int, blank: int) -> Tally:
    totals = [0] * paper.options
    for points, many in ballots.items():
        for place, one in enumerate(points):
            totals[place] += one * many
    return Tally(cast, blank, tuple(totals), _first(totals))


def _runoff(paper: Paper, ballots: Ballots, cast: int, blank: int) -> Tally:
    rounds, winners = runoff(paper.options, ballots)
    totals = tuple(one or 0 for one in rounds[0])
    return Tally(cast, blank, totals, winners, rounds=rounds)


def _schulze(paper: Paper, ballots: Ballots, cast: int, blank: int) -> Tally:
    preferred = duels(paper.options, ballots)
    wins, winners = schulze(preferred)
    return Tally(cast, blank, wins, winners if cast > blank else (), duels=preferred)


def _first(totals: list[int]) -> tuple[int, ...]:
    """Return who has the most; nobody where nobody has anything."""
    most = max(totals)
    return tuple(n for n, one in enumerate(totals, 1) if one == most) if most else ()


_COUNTED: Final[Mapping[Method, Callable[[Paper, Ballots, int, int], Tally]]] = MappingProxyType(
    {
        Method.SINGLE: _chosen,
        Method.SEVERAL: _chosen,
        Method.APPROVAL: _chosen,
        Method.SCORE: _scored,
        Method.RUNOFF: _runoff,
        Method.SCHULZE: _schulze,
    }
)
