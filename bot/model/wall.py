"""积分墙: who did something in a week, by names that change and bands without scores."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

PEOPLE_LEAST: Final = 10
"""With fewer of one building in one week neighbours could guess who is who."""

_DAYS: Final = timedelta(days=7)


class Band(StrEnum):
    """How much somebody did; there is none for nothing, for nobody is shown for that."""

    MUCH = "much"
    SOME = "some"
    A_LITTLE = "a_little"


_FROM: Final = ((15, Band.MUCH), (5, Band.SOME), (1, Band.A_LITTLE))


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the community from Monday on; `until` is its end, not within it."""

    monday: date
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What somebody on the wall earned in a week; `mark` is hers for this week alone."""

    building_id: int
    building: str
    mark: str
    earned: int


@dataclass(frozen=True, slots=True)
class Board:
    """A building's part of the wall: names by band, each in an order that tells nothing."""

    building: str
    bands: Mapping[Band, Sequence[str]]


def last_week(now: datetime, zone: tzinfo) -> Week:
    """Return the last week that is over: what goes on can't be watched."""
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday()) - _DAYS
    since = datetime.combine(monday, time(), zone)
    until = datetime.combine(monday + _DAYS, time(), zone)
    return Week(monday, since, until)


def boards(done: Iterable[Done], first: Sequence[str], second: Sequence[str]) -> list[Board]:
    """Return the buildings where enough people did something, by name."""
    by_building: dict[int, list[Done]] = defaultdict(list)
    for one in done:
        if one.earned > 0:
            by_building[one.building_id].append(one)
    shown = [
        Board(some[0].building, _bands(some, names_of(some, first, second)))
        for some in by_building.values()
        if len(some) >= PEOPLE_LEAST
    ]
    return sorted(shown, key=lambda board: board.building)


def names_of(
    some: Iterable[Done], first: Sequence[str], second: Sequence[str]
) -> Mapping[str, str]:
    """Return a name for each mark, none twice within one building.

    It follows from the marks alone, which change every week, so nobody is known again by it.
    """
    names: dict[str, str] = {}
    for mark in sorted(one.mark for one in some):
        place = int(mark, 16)
        while (name := _name(place, first, second)) in names.values():
            place += 1
        names[mark] = name
    return names


def _name(place: int, first: Sequence[str], second: Sequence[str]) -> str:
    """Return one of all pairs; after them with a number, so that names never run out."""
    place %= 7 * len(first) * len(second)
    round_, pair = divmod(place, len(first) * len(second))
    one, other = divmod(pair, len(second))
    return f"{first[one]}{second[other]}" + (f"{round_ + 1}" if round_ else "")


def _bands(some: Iterable[Done], names: Mapping[str, str]) -> Mapping[Band, Sequence[str]]:
    found: dict[Band, list[str]] = {band: [] for _, band in _FROM}
    for one in some:
        band = next(band for least, band in _FROM if one.earned >= least)
        found[band].append(names[one.mark])
    return {band: sorted(names) for band, names in found.items() if names}
