"""When to call for help at once, whatever else is said."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Emergency:
    """A danger, and the numbers to call, the first one first."""

    kind: str
    call: tuple[str, ...]


class EmergencyFinder:
    """Finds emergencies in normalised text."""

    def find(self, text: str) -> Emergency | None:
        """Return the most pressing danger, None when there is none."""
        raise NotImplementedError(text)
