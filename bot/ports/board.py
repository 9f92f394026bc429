"""Lists of cases that stay fast however many there are: filters, search, what is due.

No list looks at more than `LOOKED_MOST` rows at once. Where a filter leaves few of them, a
page is short and says where the next look begins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from bot.model.case import State
from bot.ports.cases import CaseRow

LOOKED_MOST: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Sieve:
    """What a case has to be to pass; what is empty or None lets all pass.

    `words` must all be in what was said or in the place. `late` cases are open ones whose
    limit is over and whose reporter is not asked.
    """

    states: tuple[State, ...] = ()
    services: tuple[str, ...] = ()
    agency: str = ""
    grid_id: int | None = None
    handler_id: int | None = None
    late: bool = False
    urgent: bool = False
    since: datetime | None = None
    until: datetime | None = None
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a list, the newest first; `older` is where the next one begins, if there is one.

    `cut` when the look ended before the slice was full.
    """

    rows: Sequence[CaseRow]
    older: int | None
    cut: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """How many pass; `more` when there are others that were not looked at."""

    count: int
    more: bool


class BoardViews(Protocol):
    """Reads for lists and queues."""

    def slice(self, sieve: Sieve, *, before: int | None, limit: int) -> Slice:
        """The newest cases that pass, older than the one with the id `before`."""
        ...

    def tallies(self, sieve: Sieve) -> Mapping[State, Tally]:
        """How many of those that are looked at pass, in every state: the sieve's is left out."""
        ...

    def matches(self, case_id: int, words: frozenset[str]) -> bool:
        """Say whether all words are in the case."""
        ...

    def first_due(self, sieve: Sieve, *, limit: int) -> Slice:
        """Open cases that pass, the urgent ones and the earliest limit first; never goes on."""
        ...

    def carried_by(self, staff_id: int) -> Sequence[CaseRow]:
        """All open cases of a member."""
        ...

    def free(self, agency: str, limit: int) -> Sequence[CaseRow]:
        """Open cases for the agency that nobody has, by their limit."""
        ...
