"""What every channel brings in and takes out: plain frozen values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from channels.call import SpokenWord


class AttachmentKind(StrEnum):
    """What came with a message. The sound of VOICE and VIDEO is listened to."""

    PHOTO = "photo"
    VOICE = "voice"
    VIDEO = "video"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A photo or a recording: its `content`, or the channel's `reference` to fetch it by.

    `size` is in bytes and `seconds` the length, both as the channel tells them, if it does.
    `words` were heard in it already (none, where nothing was understood); None says that it is
    still to be looked at or listened to.
    """

    kind: AttachmentKind
    media_type: str
    content: bytes | None = None
    reference: str = ""
    size: int | None = None
    seconds: float | None = None
    words: tuple[SpokenWord, ...] | None = None


class Datum(StrEnum):
    """What a pair of coordinates is measured against. Maps in mainland China show GCJ-02."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"


class PositionSource(StrEnum):
    """How a position came about; what it proves differs (see `bot/model/evidence.py`)."""

    LIVE = "live"
    PIN = "pin"
    BROWSER = "browser"
    DEVICE = "device"
    CODE = "code"
    VENUE = "venue"
    FORWARDED = "forwarded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where somebody says to be: degrees in `datum`, `at` by the device's clock.

    `accuracy_m` is the radius in metres and `speed_mps` in metres a second, as the device
    tells them. Points of one live share, or of one device, carry the same `share`.
    """

    latitude: float
    longitude: float
    datum: Datum
    source: PositionSource
    at: datetime
    accuracy_m: float | None = None
    speed_mps: float | None = None
    share: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage:
    """One message of a resident.

    `channel` and `external_id` together name the message for ever: the inbox takes it once.
    `address` is the channel's own address of the person (a visitor's id, a chat id, a number).
    `choice` is set when a button was pressed; `text` then holds the button's label.
    `reference` is the channel's own name of the message within the conversation; an edit
    carries the one of the message it changes, and `edit`. `room` is the address of the group
    in which it was said to us, `album` what photos sent together have in common. `unreadable`
    says that something came along that can't be opened here: a document, a contact card, a dice.
    """

    channel: str
    address: str
    external_id: str
    text: str
    sent_at: datetime
    choice: str | None = None
    attachments: tuple[Attachment, ...] = ()
    position: Position | None = None
    reference: str = ""
    edit: bool = False
    forwarded: bool = False
    room: str = ""
    album: str = ""
    unreadable: bool = False

    @property
    def prepared(self) -> bool:
        """Say whether nothing that is attached has to be looked at or listened to first."""
        return all(attachment.words is not None for attachment in self.attachments)


@dataclass(frozen=True, slots=True)
class Button:
    """A choice offered under a message; `choice` comes back when it is pressed."""

    label: str
    choice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundMessage:
    """One message to a resident; `key` is the same in every attempt to send it.

    `replaces` is the channel's own name of an earlier message that this one is to take the
    place of. A channel that can't edit, or no longer finds it, sends a new one; nothing if it is
    `only_edited`.
    """

    key: str
    address: str
    text: str
    buttons: tuple[Button, ...] = ()
    link: str | None = None
    replaces: str | None = None
    only_edited: bool = False


class AttachedState(StrEnum):
    """Whether there is something to show: not yet (its words may follow), yes, or never."""

    COMING = "coming"
    THERE = "there"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAttachment:
    """An attachment as a chat page shows it; `words` were heard, the doubtful ones marked."""

    id: int
    kind: AttachmentKind
    state: AttachedState
    seconds: float | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatLine:
    """A line of a chat as its page shows it; `own` is the resident's.

    `cursor` says how much the page has with this line: it asks for what comes after.
    `position` says that she sent where she is.
    """

    cursor: str
    own: bool
    text: str
    at: datetime
    external_id: str | None = None
    buttons: tuple[Button, ...] = ()
    link: str | None = None
    attached: tuple[ShownAttachment, ...] = ()
    position: bool = False
