"""Who gets a case: grid, then skill, then on duty, then the least load."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from bot.model.case import OPEN_STATES, Case

URGENT_WEIGHT: Final = 3
"""An urgent case is as much work as so many others."""


class Fit(StrEnum):
    """Whether a member can do a kind of matter."""

    SKILLED = "skilled"
    ALL = "all"
    NOT = "not"


class Candidate(NamedTuple):
    """A member of the responsible organisation, as far as the choice needs to know.

    `weight` is what their open cases weigh, `capacity` what they can carry; `given` orders
    members by when they were given something last. A tuple, since a choice looks at many.
    """

    staff_id: int
    name: str
    capacity: int
    cases: int
    weight: int
    given: int
    in_grid: bool
    fit: Fit
    at_work: bool

    @property
    def share(self) -> float:
        """How full the person's day is; 1.0 is full."""
        return self.weight / self.capacity

    @property
    def has_room(self) -> bool:
        """Say whether an ordinary case still fits into the day."""
        return self.weight < self.capacity


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a case asks of the choice: `pressing` when it is urgent, or late.

    `meant` is the member to whom a routing rule sends it: they come first, whatever their skills.
    """

    urgent: bool = False
    late: bool = False
    not_to: frozenset[int] = frozenset()
    meant: int | None = None

    @property
    def pressing(self) -> bool:
        """Say whether somebody who is there is better than the right one who is not."""
        return self.urgent or self.late


def ranked(candidates: Sequence[Candidate], need: Need) -> Sequence[Candidate]:
    """Return those who may be given the case now, the best first.

    Those of the grid come first, and of equals the one whose day is emptiest, then the one who
    was given nothing for longest. Skill is needed as long as anybody in the organisation has it
    and the case does not press. Only what is urgent is given to somebody whose day is full.
    """
    allowed = [one for one in candidates if one.staff_id not in need.not_to]
    bound = not need.pressing and any(one.fit is not Fit.NOT for one in allowed)
    able = [
        one for one in allowed if one.staff_id == need.meant or not (bound and one.fit is Fit.NOT)
    ]
    free = [one for one in able if one.at_work and (one.has_room or need.urgent)]
    return sorted(free, key=lambda one: (one.staff_id != need.meant, *_order(one)))


def best_tier(ranking: Sequence[Candidate]) -> Sequence[Candidate]:
    """Return the first of the ranking with those who are as near and as able as they."""
    return [one for one in ranking if _tier(one) == _tier(ranking[0])]


def carried(case: Case) -> tuple[int, int] | None:
    """Return who carries the case and its weight; None when nobody does any more."""
    if case.handler_id is None or case.state not in OPEN_STATES:
        return None
    return case.handler_id, URGENT_WEIGHT if case.urgent else 1


def _tier(one: Candidate) -> tuple[bool, bool]:
    return one.fit is Fit.NOT, not one.in_grid


def _order(one: Candidate) -> tuple[bool, bool, float, int, int]:
    return (*_tier(one), one.share, one.given, one.staff_id)
