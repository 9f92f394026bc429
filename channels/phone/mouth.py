"""What is being said on a line, frame by frame; silence when nothing is."""

import asyncio
from typing import Final

from channels.phone.sound import SPOKEN_FRAME_BYTES

SILENCE: Final = bytes(SPOKEN_FRAME_BYTES)


class Mouth:
    """One prompt at a time."""

    def __init__(self) -> None:
        self._sound = b""
        self._said = 0
        self._quiet = asyncio.Event()
        self._quiet.set()

    @property
    def speaking(self) -> bool:
        """Say whether a prompt is not over yet."""
        return not self._quiet.is_set()

    def say(self, sound: bytes) -> None:
        """Begin with this prompt, in place of another."""
        self._sound, self._said = sound, 0
        if sound:
            self._quiet.clear()
        else:
            self._quiet.set()

    def stop(self) -> None:
        """Be silent from the next frame on."""
        self.say(b"")

    async def quiet(self) -> None:
        """Wait until the prompt is over or stopped."""
        await self._quiet.wait()

    def frame(self) -> bytes:
        """Return the next 20 ms."""
        if not self.speaking:
            return SILENCE
        frame = self._sound[self._said : self._said + SPOKEN_FRAME_BYTES]
        self._said += SPOKEN_FRAME_BYTES
        if self._said >= len(self._sound):
            self.stop()
        return frame.ljust(SPOKEN_FRAME_BYTES, b"\0")
