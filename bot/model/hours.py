"""Service hours: when a time limit counts, and how people say a time."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Final

_ENDLESS: Final = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class ServiceHours:
    """Daily hours in which somebody is there, and those in which nobody is woken by news.

    `zone` is the community's time zone.
    """

    zone: tzinfo
    opens: time = time(8, 30)
    closes: time = time(17, 30)
    quiet_from: time = time(21, 30)
    quiet_until: time = time(7, 30)

    def after(self, start: datetime, hours: float) -> datetime:
        """Return the moment when so many service hours have passed since `start`."""
        left = min(timedelta(hours=hours), _ENDLESS)
        moment = start.astimezone(self.zone)
        while True:
            opening, closing = self._day(moment)
            moment = max(moment, opening)
            if moment < closing:
                if moment + left <= closing:
                    return (moment + left).astimezone(start.tzinfo)
                left -= closing - moment
            moment = opening + timedelta(days=1)

    def between(self, start: datetime, end: datetime) -> float:
        """Return how many service hours lie between the two; 0 when the end is not after."""
        moment, last = start.astimezone(self.zone), end.astimezone(self.zone)
        passed = timedelta()
        while moment < last:
            opening, closing = self._day(moment)
            passed += max(timedelta(), min(closing, last) - max(opening, moment))
            moment = opening.replace(hour=0, minute=0) + timedelta(days=1)
        return passed / timedelta(hours=1)

    def open_at(self, moment: datetime) -> bool:
        """Say whether somebody is there at that moment."""
        opening, closing = self._day(moment.astimezone(self.zone))
        return opening <= moment < closing

    def when_awake(self, moment: datetime) -> datetime:
        """Return the moment, or the next morning when it falls into the quiet hours."""
        local = moment.astimezone(self.zone)
        if self.quiet_until <= local.time() < self.quiet_from:
            return moment
        day = local.date() + timedelta(days=local.time() >= self.quiet_from)
        return datetime.combine(day, self.quiet_until, self.zone).astimezone(moment.tzinfo)

    def _day(self, moment: datetime) -> tuple[datetime, datetime]:
        day = moment.date()
        return (
            datetime.combine(day, self.opens, self.zone),
            datetime.combine(day, self.closes, self.zone),
        )
