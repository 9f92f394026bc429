"""One update of the Bot API, as it comes off the wire → one message of a resident."""

import hashlib
import json
from datetime import datetime
from typing import Final

from channels.message import Datum, InboundMessage, Position, PositionSource
from channels.telegram.groups import Me, is_addressed, is_group, without_our_name, words
from channels.telegram.media import attachments
from channels.telegram.private_links import choice_of
from channels.telegram.record import GarbledError, Record
from channels.words import storable

CHANNEL: Final = "telegram"
ASKED_FOR: Final = ("message", "edited_message", "callback_query")
_MEDIA: Final = ("photo", "voice", "audio", "video_note", "video", "document", "animation")
_PLACES: Final = ("location", "venue")
_OTHERS: Final = (
    "sticker",
    "contact",
    "poll",
    "dice",
    "game",
    "story",
    "checklist",
    "rich_message",
)
_SAID: Final = frozenset(("text", "caption", *_MEDIA, *_PLACES, *_OTHERS))
_OPENED: Final = frozenset((*_MEDIA, *_OTHERS)) - {"sticker"}
"""Of these something is to be kept; a sticker is its emoji."""

_ACCURACY_MOST_M: Final = 1_000_000


def read(raw: object, *, me: Me, now: datetime) -> InboundMessage | None:
    """Return the message, None if there is nothing for us; raise GarbledError.

    `now` is the moment of pressed buttons, which carry none of their own.
    """
    update = Record(raw)
    external_id = f"{me.bot_id}:{update.whole('update_id')}"
    if "message" in update:
        return _message(update.record("message"), external_id, me)
    if "edited_message" in update:
        return _edited(update.record("edited_message"), external_id, me)
    if "callback_query" in update:
        return _pressed(update.record("callback_query"), external_id, now)
    return None


def pressed_id(raw: object) -> str | None:
    """Return the id by which a pressed button is acknowledged, if the update is one."""
    query = raw.get("callback_query") if isinstance(raw, dict) else None
    identifier = query.get("id") if isinstance(query, dict) else None
    return identifier if isinstance(identifier, str) else None


def set_apart(raw: object, *, bot_id: int, now: datetime) -> InboundMessage:
    """Return what can't be read as a message for people to look at: raw, as its text."""
    text = _as_text(raw)
    try:
        number = str(Record(raw).whole("update_id"))
    except GarbledError:
        number = hashlib.sha256(text.encode()).hexdigest()[:32]
    return InboundMessage(
        channel=CHANNEL,
        address=_somebody(raw),
        external_id=f"{bot_id}:{number}",
        text=text,
        sent_at=now,
    )


def _as_text(raw: object) -> str:
    try:
        return storable(json.dumps(raw, ensure_ascii=False))
    except RecursionError:
        return "…"


def _message(message: Record, external_id: str, me: Me) -> InboundMessage | None:
    if not _is_for_us(message, me):
        return None
    return _inbound(message, external_id, me, sent_at=message.moment("date"), edit=False)


def _edited(message: Record, external_id: str, me: Me) -> InboundMessage | None:
    """A location that is edited is one that moves: a new position, and no change of words."""
    if not _is_for_us(message, me):
        return None
    sent_at = message.moment("edit_date" if "edit_date" in message else "date")
    return _inbound(message, external_id, me, sent_at=sent_at, edit="location" not in message)


def _is_for_us(message: Record, me: Me) -> bool:
    """Leave out what nobody said, what is said by bots or for chats, and talk among others."""
    if not message.keys() & _SAID or "from" not in message:
        return False
    if message.record("from").flag("is_bot") or "sender_chat" in message:
        return False
    chat = message.record("chat")
    if is_group(chat):
        return is_addressed(message, me)
    return chat.text("type") == "private"


def _inbound(
    message: Record, external_id: str, me: Me, *, sent_at: datetime, edit: bool
) -> InboundMessage:
    chat = message.record("chat")
    forwarded = "forward_origin" in message
    attached = attachments(message)
    text = _text(message, me)
    may_lead = not (edit or forwarded or is_group(chat))
    return InboundMessage(
        channel=CHANNEL,
        address=_address(chat, message.record("from")),
        external_id=external_id,
        text=text,
        sent_at=sent_at,
        choice=choice_of(text) if may_lead else None,
        attachments=attached,
        position=_position(message, sent_at=sent_at, edited="edit_date" in message),
        reference=str(message.whole("message_id")),
        edit=edit,
        forwarded=forwarded,
        room=_room(chat),
        album=message.text("media_group_id"),
        unreadable=not attached and bool(message.keys() & _OPENED),
    )


def _pressed(query: Record, external_id: str, now: datetime) -> InboundMessage | None:
    if "data" not in query:
        return None
    sender, chat, choice = query.record("from"), None, query.text("data")
    if "message" in query:
        chat = query.record("message").record("chat")
    return InboundMessage(
        channel=CHANNEL,
        address=str(sender.whole("id")) if chat is None else _address(chat, sender),
        external_id=external_id,
        text=_label(query, choice),
        sent_at=now,
        choice=choice,
        room="" if chat is None else _room(chat),
    )


def _label(query: Record, choice: str) -> str:
    """Return what stands on the pressed button, if its message can still be seen."""
    if "message" not in query or "reply_markup" not in query.record("message"):
        return ""
    markup = query.record("message").record("reply_markup")
    for button in markup.rows("inline_keyboard"):
        if "callback_data" in button and button.text("callback_data") == choice:
            return button.text("text")
    return ""


def _text(message: Record, me: Me) -> str:
    if "venue" in message:
        venue = message.record("venue")
        return f"{venue.text('title')} {venue.text('address')}".strip()
    if "sticker" in message:
        return message.record("sticker").text("emoji")
    return without_our_name(message, words(message), me)


def _position(message: Record, *, sent_at: datetime, edited: bool) -> Position | None:
    if "location" not in message:
        return None
    location = message.record("location")
    source = _source(message, location, edited=edited)
    live = source is PositionSource.LIVE
    return Position(
        latitude=location.number("latitude", most=90),
        longitude=location.number("longitude", most=180),
        datum=Datum.WGS84,
        source=source,
        at=sent_at,
        accuracy_m=_accuracy_m(location),
        share=_share(message) if live else "",
    )


def _accuracy_m(location: Record) -> float | None:
    if "horizontal_accuracy" not in location:
        return None
    return location.number("horizontal_accuracy", most=_ACCURACY_MOST_M)


def _source(message: Record, location: Record, *, edited: bool) -> PositionSource:
    """Somebody else's position, or one that a bot gave, proves nothing about the sender."""
    if "forward_origin" in message or "via_bot" in message:
        return PositionSource.FORWARDED
    if "venue" in message:
        return PositionSource.VENUE
    return PositionSource.LIVE if edited or "live_period" in location else PositionSource.PIN


def _share(message: Record) -> str:
    return f"{message.record('chat').whole('id')}:{message.whole('message_id')}"


def _address(chat: Record, sender: Record) -> str:
    """Return the person's own chat: what is asked in a group is answered to the one who asked."""
    return str(sender.whole("id") if is_group(chat) else chat.whole("id"))


def _room(chat: Record) -> str:
    return str(chat.whole("id")) if is_group(chat) else ""


def _somebody(raw: object) -> str:
    """Return whom the update is from, as far as it can be told."""
    events = raw.values() if isinstance(raw, dict) else ()
    for event in events:
        for key in ("from", "chat"):
            try:
                return str(Record(event).record(key).whole("id"))
            except GarbledError:
                continue
    return "unknown"
