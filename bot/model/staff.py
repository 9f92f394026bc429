"""The people who serve, and the organisations they work for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Final

NO_PASSWORD: Final = "!"  # noqa: S105  the opposite of one
"""No hash is equal to it: such a member enters by a one-time log-in until one is set."""


class Role(StrEnum):
    """What a staff member is here for; the rights of each stand in `bot.oversight`."""

    DISPATCHER = "dispatcher"
    GRID_WORKER = "grid_worker"
    MODERATOR = "moderator"
    DATA_SUPERVISOR = "data_supervisor"
    ADMINISTRATOR = "administrator"
    SHOP = "shop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """One staff member; `capacity` is how many ordinary cases they can carry at once."""

    id: int
    login: str
    name: str
    role: Role
    agency: str
    organisation_id: int
    capacity: int
    on_duty: bool


@dataclass(frozen=True, slots=True)
class WeekTime:
    """A minute of the week in the community's time; `weekday` counts from Monday, 0."""

    weekday: int
    minute: int


def week_time(moment: datetime, zone: tzinfo) -> WeekTime:
    """Return the minute of the week at that moment."""
    local = moment.astimezone(zone)
    return WeekTime(local.weekday(), local.hour * 60 + local.minute)


@dataclass(frozen=True, slots=True)
class Shift:
    """When a member works on a day of the week; one past midnight is two of them.

    Who has no shifts at all is there whenever the duty switch says so.
    """

    weekday: int
    from_minute: int
    until_minute: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What a member is here for; `grids` says of each grid they care for whether they lead it.

    Who has no skills can do all, and who has no shifts is there whenever switched on.
    """

    name: str
    role: Role
    organisation_id: int
    agency: str
    capacity: int
    skills: frozenset[str]
    shifts: frozenset[Shift]
    grids: Mapping[int, bool]
