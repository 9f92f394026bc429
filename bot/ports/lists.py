"""Lists of cases as staff filter them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.model.case import State
from bot.ports.cases import CaseRow


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """What a list shows; what is None or empty asks for nothing.

    All of `words` must stand in the description or the place. `late` means that the limit that
    runs now has passed.
    """

    states: tuple[State, ...]
    services: tuple[str, ...] = ()
    grid_id: int | None = None
    handler_id: int | None = None
    since: datetime | None = None
    urgent: bool = False
    late: bool = False
    words: tuple[str, ...] = ()


class CaseLists(Protocol):
    """Reads for lists and the board."""

    def newest(self, wanted: CaseFilter, *, before: int | None, limit: int) -> Sequence[CaseRow]:
        """The newest cases that fit, older than the case with the id `before` if given."""
        ...

    def first_due(self, wanted: CaseFilter, *, limit: int) -> Sequence[CaseRow]:
        """The cases that fit, the earliest limit first."""
        ...

    def count(self, wanted: CaseFilter, *, most: int) -> int:
        """How many fit, counted no further than `most`."""
        ...
