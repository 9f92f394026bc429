"""What comes in on a leg, as one stream that keeps time whatever the leg does."""

from typing import Final

from channels.phone.sound import HEARD_FRAME_BYTES, heard_seconds
from channels.phone.voices import WINDOW_BYTES

RECENT_SECONDS: Final = 0.6
_RECENT_BYTES: Final = HEARD_FRAME_BYTES * 30
_STILL_SECONDS: Final = 0.2
_AHEAD_SECONDS: Final = 5.0
_WINDOWS_WAITING: Final = 64
_SILENCE: Final = bytes(HEARD_FRAME_BYTES)


class Inlet:
    """Sound as it came; silence where a silent leg sends nothing; no more than time allows.

    Keeps the last moments, so that a word is whole though it is noticed after its beginning.
    """

    def __init__(self, now: float) -> None:
        self._began = self._last = now
        self._offset = now
        self._seconds = 0.0
        self._recent = bytearray()
        self._unjudged = bytearray()

    @property
    def recent(self) -> bytes:
        """The last 0.6 seconds."""
        return bytes(self._recent)

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
        still = self.still_seconds(now) > _STILL_SECONDS
        self._offset = offset if still else min(self._offset, offset)
        self._last = now
        self._seconds += heard_seconds(len(sound))
        ahead = self._seconds - (now - self._began)
        if ahead > _AHEAD_SECONDS:
            self._seconds -= heard_seconds(len(sound))
            return b""
        return self._keep(sound)

    def beat(self, now: float) -> bytes:
        """Return the silence that is heard at a beat: some when the leg has fallen still."""
        return self._keep(_SILENCE) if self.still_seconds(now) > _STILL_SECONDS else b""

    def window(self) -> bytes:
        """Return the next window to be judged; nothing when there is no whole one."""
        if len(self._unjudged) < WINDOW_BYTES:
            return b""
        window = bytes(self._unjudged[:WINDOW_BYTES])
        del self._unjudged[:WINDOW_BYTES]
        return window

    def _keep(self, sound: bytes) -> bytes:
        self._recent += sound
        del self._recent[:-_RECENT_BYTES]
        self._unjudged += sound
        del self._unjudged[: -_WINDOWS_WAITING * WINDOW_BYTES]
        return sound
