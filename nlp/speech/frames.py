"""What the service and its recognising child say to each other, over the child's two pipes.

A frame is one byte kind, four bytes lane, four bytes length (big-endian), then the content. A lane
is one stream or one recording; its frames are answered in order.
"""

import json
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from nlp.speech.transcript import HeardWord

HEADER: Final = struct.Struct(">BII")
NO_LANE: Final = 0
CANNOT_LOAD: Final = 78
"""The exit code of a child that found no model it can load (EX_CONFIG)."""


class Kind(IntEnum):
    """The first four go to the child, the others come from it."""

    OPEN = 1
    """A stream begins; content: the phrases it may hear as JSON, or nothing. Answered by READY."""
    FEED = 2
    """Sound of a stream; answered by HEARD."""
    FINISH = 3
    """The stream's end; answered by HEARD."""
    RECORDING = 4
    """A whole recording, encoded; answered by LENGTH and HEARD."""
    DROP = 5
    """Nobody listens to the lane any more."""
    READY = 16
    """The model is loaded (on no lane), or the stream is open."""
    LENGTH = 17
    """How many seconds the recording has."""
    HEARD = 18
    """Words."""
    FAILED = 19
    """The code of what went wrong."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a piece of sound brought: words that stay, and those that may still change.

    `settled`: so many bytes of the stream's sound belong to utterances that have ended.
    """

    words: Sequence[HeardWord] = ()
    partial: str = ""
    settled: int = 0


def frame(kind: Kind, lane: int, content: bytes = b"") -> bytes:
    """Return the frame's bytes."""
    return HEADER.pack(kind, lane, len(content)) + content


def pack_heard(words: Iterable[dict[str, Any]], partial: str = "", settled: int = 0) -> bytes:
    """Return the content of HEARD; the words as Vosk gives them."""
    rows = [[word["word"], word["conf"], word["start"], word["end"]] for word in words]
    return json.dumps([rows, partial, settled]).encode()


def unpack_heard(content: bytes) -> Heard:
    """Return what is in it."""
    rows, partial, settled = json.loads(content)
    words = [
        HeardWord(text, confidence=confidence, start=start, end=end)
        for text, confidence, start, end in rows
    ]
    return Heard(tuple(words), partial, settled)
