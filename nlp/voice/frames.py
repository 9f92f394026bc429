"""What the service and its speaking child say to each other, over the child's two pipes.

A frame is one byte kind, four bytes length (big-endian), then the content. The child says SOUND
when it is ready; each task is answered by one frame before the next is looked at.
"""

import json
import struct
from enum import IntEnum
from typing import Final, NamedTuple

HEADER: Final = struct.Struct(">BI")


class Kind(IntEnum):
    """The first three are tasks, the others what comes of them."""

    SPEAK = 1
    """A text to be spoken, as `Spoken`."""
    PREPARE = 2
    """A recording in any common format, to be made fit for the line."""
    SLOW = 3
    """Sound of the line, to be made slower."""
    SOUND = 16
    """Sound of the line."""
    FAILED = 17
    """What went wrong with the task: a code, and for the log a space and more."""


class Spoken(NamedTuple):
    """What is to be spoken, in which language of eSpeak NG, how fast."""

    text: str
    voice: str
    words_per_minute: int

    def packed(self) -> bytes:
        """Return the content of SPEAK."""
        return json.dumps(self).encode()


def frame(kind: Kind, content: bytes) -> bytes:
    """Return the frame's bytes."""
    return HEADER.pack(kind, len(content)) + content


def unpacked(content: bytes) -> Spoken:
    """Return what SPEAK asks for."""
    return Spoken(*json.loads(content))
