"""What we owe residents: each message once, and never a doubt hidden."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from channels.message import Button, OutboundMessage

ANSWER: Final = "inbox:"
"""So begins the key of an answer; the rest is the message's id."""


class Delivery(StrEnum):
    """Where an outgoing message stands.

    HELD was refused until she writes. OVERTAKEN was held, and by then no longer worth telling.
    """

    WAITING = "waiting"
    SENDING = "sending"
    HELD = "held"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    OVERTAKEN = "overtaken"


NOT_ARRIVED: Final = (
    Delivery.WAITING,
    Delivery.SENDING,
    Delivery.HELD,
    Delivery.UNCERTAIN,
    Delivery.FAILED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message to put into the outbox. `key` makes it unique for ever.

    `prompt` marks an answer in a conversation: it goes out at any hour; news wait for morning.
    `card` makes it the status card of its case: one message, replaced in place from then on.
    `initiative_id` makes it the card of that initiative in its chat; without words it is that card
    shown anew. `in_room` says that the chat is a group, where everybody reads it.
    `live_until` marks an answer in a call that is going on: nobody carries it, the call itself
    says it (`Outbox.said`). If it has not until then, nobody knows whether it was heard.
    """

    key: str
    contact_id: int
    text: str
    buttons: tuple[Button, ...] = ()
    link: str | None = None
    case_id: int | None = None
    prompt: bool = False
    card: bool = False
    initiative_id: int | None = None
    in_room: bool = False
    live_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A message that this worker is to send now; `heard` was her newest message until then."""

    id: int
    contact_id: int
    channel: str
    attempts: int
    message: OutboundMessage
    heard: int
    card_of: int | None = None
    initiative_id: int | None = None
    in_room: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubtful:
    """A message of which nobody knows whether it went out, or which surely did not.

    `text` is None when nobody can read it. A `card` that was to be shown anew has none yet.
    """

    id: int
    case_id: int | None
    channel: str
    text: str | None
    card: bool
    delivery: Delivery
    error: str
    at: datetime


class Outbox(Protocol):
    """The queue of messages to residents."""

    def put(self, outgoing: Outgoing, due_at: datetime) -> bool:
        """Queue it; false when its key is there already."""
        ...

    def find(self, key: str) -> Outgoing | None:
        """Return the message of that key, wherever it stands."""
        ...

    def case_told_of(self, contact_id: int) -> int | None:
        """Return the case that the contact heard of last; what waits has not been heard."""
        ...

    def offered(self, contact_id: int) -> Sequence[Button]:
        """Return the buttons of the newest message that the contact has."""
        ...

    def since_answer(self, contact_id: int) -> int:
        """Return how many messages to the contact came after the last answer to one of hers."""
        ...

    def said(self, key: str) -> str | None:
        """Take the text of a live answer, which counts as sent; None when there is none to say."""
        ...

    def claim(self, *, limit: int, lease_until: datetime) -> Sequence[Claimed]:
        """Take due messages, at most one a contact, oldest first, until the lease ends."""
        ...

    def sent(self, ids: Sequence[int]) -> None:
        """They went out."""
        ...

    def card_changed(self, case_id: int, due_at: datetime) -> None:
        """Let the case's card be shown anew; changes until then are one."""
        ...

    def card_shown(self, case_id: int, reference: str) -> None:
        """Keep the channel's name of the message that is the card now."""
        ...

    def postpone(
        self, message_id: int, *, due_at: datetime, error: str, tried: bool = True
    ) -> None:
        """It surely did not go out and is tried again then; `tried` counts as an attempt."""
        ...

    def prolong(self, message_id: int, lease_until: datetime) -> None:
        """Its sending takes longer than others'."""
        ...

    def give_up(self, message_id: int, delivery: Delivery, error: str) -> None:
        """It failed for good, or nobody knows (UNCERTAIN)."""
        ...

    def doubt(self, key: str, error: str) -> None:
        """It went out, and did not reach her, or nobody knows: UNCERTAIN."""
        ...

    def expire_leases(self, *, all_: bool = False) -> int:
        """Mark attempts that were interrupted in flight as uncertain; return how many.

        `all_` when no other process can be sending: then none needs to wait for its lease.
        """
        ...


class OutboxViews(Protocol):
    """What the worker and the workbench read."""

    def next_due(self) -> datetime | None:
        """When the next message is due."""
        ...

    def doubtful(self, limit: int) -> Sequence[Doubtful]:
        """The newest uncertain and failed messages."""
        ...

    def held(self, limit: int) -> Sequence[Doubtful]:
        """The newest messages that are held."""
        ...

    def doubtful_count(self) -> int:
        """How many there are."""
        ...

    def said_to(self, message_id: int, case_ids: Sequence[int], limit: int) -> Sequence[str]:
        """The answer to a message, and what its contact was told of these cases since it came."""
        ...

    def counts(self) -> dict[str, int]:
        """How many messages have not arrived, by where they stand."""
        ...
