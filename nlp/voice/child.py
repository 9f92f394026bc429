"""The child process that makes sound for the telephone: `python -m nlp.voice.child SECONDS`.

eSpeak NG is a C library that reads any text, and decoders read any recording: what goes wrong in
either ends nothing but this process. One task at a time; it ends when its input ends.
"""

import os
import resource
import sys
from typing import BinaryIO, Final

from nlp.sound.audio import RATE, AudioError, decode
from nlp.sound.line_sound import for_the_line, slowed
from nlp.voice.espeak import Espeak
from nlp.voice.frames import HEADER, Kind, frame, unpacked

SLOWER: Final = 0.75


def serve(source: BinaryIO, out: BinaryIO, most_seconds: float) -> None:
    """Do what is asked until the input ends."""
    espeak = Espeak()
    _write(out, Kind.SOUND, b"")
    while len(header := source.read(HEADER.size)) == HEADER.size:
        kind, length = HEADER.unpack(header)
        _write(out, *_answer(espeak, Kind(kind), source.read(length), most_seconds))


def _write(out: BinaryIO, kind: Kind, content: bytes) -> None:
    out.write(frame(kind, content))
    out.flush()


def _answer(espeak: Espeak, kind: Kind, content: bytes, most_seconds: float) -> tuple[Kind, bytes]:
    try:
        return Kind.SOUND, _sound(espeak, kind, content, most_seconds)
    except AudioError as error:
        return Kind.FAILED, error.code.encode()
    except Exception as error:  # noqa: BLE001  one task's trouble is no other's
        return Kind.FAILED, f"failed {error!r}".encode()


def _sound(espeak: Espeak, kind: Kind, content: bytes, most_seconds: float) -> bytes:
    match kind:
        case Kind.SPEAK:
            text, voice, words_per_minute = unpacked(content)
            spoken = espeak.speak(text, voice=voice, words_per_minute=words_per_minute)
            return for_the_line(spoken, espeak.rate)
        case Kind.PREPARE:
            return _audible(for_the_line(decode(content, most_seconds=most_seconds), RATE))
        case Kind.SLOW:
            return slowed(content, SLOWER)
        case _:
            raise ValueError(kind)


def _audible(sound: bytes) -> bytes:
    if not sound:
        raise AudioError("silent")
    return sound


def main() -> None:
    """Serve on the two pipes."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # no recordings in a core file
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no frame
    serve(sys.stdin.buffer, out, float(sys.argv[1]))


if __name__ == "__main__":
    main()
