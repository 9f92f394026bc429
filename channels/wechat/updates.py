"""One message or event of WeChat, as it comes off the wire → one message of a resident."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from channels.message import (
    Attachment,
    AttachmentKind,
    Datum,
    InboundMessage,
    Position,
    PositionSource,
)
from channels.words import storable

CHANNEL: Final = "wechat"

Fields = Mapping[str, str]

_VIDEOS: Final = ("video", "shortvideo")
_READ: Final = frozenset({"text", "image", "voice", "location", "link", "event", *_VIDEOS})
_DIGITS_MOST: Final = 11
"""Of a moment: the year 5138."""

_NOT_SHOWN: Final = "【收到不支持的消息类型，暂无法显示】"
"""What WeChat writes in place of a sticker, and of whatever else an account can't receive."""


class GarbledError(Exception):
    """It can't be read; the message says what is missing or wrong."""


def fields_of(xml: bytes) -> Fields:
    """Return what the elements directly below the root say; GarbledError if it is no XML."""
    try:
        root = fromstring(xml, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise GarbledError(f"no XML: {type(error).__name__}") from None
    return {one.tag: storable(one.text or "") for one in root}


def read(fields: Fields) -> InboundMessage | None:
    """Return the message, None if there is nothing for us; raise GarbledError."""
    kind = _needed(fields, "MsgType")
    if kind == "event":
        return _event(fields)
    return InboundMessage(
        channel=CHANNEL,
        address=_needed(fields, "FromUserName"),
        external_id=_needed(fields, "MsgId"),
        text=_text(fields, kind),
        sent_at=_moment(fields),
        choice=fields.get("bizmsgmenuid") or None,
        attachments=_attachments(fields, kind),
        position=_position(fields) if kind == "location" else None,
        unreadable=kind not in _READ or fields.get("Content") == _NOT_SHOWN,
    )


def set_apart(fields: Fields, xml: bytes, now: datetime) -> InboundMessage:
    """Return what can't be read as a message for people to look at: raw, as its text."""
    return InboundMessage(
        channel=CHANNEL,
        address=fields.get("FromUserName") or "unknown",
        external_id=hashlib.sha256(xml).hexdigest()[:32],
        text=storable(xml.decode(errors="replace")),
        sent_at=now,
    )


def _event(fields: Fields) -> InboundMessage | None:
    """Who begins to follow says hello; an entry of the account's menu says its own words."""
    address, event = _needed(fields, "FromUserName"), _needed(fields, "Event")
    key = fields.get("EventKey", "")
    text = {"subscribe": "你好", "CLICK": key}.get(event, "")
    if not text:
        return None
    return InboundMessage(
        channel=CHANNEL,
        address=address,
        external_id=":".join((address, _needed(fields, "CreateTime"), event, key)),
        text=text,
        sent_at=_moment(fields),
    )


def _text(fields: Fields, kind: str) -> str:
    match kind:
        case "text":
            words = _needed(fields, "Content")
            return "" if words == _NOT_SHOWN else words
        case "voice":
            return fields.get("Recognition", "")
        case "location":
            return fields.get("Label", "")
        case "link":
            parts = (fields.get("Title", ""), fields.get("Description", ""), fields.get("Url", ""))
            return " ".join(filter(None, parts))
        case _:
            return ""


def _attachments(fields: Fields, kind: str) -> tuple[Attachment, ...]:
    """Return what is to be seen or heard; of a voice that WeChat has understood, nothing.

    A voice has a second name, under which twice as much of its sound is kept.
    """
    reference = "MediaId"
    if kind == "image":
        found = AttachmentKind.PHOTO, "image/jpeg"
    elif kind == "voice" and not fields.get("Recognition"):
        found = AttachmentKind.VOICE, "audio/amr"
        reference = "MediaId16K" if fields.get("MediaId16K") else reference
    elif kind in _VIDEOS:
        found = AttachmentKind.VIDEO, "video/mp4"
    else:
        return ()
    return (Attachment(kind=found[0], media_type=found[1], reference=_needed(fields, reference)),)


def _position(fields: Fields) -> Position:
    """A pin on WeChat's map, which anybody can put anywhere."""
    return Position(
        latitude=_degrees(fields, "Location_X", 90),
        longitude=_degrees(fields, "Location_Y", 180),
        datum=Datum.GCJ02,
        source=PositionSource.PIN,
        at=_moment(fields),
    )


def _degrees(fields: Fields, name: str, most: float) -> float:
    try:
        found = float(_needed(fields, name))
    except ValueError:
        found = most + 1
    if not -most <= found <= most:  # what is no number is not between them either
        raise GarbledError(f"{name} is no place on earth")
    return found


def _moment(fields: Fields) -> datetime:
    seconds = _needed(fields, "CreateTime")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= _DIGITS_MOST):
        raise GarbledError("CreateTime is no moment")
    return datetime.fromtimestamp(int(seconds), UTC)


def _needed(fields: Fields, name: str) -> str:
    found = fields.get(name)
    if not found:
        raise GarbledError(f"{name} is missing")
    return found
