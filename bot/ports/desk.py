"""What the workbench keeps for itself: forms that came already, and who looks at which case."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class SentForms(Protocol):
    """Forms count once: a phone that is not sure whether one arrived sends it again."""

    def first(self, staff_id: int, form: str) -> bool:
        """Note the form's own id; false when it was noted before."""
        ...


class OnlookerViews(Protocol):
    """Who has a case open."""

    def others(self, case_id: int, staff_id: int) -> Sequence[str]:
        """The names of the other members who look at the case now."""
        ...


class Onlookers(OnlookerViews, Protocol):
    """Changes: a page that is open is a row, which ends by itself if nobody ends it."""

    def come(self, case_id: int, staff_id: int, page: str, until: datetime) -> None: ...

    def go(self, page: str) -> None: ...
