"""What neighbours and offices add to an initiative, and the texts it had."""

from collections.abc import Sequence
from typing import Protocol

from bot.model.remark import Remark, RemarkKind, Statement, TextVersion


class RemarkViews(Protocol):
    """What pages look at."""

    def texts(self, initiative_id: int) -> Sequence[TextVersion]:
        """Return all that it ever said, in order."""
        ...

    def of_initiative(self, initiative_id: int) -> Sequence[Remark]:
        """Return all questions and proposals, in order."""
        ...

    def statements(self, initiative_id: int) -> Sequence[Statement]:
        """Return what offices said, in order."""
        ...

    def reported(self) -> Sequence[Remark]:
        """Return the hidden ones, which staff have to look at."""
        ...


class Remarks(RemarkViews, Protocol):
    """All of them. Whoever changes one holds the lock of its initiative."""

    def find(self, remark_id: int) -> Remark | None: ...

    def make(self, remark: Remark) -> Remark:
        """Keep a new one; its id is given here."""
        ...

    def save(self, remark: Remark) -> Remark:
        """Keep its answer, its state, and whether it is hidden."""
        ...

    def move(self, remark_id: int, initiative_id: int) -> None:
        """Let it be about the other initiative, whose lock is held as well."""
        ...

    def lately(self, person_id: int) -> int:
        """Return how many the person made in the last day."""
        ...

    def open_count(self, initiative_id: int, kind: RemarkKind) -> int:
        """Return how many of the kind wait for an answer."""
        ...

    def keep_text(self, version: TextVersion) -> None: ...

    def state(self, statement: Statement) -> None:
        """Keep what an office says."""
        ...

    def report(self, remark_id: int, person_id: int) -> int:
        """Keep that she finds it unfit, once; return how many have since staff looked."""
        ...

    def reports_seen(self, remark_id: int) -> None:
        """Staff have looked: what was said so far counts no more."""
        ...

    def absorb(self, *, old: int, into: int) -> None:
        """What one person said is the other's from now on."""
        ...
