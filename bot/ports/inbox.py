"""What residents sent: stored before it is acknowledged, taken in order for each contact."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.ports.media import Media
from channels.message import InboundMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A stored message that nobody has handled yet."""

    id: int
    contact_id: int
    attempts: int
    message: InboundMessage
    media: Sequence[Media] = ()

    @property
    def words(self) -> str:
        """What was written, or what was heard."""
        heard = (media.transcript.text for media in self.media)
        return "，".join(words for words in (self.message.text, *heard) if words)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A message that is edited now: its words then, and the case it led to."""

    words: str
    case_id: int | None


class Inbox(Protocol):
    """The lanes: one a contact, oldest message first."""

    def store(self, contact_id: int, message: InboundMessage) -> int | None:
        """Keep the message and return its id; None when it is there already.

        With attachments that are still to be looked at it is not taken until `prepared`.
        """
        ...

    def prepared(self, message_id: int) -> None:
        """Its attachments are looked at, or need not be waited for any longer."""
        ...

    def overdue(self, since: datetime) -> Sequence[tuple[int, int]]:
        """(contact, message) of what came before then and still waits for its attachments."""
        ...

    def earlier(self, contact_id: int, reference: str, before: int) -> Earlier | None:
        """Return the message of that name as it was last taken, before message `before`."""
        ...

    def led_to(self, message_id: int, case_id: int) -> None:
        """The message belongs to the case."""
        ...

    def lock(self, contact_id: int) -> None:
        """Let no other unit take messages of the contact until this one ends."""
        ...

    def claim(self, contact_id: int, message_id: int) -> bool:
        """Lock the lane for this unit; false when another has it or the message isn't next."""
        ...

    def handled(self, message_id: int) -> None:
        """The message has taken effect in this very unit."""
        ...

    def find(self, channel: str, external_id: str) -> int | None:
        """Return the id of the message that the channel calls so; None when it is not stored."""
        ...

    def is_handled(self, message_id: int) -> bool:
        """Say whether the message has taken effect."""
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
