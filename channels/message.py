"""What every channel brings in and takes out: plain frozen values."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage:
    """One message of a resident.

    `channel` and `external_id` together name the message for ever: the inbox takes it once.
    `address` is the channel's own address of the person (a visitor's id, a chat id, a number).
    `choice` is set when a button was pressed; `text` then holds the button's label.
    """

    channel: str
    address: str
    external_id: str
    text: str
    sent_at: datetime
    choice: str | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """A choice offered under a message; `choice` comes back when it is pressed."""

    label: str
    choice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundMessage:
    """One message to a resident; `key` is the same in every attempt to send it."""

    key: str
    address: str
    text: str
    buttons: tuple[Button, ...] = ()
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatLine:
    """A line of a chat as its page shows it; `own` is the resident's.

    `cursor` says how much the page has with this line: it asks for what comes after.
    """

    cursor: str
    own: bool
    text: str
    at: datetime
    external_id: str | None = None
    buttons: tuple[Button, ...] = ()
    link: str | None = None
