"""What residents sent: stored before it is acknowledged, taken in order for each contact."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from channels.message import InboundMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A stored message that nobody has handled yet."""

    id: int
    contact_id: int
    attempts: int
    message: InboundMessage


class Inbox(Protocol):
    """The lanes: one a contact, oldest message first."""

    def store(self, contact_id: int, message: InboundMessage) -> int | None:
        """Keep the message and return its id; None when it is there already."""
        ...

    def claim(self, contact_id: int, message_id: int) -> bool:
        """Lock the lane for this unit; false when another has it or the message isn't next."""
        ...

    def handled(self, message_id: int) -> None:
        """The message has taken effect in this very unit."""
        ...

    def stumbled(self, message_id: int) -> int:
        """Count an attempt that failed; return how many there were."""
        ...

    def set_aside(self, message_id: int) -> None:
        """Give up on this message alone; people see it in the workbench."""
        ...


class InboxViews(Protocol):
    """What the intake reads to find work."""

    def lanes(self, limit: int) -> Sequence[int]:
        """Contacts with a waiting message, the longest waiting first."""
        ...

    def next_of(self, contact_id: int) -> Waiting | None:
        """The oldest waiting message of a contact."""
        ...

    def set_aside_since(self, since: datetime) -> Sequence[Waiting]:
        """Messages that could not be handled."""
        ...

    def depth(self) -> int:
        """How many messages wait."""
        ...
