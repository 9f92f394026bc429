"""Words heard as others of the same sound: what staff put right, and which pairs count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from nlp.text.homophones import Homophone


@dataclass(frozen=True, slots=True, kw_only=True)
class Misheard:
    """A transcript that somebody put right: as it was heard, and as it is."""

    heard: str
    right: str
    staff_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """A pair that counts, with who agreed to it."""

    pair: Homophone
    staff_id: int
    at: datetime


class HomophoneViews(Protocol):
    """Reads."""

    def misheard(self, limit: int) -> Sequence[Misheard]:
        """Return the newest transcripts that were put right, each as it was put right last."""
        ...

    def agreed(self) -> Sequence[Agreed]:
        """Return the pairs that count, by what is heard."""
        ...

    def undecided(self, pairs: Sequence[Homophone]) -> Sequence[Homophone]:
        """Return those of the pairs of which nobody has decided."""
        ...


class HomophoneBook(HomophoneViews, Protocol):
    """Changes; the last word on a pair counts."""

    def decide(self, pair: Homophone, staff_id: int, *, counts: bool) -> None:
        """Let it count or not; of what does not count the words are not kept."""
        ...
