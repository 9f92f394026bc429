"""Archives of cases: everything needed to reproduce one, kept once and never changed."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.model.archive import Archived


class ArchiveReads(Protocol):
    """What pages look at."""

    def of_case(self, case_id: int) -> Sequence[Archived]:
        """Return all archives of the case, the oldest first."""
        ...

    def get(self, archive_id: int) -> Archived | None: ...


class Archives(ArchiveReads, Protocol):
    """All of them. Rows are added, never changed."""

    def keep(self, case_id: int, rules: Mapping[str, object]) -> None:
        """Gather what the tables say of the case now, with the rules in force, and keep it.

        Personal fields are in it as keyed marks alone, so that it may outlive them.
        """
        ...
