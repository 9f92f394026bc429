"""What a transport and a line are to each other; no wire format is seen here."""

from typing import Protocol

from channels.call import CallEnd


class Leg(Protocol):
    """The exchange's side of one call, as the line uses it."""

    def send(self, frame: bytes) -> None:
        """Send 20 ms of sound, 8 kHz mono; a leg that takes no more is gone."""
        ...

    def hang_up(self) -> None:
        """End the call, after what was sent; a second time does nothing."""
        ...


class Party(Protocol):
    """The line's side of one call, as the transport uses it."""

    def sound(self, sound: bytes) -> None:
        """Hear sound, 16 kHz mono."""
        ...

    def key(self, key: str) -> None:
        """Hear a key."""
        ...

    def gone(self, end: CallEnd) -> None:
        """Hear that nobody is there any more; only the first time counts."""
        ...
