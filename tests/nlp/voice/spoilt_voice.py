"""The speaking child, spoilt: some recordings end it, or keep it busy for ever."""

import os
import signal
import time

from nlp.sound.audio import decode
from nlp.voice import child as voice_child

ENDS = b"ends the child"
HANGS = b"hangs"


def spoilt(recording: bytes, *, most_seconds: float) -> bytes:
    if recording == ENDS:
        os.kill(os.getpid(), signal.SIGSEGV)
    if recording == HANGS:
        time.sleep(3600)
    return decode(recording, most_seconds=most_seconds)


if __name__ == "__main__":
    vars(voice_child)["decode"] = spoilt
    voice_child.main()
