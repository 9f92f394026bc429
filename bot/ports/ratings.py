"""Satisfaction: asked once for each round of a case, answered once."""

from datetime import datetime
from typing import Protocol

from bot.model.rating import Rated, Score


class RatingReads(Protocol):
    """What pages and the conversation look at."""

    def open_round(self, case_id: int) -> int | None:
        """Return the newest round that was asked about and not answered."""
        ...

    def score(self, case_id: int, round_: int) -> Score | None: ...

    def wordless(self, case_id: int, since: datetime) -> Rated | None:
        """Return the newest rating given since then, if no sentence was said to it."""
        ...


class Ratings(RatingReads, Protocol):
    """All of them. Rows are added, never changed."""

    def asked(self, case_id: int, round_: int) -> bool:
        """Note that she is asked; false when she was before."""
        ...

    def scored(self, case_id: int, round_: int, score: Score) -> bool:
        """Keep the answer; false when there is one already."""
        ...

    def worded(self, case_id: int, round_: int) -> bool:
        """Note that she said a sentence to her answer; false when she did before."""
        ...
