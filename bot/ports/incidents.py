"""Cases of late, by what they are about: which of them speak of the same incident."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from bot.model.case import Case


@dataclass(frozen=True, slots=True)
class Topic:
    """What several people speak of now: its cases, the newest first, and how hot it is."""

    case_ids: Sequence[int]
    heat: float


class Incidents(Protocol):
    """What a process remembers of cases. It may be behind: look at a case before it is used."""

    def alike(self, case: Case, /, *, limit: int) -> Sequence[int]:
        """Return other cases that may be the same incident, the most alike first."""
        ...

    def hot(self, now: datetime, /) -> Sequence[Topic]:
        """Return what is spoken of most at this moment, the hottest first."""
        ...


class IncidentViews(Protocol):
    """What such a memory is made of."""

    def newest_event(self) -> int:
        """Return the id of the newest line of any history; 0 where there is none."""
        ...

    def changed_since(self, event: int) -> Sequence[int]:
        """Return the cases whose history has lines after that one."""
        ...

    def going_on(self, since: datetime, *, before: int | None, limit: int) -> Sequence[Case]:
        """Return cases that are open or were opened since then, the newest first.

        `before` is the id of the last of the page before.
        """
        ...


class NothingKnown:
    """A memory of nothing."""

    def alike(self, _: Case, /, *, limit: int) -> Sequence[int]:
        """Return nothing."""
        return ()[:limit]

    def hot(self, _: datetime, /) -> Sequence[Topic]:
        """Return nothing."""
        return ()


NOTHING_KNOWN: Final = NothingKnown()
