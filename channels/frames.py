"""What pages write to us and are shown: ids, texts, positions and lines, checked and made."""

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeGuard

from channels.message import (
    AttachedState,
    AttachmentKind,
    ChatLine,
    Datum,
    Position,
    PositionSource,
    ShownAttachment,
)
from channels.words import storable

Say = Callable[..., str]

TEXT_MOST: Final = 10_000
_ID: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")
_CHOICE_MOST: Final = 100
_LATITUDE_MOST: Final = 90
_LONGITUDE_MOST: Final = 180
_ACCURACY_MOST: Final = 100_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENT_MOST: Final = 32_503_680_000_000
"""Milliseconds: the year 3000."""


class FrameError(Exception):
    """A frame can't be taken; the message is the key of the sentence that says why."""


def is_id(value: object) -> TypeGuard[str]:
    """Say whether a page may call a message so."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def parse(data: str) -> dict[str, Any] | None:
    """Return the object that the frame holds; None when it holds none."""
    try:
        frame = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return frame if isinstance(frame, dict) else None


def said(frame: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return text, choice and position of a message; FrameError."""
    text, choice = frame.get("text"), frame.get("choice")
    if not isinstance(text, str) or not (choice is None or isinstance(choice, str)):
        raise FrameError("chat.garbled")
    if len(text) > TEXT_MOST or len(choice or "") > _CHOICE_MOST:
        raise FrameError("chat.too_long")
    position = frame.get("position")
    return {
        "text": storable(text),
        "choice": None if choice is None else storable(choice),
        "position": None if position is None else position_of(position, now),
    }


def position_of(value: object, now: datetime) -> Position:
    """Return where the page says to be; FrameError.

    A browser's geolocation gives WGS-84, whatever maps show; a page that has its pair from a
    Chinese map says so with `datum` gcj02. `at` is in milliseconds since 1970 by the device's
    clock.
    """
    given = value if isinstance(value, dict) else {}
    latitude = _number(given.get("latitude"), -_LATITUDE_MOST, _LATITUDE_MOST)
    longitude = _number(given.get("longitude"), -_LONGITUDE_MOST, _LONGITUDE_MOST)
    if latitude is None or longitude is None:
        raise FrameError("chat.garbled")
    at = _number(given.get("at"), 0, _MOMENT_MOST)
    return Position(
        latitude=latitude,
        longitude=longitude,
        datum=_datum(given.get("datum")),
        source=PositionSource.BROWSER,
        at=now if at is None else _EPOCH + timedelta(milliseconds=at),
        accuracy_m=_number(given.get("accuracy"), 0, _ACCURACY_MOST),
    )


def _datum(value: object) -> Datum:
    if value is None:
        return Datum.WGS84
    try:
        return Datum(str(value))
    except ValueError:
        raise FrameError("chat.garbled") from None


def _number(value: object, least: float, most: float) -> float | None:
    """Return the number if it is one within these bounds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not (least <= value <= most and math.isfinite(value)):
        return None
    return float(value)


def line_frame(line: ChatLine, say: Say) -> dict[str, Any]:
    """Return the line as the page is sent it."""
    return {
        "type": "line",
        "cursor": line.cursor,
        "own": line.own,
        "text": line.text,
        "at": line.at.isoformat(),
        "clock": say("chat.clock", at=line.at),
        "id": line.external_id.partition(":")[2] if line.external_id else None,
        "buttons": [{"label": b.label, "choice": b.choice} for b in line.buttons],
        "link": line.link,
        "attached": [_attached(one, say) for one in line.attached],
        "position": say("chat.position") if line.position else None,
    }


def _attached(one: ShownAttachment, say: Say) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind.value,
        "state": one.state.value,
        "label": _label(one, say),
        "words": one.words,
    }


def _label(one: ShownAttachment, say: Say) -> str:
    if one.state is AttachedState.LOST:
        return say(f"chat.lost.{one.kind.value}")
    seconds = round(one.seconds or 0)
    if one.kind is AttachmentKind.PHOTO or not seconds:
        return say(f"chat.attached.{one.kind.value}")
    return say(f"chat.attached.{one.kind.value}_seconds", seconds=seconds)
