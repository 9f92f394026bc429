"""News that people tell by telephone: no exchange did, or nobody knows whether it was heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.ports.outbox import Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class ToTell:
    """One message. `asks_about` is the case whose reporter it asks whether it is solved.

    `error` says why no machine told it; `tries` counts calls that reached nobody.
    """

    id: int
    key: str
    contact_id: int
    case_id: int | None
    number: str
    text: str
    asks_about: int | None
    delivery: Delivery
    error: str
    at: datetime
    tries: int


class ByHandViews(Protocol):
    """What is to be told."""

    def waiting(self, limit: int) -> Sequence[ToTell]:
        """Return the messages, the oldest first."""
        ...

    def count(self) -> int:
        """Return how many there are."""
        ...

    def get(self, message_id: int) -> ToTell | None:
        """Return the message while it is still to be told."""
        ...


class ByHand(ByHandViews, Protocol):
    """All of it."""

    def told(self, message_id: int) -> None:
        """She knows it now."""
        ...

    def give_up(self, message_id: int) -> None:
        """Nobody tells her any more."""
        ...
