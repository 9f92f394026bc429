"""Who can do what, who is at work when, and who hears of what is late."""

from collections.abc import Sequence
from typing import Protocol

from bot.model.staff import Shift, Staff, WeekTime


class Roster(Protocol):
    """Skills, shifts, leads of grids, the street office."""

    def learn(self, staff_id: int, skill: str) -> None:
        """The member can do matters of a group of services; who has no skill can do all."""
        ...

    def skills(self, staff_id: int) -> Sequence[str]: ...

    def work(self, staff_id: int, shift: Shift) -> None:
        """The member works then; who has no shift works whenever switched on."""
        ...

    def shifts(self, staff_id: int) -> Sequence[Shift]: ...

    def leads(self, grid_id: int) -> Sequence[Staff]:
        """The active members who lead the grid."""
        ...

    def street(self) -> Sequence[Staff]:
        """The active members of the street office, above the community."""
        ...

    def dispatchers(self, at: WeekTime) -> Sequence[Staff]:
        """The dispatchers who are at work then: switched on, and in a shift of theirs."""
        ...
