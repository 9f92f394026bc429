"""How the simulated month goes: each case meets with the habits of its state, by their shares."""

from collections import defaultdict
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from bot.console.month import residents
from bot.console.month.habits import ENDS_IT, HABITS, WAITS, Habit
from bot.console.month.staff import ask_reporter
from bot.console.month.world import Standing, World, later
from bot.model.case import OPEN_STATES, RefusedError, State

_LOOK: Final = timedelta(minutes=10)
_STEPS_MOST: Final = 40
"""Of one case: a bound for what would go on for ever."""

_WAIT_HOURS: Final = (4.0, 30.0)


class Life:
    """Decides what happens next with each case that changed."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[int, Standing] = {}
        self._steps: defaultdict[int, int] = defaultdict(int)
        self._credit: dict[State, list[int]] = {
            state: [0] * len(habits) for state, habits in HABITS.items()
        }

    async def look(self) -> None:
        """Let time pass, then plan for whatever stands otherwise than before; look again later."""
        world = self._world
        await world.time_passes()
        if world.changed:
            world.changed = False
            for case_id, there in world.standings().items():
                if self._known.get(case_id) != there:
                    self._known[case_id] = there
                    await self._plan(case_id, there)
        world.at(world.clock.time + _LOOK, self.look)

    def over(self) -> bool:
        """Say whether every case has come to an end."""
        open_ = OPEN_STATES | {State.FOLLOW_UP}
        return all(there.state not in open_ for there in self._world.standings().values())

    async def _plan(self, case_id: int, there: Standing, habit: Habit | None = None) -> None:
        self._steps[case_id] += 1
        if self._steps[case_id] > _STEPS_MOST:
            return
        habit = habit or self._next(there.state)
        if habit.act in ENDS_IT:
            return
        case = await self._world.case(case_id)
        hours = self._world.rng.uniform(habit.soonest, habit.latest)
        when = self._when(habit, hours, urgent=case.urgent)
        self._world.at(when, partial(self._happen, case_id, there, habit))

    def _next(self, state: State) -> Habit:
        """Choose in turn, so that even few cases meet with what is rare."""
        habits, credit = HABITS[state], self._credit[state]
        for number, habit in enumerate(habits):
            credit[number] += habit.share
        best = max(range(len(habits)), key=lambda number: credit[number])
        credit[best] -= sum(habit.share for habit in habits)
        return habits[best]

    def _when(self, habit: Habit, hours: float, *, urgent: bool) -> datetime:
        now = self._world.clock.time
        if habit.of_staff:
            return later(self._world.rules, now, hours, urgent=urgent)
        return self._world.rules.hours.when_awake(now + timedelta(hours=hours))

    async def _happen(self, case_id: int, planned: Standing, habit: Habit) -> None:
        """Do it if the case still stands so; whatever was refused is done in the usual way."""
        world = self._world
        there = world.standing(case_id)
        if there != planned:
            return
        case = await world.case(case_id)
        try:
            await habit.act(world, case)
        except RefusedError as refused:
            world.refused[refused.reason] += 1
            usual = HABITS[there.state][0]
            if habit is not usual:
                await self._plan(case_id, there, usual)
            return
        after = world.standing(case_id)
        if habit.act in WAITS:
            self._known[case_id] = after
            await self._wait(case_id, after, habit)
        elif after == there:
            await self._plan(case_id, after)

    async def _wait(self, case_id: int, there: Standing, habit: Habit) -> None:
        """Whoever was asked answers, or does not; then the handler goes on."""
        world = self._world
        soonest, latest = _WAIT_HOURS
        if habit.act is ask_reporter and world.rng.random() < 2 / 3:
            await self._plan(case_id, there, Habit(1, residents.reply, 0.2, latest))
            return
        when = world.rules.hours.after(world.clock.time, world.rng.uniform(soonest, latest))
        world.at(when, partial(self._go_on, case_id, there))

    async def _go_on(self, case_id: int, there: Standing) -> None:
        if self._world.standing(case_id) == there:
            await self._plan(case_id, there, HABITS[there.state][0])
