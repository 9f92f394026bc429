"""What the program made of cases when they came, and what a person said of those drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Lot(StrEnum):
    """What fell to a case: it was asked about; or filed, and perhaps drawn, and then judged."""

    ASKED = "asked"
    FILED = "filed"
    DRAWN = "drawn"
    JUDGED = "judged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """A case as it was filed when it came, and the words it has now."""

    case_id: int
    service_code: str
    lot: Lot
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Filed:
    """How many cases of a time were filed without asking, and asked about.

    Of those filed: how many were drawn, of these how many judged, of these how many right.
    """

    filed: int
    asked: int
    drawn: int
    judged: int
    right: int


class FilingViews(Protocol):
    """Reads."""

    def to_judge(self, limit: int) -> Sequence[Filing]:
        """Return those drawn that nobody looked at, the oldest first; their words are there."""
        ...

    def to_judge_count(self) -> int:
        """Count them."""
        ...

    def filed(self, since: datetime) -> Filed:
        """Count what came since then."""
        ...


class Filings(FilingViews, Protocol):
    """Changes; each case is filed once and judged once."""

    def roll(self, case_id: int) -> int:
        """Return 0 to 99, for each case another, by the installation's key: nobody foresees it."""
        ...

    def keep(self, case_id: int, service_code: str, lot: Lot) -> None: ...

    def find(self, case_id: int) -> Filing | None:
        """Return how the case was filed, locked until the unit ends."""
        ...

    def judge(self, case_id: int, service_code: str, staff_id: int) -> None:
        """Keep what it should have been."""
        ...
