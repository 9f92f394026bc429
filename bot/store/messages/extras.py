"""What only some messages bring, as one text beside the message."""

import json
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from channels.message import Datum, InboundMessage, Position, PositionSource

_PLAIN: Final = ("edit", "forwarded", "room", "album", "unreadable")


@dataclass(frozen=True, slots=True)
class Extras:
    """The values of an InboundMessage, and whether something was attached to it."""

    values: dict[str, Any]
    attached: bool


def write_extras(message: InboundMessage) -> str:
    """Return what is stored; nothing for an ordinary message."""
    stored: dict[str, Any] = {name: v for name in _PLAIN if (v := getattr(message, name))}
    if message.attachments:
        stored["attached"] = True
    if message.position is not None:
        position = message.position
        stored["position"] = {
            f.name: getattr(position, f.name) for f in fields(Position) if f.name != "at"
        } | {"at": position.at.isoformat()}
    return json.dumps(stored, ensure_ascii=False) if stored else ""


def read_extras(stored: str) -> Extras:
    """Return what was stored."""
    values: dict[str, Any] = json.loads(stored) if stored else {}
    attached = bool(values.pop("attached", False))
    if "position" in values:
        values["position"] = _position(values["position"])
    return Extras(values, attached)


def _position(values: dict[str, Any]) -> Position:
    return Position(
        **values
        | {
            "datum": Datum(values["datum"]),
            "source": PositionSource(values["source"]),
            "at": datetime.fromisoformat(values["at"]),
        }
    )
