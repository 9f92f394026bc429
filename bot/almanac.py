"""The service calendar: published holidays of mainland China, or what the operator's file says."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, tzinfo
from typing import Any, Final

from chinese_calendar import constants

from bot.model.hours import Break, Calendar, ServiceHours

_TIMES: Final = ("opens", "closes")
_PAIRS: Final = ("break", "quiet", "calls", "nap")
_KNOWN: Final = {*_TIMES, *_PAIRS, "weekdays", "year"}
_DAYS: Final = ("holidays", "workdays")


class CalendarError(Exception):
    """The calendar file is wrong; the message names the entry and what it has to be."""


def published() -> Calendar:
    """Return the holidays and make-up workdays that the State Council has announced so far."""
    holidays, workdays = frozenset(constants.holidays), frozenset(constants.workdays)
    years = frozenset(day.year for day in holidays if (day.month, day.day) == (1, 1))
    return Calendar(holidays=holidays, workdays=workdays, years=years)


def load_hours(zone: tzinfo, text: str | None = None) -> ServiceHours:
    """Return the service hours; `text` is the operator's file, if there is one."""
    hours = ServiceHours(zone, calendar=published())
    if text is None:
        return hours
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CalendarError(f"the calendar file is not valid TOML: {error}") from error
    unknown = set(tree) - _KNOWN
    if unknown:
        raise _wrong(min(unknown), f"one of {', '.join(sorted(_KNOWN))}")
    return _checked(_with_times(replace(hours, calendar=_calendar(hours.calendar, tree)), tree))


def _with_times(hours: ServiceHours, tree: Mapping[str, Any]) -> ServiceHours:
    times = {name: _time(name, tree[name]) for name in _TIMES if name in tree}
    pairs = {name: _pair(name, tree[name]) for name in _PAIRS if name in tree}
    quiet_from, quiet_until = pairs.get("quiet", (hours.quiet_from, hours.quiet_until))
    calls_from, calls_until = pairs.get("calls", (hours.calls_from, hours.calls_until))
    nap = pairs.get("nap", (hours.nap.begins, hours.nap.ends))
    return replace(
        hours,
        opens=times.get("opens", hours.opens),
        closes=times.get("closes", hours.closes),
        quiet_from=quiet_from,
        quiet_until=quiet_until,
        calls_from=calls_from,
        calls_until=calls_until,
        nap=Break(begins=nap[0], ends=nap[1]),
        rest=Break(begins=pairs["break"][0], ends=pairs["break"][1]) if "break" in pairs else None,
    )


def _checked(hours: ServiceHours) -> ServiceHours:
    if hours.opens >= hours.closes:
        raise _wrong("closes", f"later than opens ({hours.opens:%H:%M})")
    if hours.calls_from >= hours.calls_until:
        raise _wrong("calls", "two times in order")
    if hours.nap.begins > hours.nap.ends or _nobody_ever(hours):
        raise _wrong("nap", "two times in order that leave time to call people")
    rest = hours.rest
    if rest and not hours.opens < rest.begins < rest.ends < hours.closes:
        raise _wrong("break", "two times in order, within the opening hours")
    return hours


def _nobody_ever(hours: ServiceHours) -> bool:
    """Say whether nap and quiet hours leave no minute of the day in which people may be called."""
    minutes = (time(minute // 60, minute % 60) for minute in range(24 * 60))
    day = datetime(2000, 1, 1, tzinfo=hours.zone)
    return not any(
        hours.calls_from <= clock < hours.calls_until
        and not hours.nap.begins <= clock < hours.nap.ends
        and hours.when_awake(moment := datetime.combine(day, clock, hours.zone)) == moment
        for clock in minutes
    )


def _calendar(known: Calendar, tree: Mapping[str, Any]) -> Calendar:
    weekdays, years = tree.get("weekdays"), tree.get("year", {})
    if weekdays is not None:
        known = replace(known, weekdays=_weekdays(weekdays))
    if not isinstance(years, dict):
        raise _wrong("year", "tables such as [year.2027]")
    for name, entry in years.items():
        known = _with_year(known, name, entry)
    return known


def _with_year(known: Calendar, name: str, entry: Any) -> Calendar:
    """Replace what is known of that year."""
    where = f"[year.{name}]"
    if not name.isascii() or not name.isdecimal() or not isinstance(entry, dict):
        raise _wrong(where, "a table such as [year.2027]")
    if set(entry) - set(_DAYS):
        raise _wrong(where, f"a table with {' and '.join(_DAYS)}")
    year = int(name)
    named = {days: _dates(f"{where} {days}", year, entry.get(days, [])) for days in _DAYS}
    if named["holidays"] & named["workdays"]:
        raise _wrong(where, "days that are either holidays or workdays, not both")
    others = {
        days: frozenset(day for day in getattr(known, days) if day.year != year) for days in _DAYS
    }
    return replace(
        known,
        holidays=others["holidays"] | named["holidays"],
        workdays=others["workdays"] | named["workdays"],
        years=known.years | {year},
    )


def _dates(where: str, year: int, value: Any) -> frozenset[date]:
    if not isinstance(value, list) or not all(type(day) is date for day in value):
        raise _wrong(where, "a list of days such as 2027-01-01, without quotes")
    if any(day.year != year for day in value):
        raise _wrong(where, f"a list of days of {year}")
    return frozenset(value)


def _weekdays(value: Any) -> frozenset[int]:
    right = isinstance(value, list) and value and all(type(one) is int for one in value)
    if not right or not set(value) <= set(range(1, 8)):
        raise _wrong("weekdays", "numbers from 1 (Monday) to 7, at least one")
    return frozenset(one - 1 for one in value)


def _pair(name: str, value: Any) -> tuple[time, time]:
    if not isinstance(value, list) or len(value) != len(("from", "until")):
        raise _wrong(name, 'two times such as ["12:00", "13:30"]')
    begin, end = (_time(name, one) for one in value)
    return begin, end


def _time(name: str, value: Any) -> time:
    if isinstance(value, time):
        return value
    try:
        hour, minute = (int(part) for part in str(value).split(":"))
        return time(hour, minute)
    except ValueError:
        raise _wrong(name, 'a time such as "8:30"') from None


def _wrong(name: str, must: str) -> CalendarError:
    return CalendarError(f"the calendar file: {name} must be {must}")
