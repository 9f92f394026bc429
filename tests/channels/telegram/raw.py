"""Updates as Telegram sends them, and what each is taken for."""

from datetime import UTC, datetime
from typing import Any

from channels.message import Attachment, AttachmentKind, Datum, Position, PositionSource
from channels.telegram.groups import Me

ME = Me(4242, "gongzhi_bot")
NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
DATE = 1_795_572_000
SENT = datetime.fromtimestamp(DATE, UTC)
EDITED = datetime.fromtimestamp(DATE + 60, UTC)
ANNA = {"id": 11, "is_bot": False, "first_name": "Anna"}
BOT = {"id": 4242, "is_bot": True, "first_name": "共治", "username": "gongzhi_bot"}
PRIVATE = {"id": 11, "type": "private", "first_name": "Anna"}
GROUP = {"id": -100, "type": "supergroup", "title": "三号楼"}
PLACE = {"latitude": 31.5, "longitude": 121}
ORIGIN = {"type": "user", "date": DATE, "sender_user": ANNA}
TWENTY_MB = 20_000_000


def message(**content: Any) -> dict[str, Any]:
    return {"message_id": 5, "date": DATE, "chat": PRIVATE, "from": ANNA} | content


def new(**content: Any) -> dict[str, Any]:
    return {"update_id": 9, "message": message(**content)}


def edited(**content: Any) -> dict[str, Any]:
    return {"update_id": 9, "edited_message": message(edit_date=DATE + 60, **content)}


def in_group(**content: Any) -> dict[str, Any]:
    return new(chat=GROUP, **content)


def pressed(**content: Any) -> dict[str, Any]:
    query = {"id": "q", "from": ANNA, "chat_instance": "1", "data": "confirm:1"}
    return {"update_id": 9, "callback_query": query | content}


def tagged(text: str, name: str, kind: str = "mention", **more: Any) -> dict[str, Any]:
    start = len(text[: text.index(name)].encode("utf-16-le")) // 2
    return {"text": text, "entities": [{"type": kind, "offset": start, "length": len(name)} | more]}


def size(file_id: str, width: int, file_size: int | None) -> dict[str, Any]:
    sized = {} if file_size is None else {"file_size": file_size}
    return {"file_id": file_id, "file_unique_id": "u", "width": width, "height": 100} | sized


def file(**more: Any) -> dict[str, Any]:
    return {"file_id": "f", "file_unique_id": "u"} | more


def photo(reference: str, file_size: int | None) -> dict[str, Any]:
    kind = AttachmentKind.PHOTO
    one = Attachment(kind=kind, media_type="image/jpeg", reference=reference, size=file_size)
    return {"attachments": (one,)}


UNREADABLE: dict[str, Any] = {"text": "", "unreadable": True}


def media(kind: AttachmentKind, media_type: str, **more: Any) -> dict[str, Any]:
    return {"attachments": (Attachment(kind=kind, media_type=media_type, reference="f", **more),)}


def at(source: PositionSource, moment: datetime = SENT, **more: Any) -> dict[str, Any]:
    position = Position(
        latitude=31.5, longitude=121.0, datum=Datum.WGS84, source=source, at=moment, **more
    )
    return {"position": position}


BUTTONS = {
    "reply_markup": {
        "inline_keyboard": [
            [{"text": "没好", "callback_data": "dispute:1"}],
            [{"text": "看", "url": "https://x"}, {"text": "好了", "callback_data": "confirm:1"}],
        ]
    }
}

VOICE, VIDEO, PHOTO = AttachmentKind.VOICE, AttachmentKind.VIDEO, AttachmentKind.PHOTO

