"""Service hours: when a time limit counts, and when nobody is woken by news."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

_ENDLESS: Final = timedelta(days=3650)
_CHANGES_MOST: Final = 10
_DAY: Final = timedelta(days=1)
_MONDAY_TO_FRIDAY: Final = frozenset(range(5))


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked: the weekdays (Monday is 0), without holidays, with make-up days.

    `years` are those whose holidays are known; in any other the weekdays alone decide.
    """

    weekdays: frozenset[int] = _MONDAY_TO_FRIDAY
    holidays: frozenset[date] = field(default=frozenset(), repr=False)
    workdays: frozenset[date] = field(default=frozenset(), repr=False)
    years: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if not self.weekdays:
            raise ValueError("a week without a working day has no service hours")

    def works(self, day: date) -> bool:
        """Say whether somebody is there on that day."""
        if day in self.workdays:
            return True
        return day.weekday() in self.weekdays and day not in self.holidays


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """The time around noon when nobody is there."""

    begins: time
    ends: time


@dataclass(frozen=True, slots=True)
class ServiceHours:
    """Hours of a working day in which somebody is there, and those in which news wait.

    `zone` is the community's time zone. Between `calls_from` and `calls_until`, but not in the
    time of `nap`, people may be called on any day.
    """

    zone: tzinfo
    opens: time = time(8, 30)
    closes: time = time(17, 30)
    quiet_from: time = time(21, 30)
    quiet_until: time = time(7, 30)
    rest: Break | None = None
    calls_from: time = time(8, 30)
    calls_until: time = time(20, 30)
    nap: Break = Break(begins=time(12, 0), ends=time(14, 0))
    calendar: Calendar = field(default_factory=Calendar)

    def after(self, start: datetime, hours: float) -> datetime:
        """Return the moment when so many service hours have passed since `start`."""
        left = min(timedelta(hours=hours), _ENDLESS)
        for opening, closing in self._spans(start):
            begin = max(start, opening)
            if begin + left <= closing:
                return (begin + left).astimezone(start.tzinfo)
            left -= closing - begin
        raise AssertionError("working days never end")

    def before(self, end: datetime, hours: float, *, since: datetime) -> datetime:
        """Return the moment with so many service hours left to `end`, but not before `since`."""
        whole = self.between(since, end)
        return self.after(since, max(0.0, whole - hours))

    def between(self, start: datetime, end: datetime) -> float:
        """Return how many service hours lie between the two; 0 when the end is not after."""
        passed = timedelta()
        for opening, closing in self._spans(start):
            if opening >= end:
                break
            passed += min(closing, end) - max(opening, start)
        return max(passed, timedelta()) / timedelta(hours=1)

    def open_at(self, moment: datetime) -> bool:
        """Say whether somebody is there at that moment."""
        return self.open_span(moment)[0] <= moment

    def open_span(self, moment: datetime) -> tuple[datetime, datetime]:
        """Return from when to when somebody is there: now, or the next time."""
        return next(self._spans(moment))

    def when_awake(self, moment: datetime) -> datetime:
        """Return the moment, or the end of the quiet hours when it falls into them."""
        local = moment.astimezone(self.zone)
        if not self._quiet(local.time()):
            return moment
        day = local.date() + _DAY * (local.time() >= self.quiet_until)
        return datetime.combine(day, self.quiet_until, self.zone).astimezone(moment.tzinfo)

    def when_callable(self, moment: datetime) -> datetime:
        """Return the moment, or the next one at which people may be called."""
        for _ in range(_CHANGES_MOST):
            later = self._when_calls(self.when_awake(moment))
            if later == moment:
                return moment
            moment = later
        raise AssertionError("there is no hour in which people may be called")

    def _when_calls(self, moment: datetime) -> datetime:
        """Return the moment, or when the calling hours or the nap that it falls into change."""
        local = moment.astimezone(self.zone)
        day, clock = local.date(), local.time()
        if clock >= self.calls_until:
            day, clock = day + _DAY, self.calls_from
        elif clock < self.calls_from:
            clock = self.calls_from
        elif self.nap.begins <= clock < self.nap.ends:
            clock = self.nap.ends
        else:
            return moment
        return datetime.combine(day, clock, self.zone).astimezone(moment.tzinfo)

    def _quiet(self, clock: time) -> bool:
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= clock < self.quiet_until
        return clock >= self.quiet_from or clock < self.quiet_until

    def _spans(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Give the open spans that end after `start`, in order, in UTC."""
        day = start.astimezone(self.zone).date()
        while True:
            if self.calendar.works(day):
                for opens, closes in self._of_a_day():
                    closing = datetime.combine(day, closes, self.zone).astimezone(UTC)
                    if closing > start:
                        yield datetime.combine(day, opens, self.zone).astimezone(UTC), closing
            day += _DAY

    def _of_a_day(self) -> tuple[tuple[time, time], ...]:
        if self.rest is None:
            return ((self.opens, self.closes),)
        return ((self.opens, self.rest.begins), (self.rest.ends, self.closes))
