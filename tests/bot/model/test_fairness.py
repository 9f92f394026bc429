"""A month of dispatch by the pure choice: nobody starves, nobody hoards; the same each time."""

import heapq
import random
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from bot.model.dispatch import URGENT_WEIGHT, Candidate, Fit, Need, ranked

_DAY_MINUTES: Final = 24 * 60
_GRIDS: Final = 3


@dataclass
class Member:
    """A handler: by day or by night, quick or slow, of one grid; `done` in units of weight."""

    staff_id: int
    capacity: int
    nights: bool
    pace_minutes: float
    grid: int
    weight: int = 0
    given: int = 0
    done: int = 0
    minutes: int = 0
    fullness: float = 0

    def at_work(self, minute: int) -> bool:
        hour = minute % _DAY_MINUTES // 60
        return (hour >= 20 or hour < 8) if self.nights else 8 <= hour < 20

    def candidate(self, minute: int, grid: int) -> Candidate:
        return Candidate(
            self.staff_id, "", self.capacity, 0, self.weight, self.given,
            self.grid == grid, Fit.ALL, self.at_work(minute),
        )  # fmt: skip


@dataclass
class Month:
    """Cases arrive, mostly by day; each member works at one case after the other."""

    seed: int
    days: int
    members: list[Member] = field(default_factory=list)
    waits: list[int] = field(default_factory=list)
    overfull: int = 0

    def run(self) -> None:
        rng = random.Random(self.seed)
        self.members = [
            Member(n, 6 + 3 * (n % 3), n % 4 == 3, 60 + 15 * (n % 2), n % _GRIDS) for n in range(12)
        ]
        ends: list[tuple[int, int, int]] = []
        waiting: deque[tuple[int, bool, int]] = deque()
        for minute in range(self.days * _DAY_MINUTES):
            while ends and ends[0][0] <= minute:
                _, staff_id, weight = heapq.heappop(ends)
                self.members[staff_id].weight -= weight
            day = 8 <= minute % _DAY_MINUTES // 60 < 20
            if rng.random() < (0.16 if day else 0.04):
                waiting.append((minute, rng.random() < 0.1, rng.randrange(_GRIDS)))
            self._give_out(rng, minute, waiting, ends)
            for member in self.members:
                member.minutes += member.at_work(minute)
                member.fullness += member.at_work(minute) * member.weight / member.capacity
        assert not [one for one in waiting if self.days * _DAY_MINUTES - one[0] > _DAY_MINUTES]

    def _give_out(
        self,
        rng: random.Random,
        minute: int,
        waiting: deque[tuple[int, bool, int]],
        ends: list[tuple[int, int, int]],
    ) -> None:
        for case in sorted(waiting, key=lambda case: (not case[1], case[0])):
            arrived, urgent, grid = case
            ranking = ranked(
                [one.candidate(minute, grid) for one in self.members], Need(urgent=urgent)
            )
            if not ranking:
                continue
            member, weight = self.members[ranking[0].staff_id], URGENT_WEIGHT if urgent else 1
            self.overfull += not urgent and member.weight >= member.capacity
            busy = member.pace_minutes * (member.weight + weight) * rng.uniform(0.5, 1.5)
            member.weight += weight
            member.done += weight
            member.given = minute
            heapq.heappush(ends, (minute + int(busy), member.staff_id, weight))
            self.waits.append(minute - arrived)
            waiting.remove(case)


def fairness(shares: list[float]) -> float:
    """Return Jain's index: 1 when all have the same, 1/n when one has everything."""
    return sum(shares) ** 2 / (len(shares) * sum(share**2 for share in shares))


def test_a_month_is_fair_and_nobody_starves() -> None:
    month = Month(seed=7, days=30)
    month.run()
    for nights in (False, True):
        those = [one for one in month.members if one.nights is nights]
        assert fairness([one.fullness / one.minutes for one in those]) > 0.95
        assert fairness([one.done / one.capacity / one.minutes for one in those]) > 0.94
    assert len(month.waits) > 4000
    assert max(month.waits) < 4 * 60, "at the worst hour of the month"
    assert month.overfull == 0


def test_the_same_seed_gives_the_same_month() -> None:
    months = [Month(seed, days=3) for seed in (7, 7, 8)]
    for month in months:
        month.run()
    first, second, other = [[one.done for one in month.members] for month in months]
    assert first == second != other


def test_of_idle_equals_it_goes_round() -> None:
    members = [Member(n, 10, nights=False, pace_minutes=1, grid=0) for n in range(3)]
    order = []
    for turn in range(6):
        chosen = ranked([one.candidate(600, 0) for one in members], Need())[0].staff_id
        members[chosen].given = turn + 1
        order.append(chosen)
    assert order == [0, 1, 2, 0, 1, 2]