TAKEN: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("a text", new(text="电梯坏了"), {"text": "电梯坏了", "reference": "5", "address": "11"}),
    ("spaces stay", new(text=" a \n"), {"text": " a \n"}),
    ("zero bytes and half pairs", new(text="电\0梯\ud83d"), {"text": "电梯\ufffd"}),
    ("a command", new(text="/help abc"), {"text": "/help abc", "choice": None}),
    ("a start", new(text="/start"), {"text": "/start", "choice": None}),
    (
        "a start by a link from a group",
        new(text="/start initiative-12"),
        {"text": "/start initiative-12", "choice": "start:initiative-12"},
    ),
    ("a start with words", new(text="/start 电梯 坏了"), {"choice": None}),
    ("a start too long", new(text=f"/start {'a' * 65}"), {"choice": None}),
    (
        "a start that somebody else came by",
        new(text="/start initiative-12", forward_origin=ORIGIN),
        {"choice": None, "forwarded": True},
    ),
    ("a start that is edited in", edited(text="/start initiative-12"), {"choice": None}),
    ("a start in a group", in_group(text="/start@gongzhi_bot votes"), {"choice": None}),
    ("a command with our name", new(text="/status@Gongzhi_Bot 12"), {"text": "/status 12"}),
    ("a command for another", new(text="/status@other_bot"), {"text": "/status@other_bot"}),
    (
        "our name in private",
        new(**tagged("@gongzhi_bot 灯坏了", "@gongzhi_bot")),
        {"text": "灯坏了"},
    ),
    (
        "a photo, the largest that can be fetched",
        new(
            photo=[size("s", 90, 1000), size("l", 900, 9000), size("xl", 9000, TWENTY_MB + 1)],
            caption="墙",
        ),
        {"text": "墙"} | photo("l", 9000),
    ),
    ("a photo of unknown size", new(photo=[size("s", 90, None)]), photo("s", None)),
    ("a photo too large", new(photo=[size("s", 90, TWENTY_MB + 1)]), {"attachments": ()}),
    ("no photo at all", new(photo=[]), {"attachments": ()}),
    ("of an album", new(photo=[size("s", 9, 9)], media_group_id="77"), {"album": "77"}),
    (
        "a voice note",
        new(voice=file(duration=3, mime_type="audio/ogg", file_size=99)),
        media(VOICE, "audio/ogg", seconds=3.0, size=99),
    ),
    ("a voice note untold", new(voice=file()), media(VOICE, "audio/ogg")),
    ("a sound", new(audio=file(duration=3)), media(VOICE, "audio/mpeg", seconds=3.0)),
    ("a round video", new(video_note=file(duration=3)), media(VIDEO, "video/mp4", seconds=3.0)),
    (
        "a video",
        new(video=file(duration=3, mime_type="video/quicktime"), caption="看"),
        {"text": "看"} | media(VIDEO, "video/quicktime", seconds=3.0),
    ),
    ("an image as a file", new(document=file(mime_type="image/png")), media(PHOTO, "image/png")),
    ("a sound as a file", new(document=file(mime_type="audio/wav")), media(VOICE, "audio/wav")),
    ("a video as a file", new(document=file(mime_type="video/mp4")), media(VIDEO, "video/mp4")),
    (
        "another file",
        new(document=file(mime_type="application/pdf"), caption="合同"),
        {"text": "合同", "unreadable": True},
    ),
    (
        "a file of no type",
        new(document=file()),
        {"text": "", "attachments": (), "unreadable": True},
    ),
    ("a sticker", new(sticker={"emoji": "👍"}), {"text": "👍"}),
    ("a sticker without an emoji", new(sticker={}), {"text": ""}),
    ("a contact, of which nothing is kept", new(contact={"phone_number": "138"}), UNREADABLE),
    ("a poll", new(poll={"question": "?"}), UNREADABLE),
    ("a dice", new(dice={"emoji": "🎲", "value": 4}), UNREADABLE),
    ("a pin", new(location=PLACE), at(PositionSource.PIN)),
    (
        "a pin with its accuracy",
        new(location=PLACE | {"horizontal_accuracy": 12.5}),
        at(PositionSource.PIN, accuracy_m=12.5),
    ),
    (
        "a live position",
        new(location=PLACE | {"live_period": 900}),
        at(PositionSource.LIVE, share="11:5"),
    ),
    (
        "a live position that moves",
        edited(location=PLACE | {"live_period": 900, "heading": 90}),
        {"sent_at": EDITED, "edit": False, "external_id": "4242:9"}
        | at(PositionSource.LIVE, EDITED, share="11:5"),
    ),
    (
        "a live position that ends",
        edited(location=PLACE),
        {"edit": False} | at(PositionSource.LIVE, EDITED, share="11:5"),
    ),
    (
        "a venue",
        new(location=PLACE, venue={"title": "菜场", "address": "西街 3 号", "location": PLACE}),
        {"text": "菜场 西街 3 号"} | at(PositionSource.VENUE),
    ),
    (
        "a forwarded pin",
        new(location=PLACE, forward_origin=ORIGIN),
        {"forwarded": True} | at(PositionSource.FORWARDED),
    ),
    (
        "a forwarded live position",
        new(location=PLACE | {"live_period": 900}, forward_origin=ORIGIN),
        {"forwarded": True} | at(PositionSource.FORWARDED),
    ),
    ("a pin by a bot", new(location=PLACE, via_bot=BOT), at(PositionSource.FORWARDED)),
    ("a forwarded text", new(text="灯", forward_origin=ORIGIN), {"text": "灯", "forwarded": True}),
    (
        "an edited text",
        edited(text="5 号楼"),
        {"text": "5 号楼", "edit": True, "reference": "5", "sent_at": EDITED},
    ),
    (
        "an edited caption",
        edited(photo=[size("s", 90, 9)], caption="墙"),
        {"text": "墙", "edit": True} | photo("s", 9),
    ),
    (
        "a pressed button",
        pressed(message=message(**BUTTONS)),
        {"text": "好了", "choice": "confirm:1", "reference": "", "sent_at": NOW, "address": "11"},
    ),
    (
        "a pressed button of a message that is gone",
        pressed(message={"message_id": 5, "date": 0, "chat": PRIVATE}),
        {"text": "", "choice": "confirm:1", "address": "11"},
    ),
    ("a pressed button elsewhere", pressed(inline_message_id="x"), {"choice": "confirm:1"}),
    (
        "a pressed button in a group",
        pressed(message=message(chat=GROUP, **BUTTONS)),
        {"choice": "confirm:1", "address": "11", "room": "-100"},
    ),
    (
        "a mention in a group",
        in_group(**tagged("😀 @gongzhi_bot 电梯坏了", "@gongzhi_bot")),
        {"text": "😀  电梯坏了", "address": "11", "room": "-100"},
    ),
    (
        "a mention without a name",
        in_group(**tagged("共治 电梯坏了", "共治", "text_mention", user=BOT)),
        {"text": "电梯坏了", "room": "-100"},
    ),
    (
        "a mention in a caption",
        in_group(
            photo=[size("s", 90, 9)],
            caption="@gongzhi_bot 墙",
            caption_entities=[{"type": "mention", "offset": 0, "length": 12}],
        ),
        {"text": "墙", "room": "-100"},
    ),
    ("our command in a group", in_group(text="/status"), {"text": "/status", "room": "-100"}),
    ("a command for us in a group", in_group(text="/x@gongzhi_bot a"), {"text": "/x a"}),
    (
        "an answer to us",
        in_group(text="好了", reply_to_message=message(**{"from": BOT})),
        {"text": "好了"},
    ),
    (
        "a voice note in answer to us",
        in_group(voice=file(), reply_to_message=message(**{"from": BOT})),
        {"room": "-100"},
    ),
    ("fields of tomorrow", new(text="灯", hologram={"depth": 3}), {"text": "灯"}),
]
