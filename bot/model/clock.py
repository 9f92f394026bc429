"""The clocks of a case: who owes what until when, and what happens on the way to a limit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final

from bot.model.hours import ServiceHours

_SOON: Final = timedelta(hours=1)
_SOON_SHARE: Final = 4
_LEAD_HOURS, _STREET_HOURS = 2.0, 9.0
_LEAD_URGENT, _STREET_URGENT = timedelta(minutes=30), timedelta(hours=2)


class Clock(StrEnum):
    """What is owed until a limit."""

    ASSIGN = "assign"
    FIRST_ANSWER = "first_answer"
    NEXT_ANSWER = "next_answer"
    SOLVE = "solve"
    FOLLOW_UP = "follow_up"
    ASK = "ask"
    REFERRAL = "referral"
    VISIT = "visit"


LADDER: Final = (
    Clock.SOLVE,
    Clock.NEXT_ANSWER,
    Clock.FIRST_ANSWER,
    Clock.ASSIGN,
)
"""What our own staff owe: they are reminded, and what is late climbs; the weightiest first."""


class Step(IntEnum):
    """How far a clock has come: who was told because of it."""

    RUNNING = 0
    SOON = 1
    LATE = 2
    LEAD = 3
    STREET = 4


class Ended(StrEnum):
    """Whether the promise was kept. What ceased to be owed before its limit is VOID."""

    KEPT = "kept"
    LATE = "late"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClock:
    """A clock that runs. `party` owes it: `staff:3`, `dispatchers` or `organisation:5`.

    Its id is 0 as long as it is not stored. It rests from `paused_at` on, while that is set. At
    `next_at` the next step is due.
    """

    id: int
    case_id: int
    kind: Clock
    party: str
    round: int
    started_at: datetime
    due_at: datetime
    paused_at: datetime | None
    step: Step
    next_at: datetime | None

    @classmethod
    def begun(
        cls, case_id: int, kind: Clock, *, party: str, round_: int, now: datetime, due_at: datetime
    ) -> "CaseClock":
        """Return a clock that starts now."""
        return cls(
            id=0,
            case_id=case_id,
            kind=kind,
            party=party,
            round=round_,
            started_at=now,
            due_at=due_at,
            paused_at=None,
            step=Step.RUNNING,
            next_at=None,
        ).wound(now)

    @property
    def soon_at(self) -> datetime:
        """When the reminder is due: an hour before the limit, or its last quarter if shorter."""
        return self.due_at - min(_SOON, (self.due_at - self.started_at) / _SOON_SHARE)

    @property
    def wakes_at(self) -> datetime | None:
        """When something is to be done; never while it rests."""
        return self.next_at if self.paused_at is None else None

    def wound(self, now: datetime) -> "CaseClock":
        """Return it at the beginning of its way, without the reminder where that has passed."""
        if self.soon_at > now:
            return replace(self, step=Step.RUNNING, next_at=self.soon_at)
        return replace(self, step=Step.SOON, next_at=self.due_at)

    def paused(self, now: datetime) -> "CaseClock":
        """Return it at rest."""
        return self if self.paused_at else replace(self, paused_at=now)

    def resumed(self, due_at: datetime, now: datetime) -> "CaseClock":
        """Return it running again or still, with that limit; one that is late stays late."""
        running = self
        if self.paused_at is not None:
            rested = now - self.paused_at
            later = self.next_at + rested if self.next_at else None
            running = replace(self, paused_at=None, next_at=later)
        if due_at == self.due_at:
            return running
        return replace(running, due_at=due_at).wound(now)

    def climbed(self, hours: ServiceHours, now: datetime, *, urgent: bool) -> "CaseClock":
        """Return it as far as it is due by now: over several steps at once if need be.

        Nobody is reminded in closed hours, unless it is urgent.
        """
        rungs = self._rungs(hours, urgent=urgent)
        reached = max([self.step, *(step for step, at in rungs if at <= now)])
        if reached is Step.SOON and not urgent and not hours.open_at(now):
            return replace(self, next_at=min(hours.after(now, 0.0), self.due_at))
        following = (at for step, at in rungs if step > reached)
        return replace(self, step=reached, next_at=next(following, None))

    def _rungs(self, hours: ServiceHours, *, urgent: bool) -> Sequence[tuple[Step, datetime]]:
        if urgent:
            lead, street = self.due_at + _LEAD_URGENT, self.due_at + _STREET_URGENT
        else:
            lead = hours.after(self.due_at, _LEAD_HOURS)
            street = hours.after(self.due_at, _STREET_HOURS)
        return (
            (Step.SOON, self.soon_at),
            (Step.LATE, self.due_at),
            (Step.LEAD, lead),
            (Step.STREET, street),
        )


def postponed(
    due_at: datetime, since: datetime, now: datetime, hours: ServiceHours | None
) -> datetime:
    """Return a limit that rested from `since` till now: later by so much, in service hours.

    Without hours by all of that time. What was late when it began to rest stays late.
    """
    if due_at <= since:
        return due_at
    if hours is None:
        return due_at + (now - since)
    return max(due_at, hours.after(now, hours.between(since, due_at)))


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTime:
    """How promises of a kind were kept. What ceased to be owed in time doesn't count."""

    kind: Clock
    kept: int
    late: int
    overdue: int

    @property
    def share(self) -> float | None:
        """The part that was kept of all whose time has come; None without any."""
        whole = self.kept + self.late + self.overdue
        return self.kept / whole if whole else None
