"""Words of recordings that staff put right: what was heard stays beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What somebody heard in a recording, and who it was."""

    media_id: int
    words: str
    staff_id: int
    at: datetime


class CorrectionViews(Protocol):
    """Corrections as they are read."""

    def of(self, media_ids: Sequence[int]) -> Sequence[Correction]:
        """Return all of these recordings, the oldest first: the last one counts."""
        ...


class Corrections(CorrectionViews, Protocol):
    """All corrections: only added to."""

    def add(self, media_id: int, words: str, staff_id: int) -> None:
        """Keep what the member heard in the recording."""
        ...
