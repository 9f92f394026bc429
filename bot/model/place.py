"""The community as a tree of organisations with the buildings they serve."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class OrganisationKind(StrEnum):
    """County, street, community, grid; those who work for them; shops that hand out rewards."""

    COUNTY = "county"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"
    PROPERTY = "property"
    UTILITY = "utility"
    SHOP = "shop"


HELPERS: Final = frozenset(
    {OrganisationKind.PROPERTY, OrganisationKind.UTILITY, OrganisationKind.STREET}
)
"""Those who may be asked to help with a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A node of the tree; `phone` is where staff reach it, empty when nobody wrote it down."""

    id: int
    code: str
    name: str
    kind: OrganisationKind
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """A building of an estate; `grid_id` is the organisation of kind grid that cares for it.

    `at` is where it stands, in WGS-84 degrees (latitude, longitude), when that is known.
    """

    id: int
    estate: str
    number: str
    grid_id: int
    at: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A place for couriers and drivers 移动治理点; WGS-84 degrees, radius in metres."""

    code: str
    name: str
    latitude: float
    longitude: float
    radius_metres: int
    offers: tuple[str, ...]
