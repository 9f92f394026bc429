"""From one version of the rules to the next: what changes, and what may not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, timedelta
from typing import Any, Final

from credits.policy import Policy, PolicyError, Season
from credits.season import last_day

_YEAR_DAYS: Final = 366


@dataclass(frozen=True, slots=True)
class Change:
    """One value by its place in the file, such as `activities.mediation.points`; None is absent."""

    place: str
    before: object
    after: object


def changes(old: Policy, new: Policy) -> list[Change]:
    """Return every value that differs, by place; raise PolicyError if `new` can't follow `old`.

    The version goes up by one, so that entries tell under which rules they were earned. Nothing
    that was earned may be lost: no code that entries name is dropped, and no points end sooner.
    """
    if new.version != old.version + 1:
        raise PolicyError(f"version is not {old.version + 1}, which follows {old.version}.")
    dropped = _codes(old) - _codes(new)
    if dropped:
        raise PolicyError(f"moves.{min(dropped)} is missing: entries name it.")
    if _ends_sooner(old.season, new.season):
        raise PolicyError("season would let points end sooner that were earned before.")
    before, after = dict(_flat(old)), dict(_flat(new))
    return [
        Change(place, before.get(place), after.get(place))
        for place in sorted(before.keys() | after.keys())
        if before.get(place) != after.get(place) and place != "version"
    ]


def _codes(policy: Policy) -> set[str]:
    return {*policy.activities, *policy.moves}


def _ends_sooner(old: Season, new: Season) -> bool:
    """Look at each day of a year, for every year has the same ends."""
    days = [date(2028, 1, 1) + timedelta(days=number) for number in range(_YEAR_DAYS)]
    return any(last_day(new, day) < last_day(old, day) for day in days)


def _flat(value: Any, at: str = "") -> Iterator[tuple[str, object]]:
    """Yield each single value with its place; a list of days is one value."""
    if is_dataclass(value):
        parts = [(one.name, getattr(value, one.name)) for one in fields(value)]
    elif isinstance(value, Mapping):
        parts = list(value.items())
    elif isinstance(value, tuple) and any(map(is_dataclass, value)):
        parts = [(str(number), one) for number, one in enumerate(value)]
    else:
        yield at, value
        return
    for name, part in parts:
        yield from _flat(part, f"{at}.{name}" if at else name)
