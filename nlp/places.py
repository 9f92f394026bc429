"""Where it is: the community's own names, and a grammar for houses, floors and rooms."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A place as far as it was named; true when anything was. `building` is 3, 甲3 or A."""

    estate: str | None = None
    building: str | None = None
    unit: str | None = None
    floor: str | None = None
    room: str | None = None
    landmark: str | None = None

    def __bool__(self) -> bool:
        return bool(self.text)

    @property
    def text(self) -> str:
        """As people write it: 幸福里小区3号楼2单元."""
        return ""

    def merged_with(self, newer: "Place") -> "Place":
        """Return this place with what the newer one says more exactly."""
        return newer or self


class PlaceFinder:
    """Finds places of one community in normalised text."""

    def __init__(self, estates: Iterable[str] = (), landmarks: Iterable[str] = ()) -> None:
        self._estates = tuple(estates)
        self._landmarks = tuple(landmarks)

    def find(self, text: str) -> Place:
        """Return the first place named in the text, empty when there is none."""
        raise NotImplementedError(text)
