"""Routing rules and what was misrouted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.model.case import Case
from bot.model.routing import Match, Route, Target


class RouteChange(StrEnum):
    """What happened to a rule."""

    ADDED = "added"
    PROPOSED = "proposed"
    SWITCHED_ON = "switched_on"
    SWITCHED_OFF = "switched_off"
    MOVED_UP = "moved_up"
    MOVED_DOWN = "moved_down"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteLine:
    """One line of the history of the rules; `staff_id` is None where the system did it."""

    route_id: int
    staff_id: int | None
    what: RouteChange
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCase:
    """A case as a rehearsal needs it."""

    id: int
    service_code: str
    grid_id: int | None
    place: str
    words: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Misrouted:
    """How often matters of a service were sent back by an agency, and where most went then."""

    service_code: str
    agency: str
    count: int


class RouteViews(Protocol):
    """Reads."""

    def all(self) -> Sequence[Route]:
        """The rules that were not removed, in order."""
        ...

    def history(self, limit: int) -> Sequence[RouteLine]:
        """What happened to the rules, the newest first."""
        ...

    def past(self, since: datetime, limit: int) -> Sequence[PastCase]:
        """The newest cases since then."""
        ...

    def misrouted(self, since: datetime) -> Sequence[Misrouted]:
        """How often what was sent back, the most frequent first."""
        ...


class Routes(RouteViews, Protocol):
    """Changes. Each is in the history with who did it, and a removed rule is kept."""

    def add(self, match: Match, target: Target, *, by: int | None) -> int:
        """Add a rule at the end, switched off; one by nobody is the system's proposal."""
        ...

    def switch(self, route_id: int, *, on: bool, by: int) -> None: ...

    def move(self, route_id: int, *, up: bool, by: int) -> None: ...

    def remove(self, route_id: int, *, by: int) -> None: ...

    def was_known(self, service_code: str, agency: str) -> bool:
        """Whether there ever was a rule for the whole service to the agency, removed or not."""
        ...

    def sent_back(self, case: Case, staff_id: int) -> None:
        """Count the case as misrouted: the service and the agency it was with."""
        ...

    def settled(self, case: Case) -> bool:
        """Say where a misrouted case went in the end; false when it was not misrouted."""
        ...

    def repeated(self, service_code: str, agency: str, since: datetime) -> int:
        """How many misrouted cases of the service went to the agency in the end."""
        ...
