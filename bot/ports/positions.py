"""Where people say to be: grids and checkpoints, check-ins, and what may be followed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from bot.model.evidence import Evidence, Point, Trail

Pair = tuple[float, float]
"""Latitude and longitude in WGS-84 degrees."""

DEVICES: Final = "owntracks"
"""The channel by which devices report; nothing is sent there."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A checkpoint 移动治理点 as it is stored; WGS-84 degrees, radius in metres."""

    id: int
    code: str
    name: str
    latitude: float
    longitude: float
    radius_m: float
    offers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Near:
    """A checkpoint and how far it is."""

    mark: Mark
    metres: float


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a pair lies: its grid and checkpoint, each if there is one."""

    grid_id: int | None = None
    grid_name: str = ""
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Plate:
    """The code of a checkpoint that somebody read there; `changing` when it was on a display."""

    mark: Mark
    changing: bool


class Grids(Protocol):
    """The map: polygons of grids, checkpoints and their codes. Reckoned in WGS-84."""

    def locate(self, latitude: float, longitude: float, accuracy_m: float | None) -> Spot: ...

    def outline(self, grid_id: int) -> Sequence[Sequence[Pair]]:
        """The rings of the grid's polygon; none where it was never imported."""
        ...

    def nearest(self, latitude: float, longitude: float) -> Near | None:
        """The nearest checkpoint, however far."""
        ...

    def marks(self) -> Sequence[Mark]:
        """All checkpoints."""
        ...

    def is_free(self, code: str) -> bool:
        """Say whether the code is a grid's, or nobody's."""
        ...

    def set_area(self, code: str, name: str, geojson: str) -> bool:
        """Keep a grid's polygon (WGS-84); true when the grid is new."""
        ...

    def read_plate(self, code: str) -> Plate | None:
        """Return whose code this is, if it holds now."""
        ...

    def code_of(self, mark: Mark, *, changing: bool) -> str:
        """Return the code of the printed plate, or the one of the display at this minute."""
        ...

    def display_key(self, mark: Mark) -> str:
        """Return what opens the page of the checkpoint's display."""
        ...


@dataclass(frozen=True, slots=True)
class Presence:
    """The last known of a contact: enough to judge the next point, replaced by each.

    `point` is the last that was trusted (see `bot.model.evidence.is_trusted`), and
    `received_at` when it came.
    """

    contact_id: int
    share: str
    point: Point | None
    received_at: datetime
    trail: Trail
    mark_id: int | None
    check_in_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """One check-in. `pair` is what was sent, in `datum`; empty for a code alone."""

    contact_id: int
    source: str
    datum: str
    pair: str
    at: datetime
    accuracy_m: float | None
    cell: str
    spot: Spot
    evidence: Evidence
    case_id: int | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """A check-in at a checkpoint, as it is looked back at."""

    id: int
    mark_id: int
    at: datetime
    confidence: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a case is: the pair as it was sent, in its datum, and how exact it was."""

    pair: Pair
    datum: str
    accuracy_m: float | None


class Positions(Protocol):
    """Check-ins and the present whereabouts. What belongs to a contact belongs to its person."""

    def presence(self, contact_id: int) -> Presence | None: ...

    def last_point(self, person_id: int) -> Point | None:
        """The newest trusted point of the person, whatever it came by."""
        ...

    def remember(self, presence: Presence) -> None:
        """Replace what is known of the contact."""
        ...

    def check_in(self, check_in: CheckIn) -> int:
        """Keep a check-in; return its id."""
        ...

    def weigh_again(self, check_in_id: int, evidence: Evidence) -> None:
        """Replace the evidence of a check-in."""
        ...

    def last_visit(
        self, person_id: int, since: datetime, mark_id: int | None = None
    ) -> Visit | None:
        """The person's newest check-in at a checkpoint, or at this one."""
        ...

    def of_case(self, case_id: int) -> Whereabouts | None:
        """Where somebody last said the case is; None when nobody did, or it was blanked."""
        ...

    def led_to(self, check_in_id: int, case_id: int) -> None:
        """The case is about this place."""
        ...

    def follow(self, check_in: CheckIn) -> None:
        """Add a point to the track; only with consent."""
        ...

    def erase_track(self, person_id: int) -> None:
        """Remove the person's track."""
        ...


class Consents(Protocol):
    """What a person allowed, purpose by purpose. Every answer is kept with its time."""

    def asked(self, person_id: int, purpose: str) -> bool: ...

    def given(self, person_id: int, purpose: str) -> bool: ...

    def ask(self, contact_id: int, purpose: str) -> None:
        """Note that the question was put."""
        ...

    def give(self, contact_id: int, purpose: str) -> None: ...

    def withdraw(self, person_id: int, purpose: str) -> bool:
        """End it; false when there was nothing to end."""
        ...


class Devices(Protocol):
    """Phones that report their position by themselves. Only hashes of their secrets are kept."""

    def bind(self, contact_id: int, owner_id: int, secret: str) -> None:
        """Let the device, a contact itself, speak for the person of the contact `owner_id`."""
        ...

    def unbind(self, person_id: int) -> int:
        """Let none of the person's devices speak any more; return how many did."""
        ...

    def bound(self, person_id: int) -> int:
        """How many devices speak for the person."""
        ...

    def holds(self, contact_id: int, secret: str) -> bool:
        """Say whether the device is bound now, and this its secret."""
        ...

    def of_owner(self, owner_id: int) -> Sequence[int]:
        """Contacts of the devices that this contact bound; they go where it goes."""
        ...

    def owner_of(self, contact_id: int) -> int | None:
        """Return the contact that bound the device, when this is the contact of one."""
        ...
