"""AudioSocket, the protocol of Asterisk: a byte kind, two bytes length (big-endian), the content.

Sound is mono, signed 16 bits little-endian. The first frame of a connection says which call it is.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

HEADER: Final = struct.Struct(">BH")
MOST_BYTES: Final = 0xFFFF
_UUID_BYTES: Final = 16


class Kind(IntEnum):
    """Kinds that are not sound, and the sound that we send."""

    HANG_UP = 0x00
    IDENTITY = 0x01
    KEY = 0x03
    SOUND_8000 = 0x10
    ERROR = 0xFF


RATES: Final[Mapping[int, int]] = MappingProxyType(
    {
        Kind.SOUND_8000: 8_000,
        0x11: 12_000,
        0x12: 16_000,
        0x13: 24_000,
        0x14: 32_000,
        0x15: 44_100,
        0x16: 48_000,
        0x17: 96_000,
        0x18: 192_000,
    }
)
"""Samples a second of each kind of sound."""

_BEGINNING: Final = HEADER.pack(Kind.IDENTITY, _UUID_BYTES)
_KEYS: Final = frozenset("0123456789*#ABCD")


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame; `kind` may be one that nobody knows yet."""

    kind: int
    content: bytes = b""


def encode(frame: Frame) -> bytes:
    """Return the frame's bytes; ValueError when its content does not fit."""
    if len(frame.content) > MOST_BYTES:
        raise ValueError(f"a frame has at most {MOST_BYTES} bytes")
    return HEADER.pack(frame.kind, len(frame.content)) + frame.content


class Decoder:
    """Bytes in as they come, whole frames out; it never keeps more than one frame and a header."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """Return the frames that are complete now."""
        rest, frames, start = self._rest, [], 0
        rest += data
        while len(rest) - start >= HEADER.size:
            kind, length = HEADER.unpack_from(rest, start)
            end = start + HEADER.size + length
            if len(rest) < end:
                break
            frames.append(Frame(kind, bytes(rest[start + HEADER.size : end])))
            start = end
        del rest[:start]
        return frames


def may_begin_with(data: bytes) -> bool:
    """Say whether a connection whose first bytes these are may still tell which call it is."""
    return _BEGINNING.startswith(data[: HEADER.size])


def identity(frame: Frame) -> UUID | None:
    """Return the call that the frame names."""
    if frame.kind != Kind.IDENTITY or len(frame.content) != _UUID_BYTES:
        return None
    return UUID(bytes=frame.content)


def key(frame: Frame) -> str:
    """Return the key that the frame tells; nothing when it is none of a telephone's."""
    pressed = frame.content.decode("ascii", errors="replace")
    return pressed if pressed in _KEYS else ""
