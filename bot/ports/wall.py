"""Who wants to be on the wall, and what everybody together earned and spent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.model.place import Building
from bot.model.wall import Done, Week


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What all together got by an activity and gave for it, in points and times.

    What was taken back is in neither: it is counted by itself.
    """

    activity: str
    given: int
    times_given: int
    spent: int
    times_spent: int
    taken_back: int


class WallViews(Protocol):
    """What is shown."""

    def building_of(self, person_id: int) -> Building | None:
        """The building under which she is on the wall; None when she is not."""
        ...

    def done(self, week: Week) -> Sequence[Done]:
        """What those earned who were on the wall before the week was over."""
        ...

    def mark_of(self, person_id: int, week: Week) -> str: ...

    def totals(self, since: datetime | None) -> Sequence[Total]:
        """What was written since then, or ever, by activity; nobody is named."""
        ...


class Wall(WallViews, Protocol):
    """Who is on the wall, because they asked for it."""

    def join(self, person_id: int, building_id: int) -> None: ...

    def leave(self, person_id: int) -> None: ...

    def absorb(self, *, old: int, into: int) -> None:
        """Let a person who became another one be on the wall as that one."""
        ...
