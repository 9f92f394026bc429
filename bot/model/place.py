"""The community as a tree of organisations with the buildings they serve."""

from dataclasses import dataclass
from enum import StrEnum


class OrganisationKind(StrEnum):
    """County, street, community, grid; and those who work for them."""

    COUNTY = "county"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"
    PROPERTY = "property"
    UTILITY = "utility"


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """A building of an estate; `grid_id` is the organisation of kind grid that cares for it."""

    id: int
    estate: str
    number: str
    grid_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A place for couriers and drivers 移动治理点; WGS-84 degrees, radius in metres."""

    code: str
    name: str
    latitude: float
    longitude: float
    radius_metres: int
    offers: tuple[str, ...]
