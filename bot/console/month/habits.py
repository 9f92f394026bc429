"""The one table of the simulated month: what people do with a case in each state."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bot.console.month import residents, staff
from bot.console.month.world import World
from bot.model.case import Case, State

Act = Callable[[World, Case], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Habit:
    """Of the cases in a state `share` (beside the others) meet with `act`.

    It happens after `soonest` to `latest` hours: of work for staff, awake ones for residents.
    """

    share: int
    act: Act
    soonest: float
    latest: float

    @property
    def of_staff(self) -> bool:
        """Say whether staff do it."""
        return self.act.__module__ == staff.__name__


HABITS: Final[Mapping[State, tuple[Habit, ...]]] = MappingProxyType(
    {
        State.FOUND: (
            Habit(40, staff.sort, 0.1, 3),
            Habit(25, staff.give, 0.1, 3),
            Habit(10, staff.take, 0.2, 4),
            Habit(10, staff.redirect, 0.5, 4),
            Habit(8, staff.merge, 0.1, 2),
            Habit(7, residents.withdraw, 0.1, 2),
        ),
        State.ASSIGNED: (
            Habit(30, staff.arrive, 0.3, 6),
            Habit(18, staff.take, 0.1, 2),
            Habit(14, staff.resolve, 1, 10),
            Habit(6, staff.answer, 0.2, 3),
            Habit(4, staff.arrive, 20, 40),
            Habit(5, staff.hand_over, 0.5, 6),
            Habit(5, staff.refer, 0.5, 5),
            Habit(4, staff.merge, 0.2, 3),
            Habit(3, staff.ask_reporter, 0.2, 3),
            Habit(3, staff.send_back, 0.1, 3),
            Habit(2, staff.let_go, 0.2, 6),
            Habit(3, residents.urge, 1, 20),
            Habit(3, residents.met, 0.5, 10),
            Habit(3, residents.same_again, 0.2, 3),
            Habit(5, residents.put_right, 0.05, 0.2),
            Habit(2, residents.ask_how_it_is, 1, 20),
            Habit(2, staff.redirect, 0.5, 6),
            Habit(2, residents.withdraw, 0.5, 10),
            Habit(1, staff.split_up, 0.5, 4),
        ),
        State.ON_SITE: (
            Habit(70, staff.resolve, 0.3, 8),
            Habit(8, staff.resolve, 18, 40),
            Habit(6, staff.refer, 0.2, 3),
            Habit(4, staff.hand_over, 0.5, 4),
            Habit(4, staff.ask_reporter, 0.1, 2),
            Habit(4, residents.urge, 2, 20),
            Habit(2, staff.merge, 0.2, 2),
            Habit(1, staff.redirect, 0.2, 2),
            Habit(1, residents.withdraw, 0.2, 4),
        ),
        State.FOLLOW_UP: (
            Habit(50, residents.confirm, 0.1, 30),
            Habit(12, residents.confirm_in_words, 0.1, 20),
            Habit(18, residents.silent, 0.1, 1),
            Habit(14, residents.dispute, 0.2, 40),
            Habit(6, staff.find_it_solved, 1, 12),
            Habit(4, staff.find_it_unsolved, 1, 12),
            Habit(6, residents.thank, 0.1, 8),
        ),
        State.ARCHIVED: (
            Habit(90, residents.silent, 0.1, 1),
            Habit(6, residents.dispute, 20, 90),
            Habit(4, residents.met, 1, 20),
        ),
        State.REOPENED: (
            Habit(60, staff.give, 0.1, 2),
            Habit(20, staff.take, 0.1, 2),
            Habit(12, residents.urge, 1, 4),
            Habit(8, staff.redirect, 0.5, 3),
        ),
        State.MERGED: (
            Habit(52, staff.separate, 0.2, 6),
            Habit(48, residents.silent, 0.1, 1),
        ),
        State.OUT_OF_SCOPE: (
            Habit(70, residents.silent, 0.1, 1),
            Habit(30, residents.dispute, 0.2, 20),
        ),
        State.WITHDRAWN: (Habit(1, residents.silent, 0.1, 1),),
    }
)
"""The first of each state is what happens when another was refused."""

ENDS_IT: Final = frozenset({residents.silent})
"""After these nothing more happens, unless a clock runs out; after all others it is asked anew."""

WAITS: Final = frozenset({staff.ask_reporter, staff.refer})
"""After these the handler waits for a while."""
