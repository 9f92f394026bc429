"""The photos and recordings of a message: named, not yet fetched."""

from typing import Final

from channels.message import Attachment, AttachmentKind
from channels.telegram.record import Record

DOWNLOAD_MOST: Final = 20_000_000
_SIZE_MOST: Final = 2**40
_SIDE_MOST: Final = 100_000
_SECONDS_MOST: Final = 10_000_000
_RECORDINGS: Final = (
    ("voice", AttachmentKind.VOICE, "audio/ogg"),
    ("audio", AttachmentKind.VOICE, "audio/mpeg"),
    ("video_note", AttachmentKind.VIDEO, "video/mp4"),
    ("video", AttachmentKind.VIDEO, "video/mp4"),
)
_DOCUMENTS: Final = {
    "image": AttachmentKind.PHOTO,
    "audio": AttachmentKind.VOICE,
    "video": AttachmentKind.VIDEO,
}


def attachments(message: Record) -> tuple[Attachment, ...]:
    """Return what is to be seen or heard in a message."""
    if "photo" in message:
        return _photo(message)
    for key, kind, media_type in _RECORDINGS:
        if key in message:
            return (_attachment(message.record(key), kind, media_type),)
    if "document" in message:
        return _document(message.record("document"))
    return ()


def _photo(message: Record) -> tuple[Attachment, ...]:
    """Take the largest size that a bot may download."""
    sizes = [one for one in message.records("photo") if (_size(one) or 0) <= DOWNLOAD_MOST]
    if not sizes:
        return ()
    return (_attachment(max(sizes, key=_area), AttachmentKind.PHOTO, "image/jpeg"),)


def _document(document: Record) -> tuple[Attachment, ...]:
    media_type = document.text("mime_type")
    kind = _DOCUMENTS.get(media_type.partition("/")[0])
    return () if kind is None else (_attachment(document, kind, media_type),)


def _attachment(file: Record, kind: AttachmentKind, media_type: str) -> Attachment:
    return Attachment(
        kind=kind,
        media_type=file.text("mime_type") or media_type,
        reference=file.text("file_id"),
        size=_size(file),
        seconds=file.number("duration", most=_SECONDS_MOST) if "duration" in file else None,
    )


def _size(file: Record) -> int | None:
    return int(file.number("file_size", most=_SIZE_MOST)) if "file_size" in file else None


def _area(size: Record) -> float:
    return size.number("width", most=_SIDE_MOST) * size.number("height", most=_SIDE_MOST)
