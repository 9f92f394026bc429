"""One beat every 20 ms for all lines, by one clock, so that none of them drifts."""

import asyncio
from typing import Final, Protocol

from channels.phone.sound import FRAME_SECONDS
from channels.phone.voices import VoiceDetector, VoiceStream

BEHIND_SECONDS: Final = 0.5
_WINDOWS_A_BEAT: Final = 4


class Timed(Protocol):
    """What is done at each beat."""

    @property
    def voice(self) -> VoiceStream:
        """What the detector remembers of it."""
        ...

    def beat(self, now: float) -> None:
        """Send the next frame; `now` is the time of the event loop."""
        ...

    def window(self) -> bytes:
        """Return the next window to be judged; nothing when there is no whole one."""
        ...

    def judged(self, window: bytes, likelihood: float) -> None:
        """Hear how likely that window is speech."""
        ...


class Metronome:
    """Beats for those who joined."""

    def __init__(self, detector: VoiceDetector) -> None:
        self._detector = detector
        self._lines: dict[Timed, None] = {}
        self._wanted = asyncio.Event()

    def join(self, line: Timed) -> None:
        """Beat for it, from now on."""
        line.beat(asyncio.get_running_loop().time())
        self._lines[line] = None
        self._wanted.set()

    def leave(self, line: Timed) -> None:
        """Beat for it no more."""
        self._lines.pop(line, None)
        if not self._lines:
            self._wanted.clear()

    async def run(self) -> None:
        """Beat until cancelled. A late beat is made up for; after a long stop it begins anew."""
        clock = asyncio.get_running_loop().time
        while True:
            await self._wanted.wait()
            due = clock()
            while self._lines:
                due = max(due + FRAME_SECONDS, clock() - BEHIND_SECONDS)
                await asyncio.sleep(due - clock())
                self._beat(clock())

    def _beat(self, now: float) -> None:
        for line in tuple(self._lines):
            line.beat(now)
        for _ in range(_WINDOWS_A_BEAT):
            asked = [(line, window) for line in self._lines if (window := line.window())]
            if not asked:
                break
            likelihoods = self._detector.judge([(line.voice, window) for line, window in asked])
            for (line, window), likelihood in zip(asked, likelihoods, strict=True):
                line.judged(window, likelihood)
