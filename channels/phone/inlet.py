"""What comes in on a leg, as one stream that keeps time whatever the leg does."""

from typing import Final

from channels.phone.sound import FRAME_SECONDS, HEARD_FRAME_BYTES, heard_seconds
from channels.phone.voices import WINDOW_BYTES

_RECENT_BYTES: Final = HEARD_FRAME_BYTES * 30
_GAP_SECONDS: Final = 0.2
_STILL_SECONDS: Final = 1.0
"""A shorter gap is the network's or the machine's: what was said in it is still to come."""
_AHEAD_SECONDS: Final = 5.0
_UNJUDGED_BYTES: Final = 64 * WINDOW_BYTES


class Inlet:
    """Sound as it came; silence where a silent leg sends nothing; no more than time allows.

    Keeps the last moments, so that a word is whole though it is noticed after its beginning.
    """

    def __init__(self, now: float) -> None:
        self._began = self._last = self._filled = now
        self._offset = now
        self._seconds = 0.0
        self._judged = bytearray()
        self._unjudged = bytearray()

    @property
    def recent(self) -> bytes:
        """The 0.6 seconds before the newest window that was judged, and all since."""
        return bytes(self._judged + self._unjudged)

    @property
    def due(self) -> float:
        """When the newest sound should have been there, by the best that came since a stillness."""
        return self._offset + self._seconds

    def still_seconds(self, now: float) -> float:
        """Return how long nothing has come."""
        return now - self._last

    def take(self, sound: bytes, now: float) -> bytes:
        """Return what is heard of it: what comes much faster than time is not heard."""
        offset = now - self._seconds - heard_seconds(len(sound))
        gap = self.still_seconds(now) > _GAP_SECONDS
        self._offset = offset if gap else min(self._offset, offset)
        self._last = self._filled = now
        self._seconds += heard_seconds(len(sound))
        ahead = self._seconds - (now - self._began)
        if ahead > _AHEAD_SECONDS:
            self._seconds -= heard_seconds(len(sound))
            return b""
        return self._keep(sound)

    def beat(self, now: float) -> bytes:
        """Return the silence that is heard at a beat, since a leg has fallen still."""
        if self.still_seconds(now) <= _STILL_SECONDS:
            return b""
        frames = int((now - self._filled) / FRAME_SECONDS)
        self._filled += frames * FRAME_SECONDS
        return self._keep(bytes(frames * HEARD_FRAME_BYTES))

    def window(self) -> bytes:
        """Return the next window to be judged; nothing when there is no whole one."""
        if len(self._unjudged) < WINDOW_BYTES:
            return b""
        return self._pass(WINDOW_BYTES)

    def _keep(self, sound: bytes) -> bytes:
        self._unjudged += sound
        if len(self._unjudged) > _UNJUDGED_BYTES:
            self._pass(len(self._unjudged) - _UNJUDGED_BYTES)
        return sound

    def _pass(self, size: int) -> bytes:
        """Take sound from what is to be judged to what was."""
        passed = bytes(self._unjudged[:size])
        del self._unjudged[:size]
        self._judged += passed
        del self._judged[:-_RECENT_BYTES]
        return passed
