"""All that is to happen at a time: rows, so that a night without power loses none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Timer:
    """Something that is due."""

    id: int
    kind: str
    case_id: int
    due_at: datetime


class Timers(Protocol):
    """At most one timer of a kind runs for a case."""

    def set(self, kind: str, case_id: int, due_at: datetime) -> None:
        """Start the timer, or move it."""
        ...

    def clear(self, case_id: int, *, keep: Sequence[str] = ()) -> None:
        """Stop all timers of the case, but for those kinds."""
        ...

    def claim_due(self, limit: int) -> Sequence[Timer]:
        """Take due timers in this unit: they are gone when it commits."""
        ...
