"""Routing rules in order: the first that fits a matter says who is responsible for it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.model.staff import WeekTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What rules look at. `place` and `words` are in the resident's words."""

    service_code: str
    group: str
    grid_id: int | None
    place: str
    words: str
    at: WeekTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What a rule asks for; an empty part asks for nothing.

    `words` of which one is enough; weekdays count from Monday, 0; hours that end before they
    begin go on past midnight, and belong to the days on which they lie.
    """

    service_code: str = ""
    group: str = ""
    grid_id: int | None = None
    place: str = ""
    weekdays: frozenset[int] = frozenset()
    hours: tuple[int, int] | None = None
    words: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Say whether it asks for nothing, so that it would fit all."""
        return self == Match()

    def fits(self, matter: Matter) -> bool:
        """Say whether the matter is as asked for."""
        return (
            self.service_code in {"", matter.service_code}
            and self.group in {"", matter.group}
            and self.grid_id in {None, matter.grid_id}
            and (not self.place or _stands_in(self.place, matter.place))
            and (not self.weekdays or matter.at.weekday in self.weekdays)
            and (self.hours is None or _within(self.hours, matter.at.minute))
            and (not self.words or any(word in matter.words for word in self.words))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a rule sends a matter: to an agency, to one member of it, with urgency."""

    agency: str = ""
    staff_id: int | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One rule; `proposed` was written by the system and never switched on."""

    id: int
    match: Match
    target: Target
    enabled: bool
    proposed: bool


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A case of the past that would go elsewhere: from where, to where."""

    case_id: int
    before: Target
    after: Target


def first_fit(routes: Sequence[Route], matter: Matter) -> Route | None:
    """Return the first enabled rule that fits."""
    return next((one for one in routes if one.enabled and one.match.fits(matter)), None)


def outcome(routes: Sequence[Route], matter: Matter, agency: str) -> Target:
    """Return where the matter goes; `agency` is whose it is without any rule."""
    found = first_fit(routes, matter)
    if found is None:
        return Target(agency=agency)
    target = found.target
    return Target(agency=target.agency or agency, staff_id=target.staff_id, urgent=target.urgent)


def rehearse(
    now: Sequence[Route], then: Sequence[Route], past: Sequence[tuple[int, Matter, str]]
) -> Sequence[Rehearsed]:
    """Return which past cases (id, matter, agency without rules) would go elsewhere."""
    pairs = (
        Rehearsed(case_id, outcome(now, matter, agency), outcome(then, matter, agency))
        for case_id, matter, agency in past
    )
    return [one for one in pairs if one.before != one.after]


def _stands_in(place: str, where: str) -> bool:
    """Say whether the place is named; 3号楼 is not in 13号楼."""
    edge = r"(?<!\d)" if place[0].isdigit() else ""
    return re.search(edge + re.escape(place), where) is not None


def _within(hours: tuple[int, int], minute: int) -> bool:
    begins, ends = hours
    if begins < ends:
        return begins <= minute < ends
    return minute >= begins or minute < ends
