"""The recognising child, spoilt: some recordings end it, or keep it busy for ever."""

import os
import signal
import sys
import time
from typing import NoReturn

from nlp.sound.audio import decode
from nlp.speech import child as speech_child

ENDS = b"ends the child"
ENDS_ONCE = b"ends the first child:"
"""Followed by the path of a file that tells later children, and a line's end, and the recording."""
HANGS = b"hangs"
CANNOT_LOAD = "cannot-load"


def end(number: signal.Signals) -> NoReturn:
    os.kill(os.getpid(), number)
    while True:  # another thread takes the signal
        time.sleep(1)


def spoilt(recording: bytes, *, most_seconds: float) -> bytes:
    if recording == ENDS:
        end(signal.SIGSEGV)
    if recording == HANGS:
        time.sleep(3600)
    if recording.startswith(ENDS_ONCE):
        path, _, recording = recording.removeprefix(ENDS_ONCE).partition(b"\n")
        if not os.path.exists(path):  # noqa: PTH110  the path is bytes
            os.close(os.open(path, os.O_CREAT))
            end(signal.SIGKILL)
    return decode(recording, most_seconds=most_seconds)


if __name__ == "__main__":
    if sys.argv[1].endswith(CANNOT_LOAD):
        end(signal.SIGSEGV)
    vars(speech_child)["decode"] = spoilt
    speech_child.main()
