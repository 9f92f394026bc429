"""One time of listening: when she begins, when she has ended, what was pressed.

Time is counted in what is heard, window by window of 32 ms, so it stands still for nobody.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final

from channels.call import Heard, Listening, Say
from channels.phone.mouth import Mouth
from channels.phone.pauses import Pauses
from channels.phone.sound import HEARD_RATE, SAMPLE_BYTES, level
from channels.phone.voices import WINDOW_SECONDS

PIECE_BYTES: Final = HEARD_RATE * SAMPLE_BYTES // 5
_EVIDENCE: Final = 1.6
"""She has begun when the last three windows have so much likelihood together."""
_SPEECH: Final = 0.5
_FAINT: Final = 400.0
"""22 dB below the level at which prompts are spoken; a caller is louder as a rule."""
_KEY_PAUSE_SECONDS: Final = 3.0
_KEYS_PAUSE_SECONDS: Final = 8.0
"""Where there are keys alone: who reads them from a slip of paper looks up between them."""
_ENOUGH_SECONDS: Final = 0.6
_BREATH_SECONDS: Final = 0.3
_OVERTIME_SECONDS: Final = 10.0
_DIGITS: Final = frozenset("0123456789")


class Attention:
    """Listens from the beginning of a prompt, which it stops when she speaks or presses a key."""

    def __init__(self, say: Say, mouth: Mouth, pauses: Pauses, recent: Callable[[], bytes]) -> None:
        self._say = say
        self._mouth = mouth
        self._pauses = pauses
        self._recent = recent
        self._likely: deque[float] = deque([0.0] * 3, maxlen=3)
        self._waited = self._spoken = self._silent = 0.0
        self._enough = False
        self._grew = asyncio.Event()
        self.over: asyncio.Future[Heard] = asyncio.get_running_loop().create_future()
        self.began = False
        self.interrupted = False
        self.keys = ""
        self.ended_at = 0.0
        self.recording = bytearray()
        self._due: list[float] = []

    # What the line brings

    def sound(self, sound: bytes, due: float) -> None:
        """Keep it, once she has begun; it should have been there at `due`."""
        if self.began and not self.over.done():
            self._keep(sound, due)

    def window(self, likelihood: float, sound: bytes) -> None:
        """Judge by how likely the next 32 ms are speech.

        While we speak, what is faint is our own voice that comes back from her telephone.
        """
        if self.over.done():
            return
        if self._say.listening is Listening.KEYS:
            if not self._mouth.speaking:
                self._wait()
            return
        if likelihood >= _SPEECH and self._mouth.speaking and level(sound) < _FAINT:
            likelihood = 0.0
        self._likely.append(likelihood)
        if self.began:
            self._follow(speech=likelihood >= _SPEECH)
        elif sum(self._likely) >= _EVIDENCE:
            self._begin()
        elif not self._mouth.speaking:
            self._wait()

    def key(self, key: str) -> None:
        """End by a key that is listened for, or collect digits."""
        digits = self._say.listening in {Listening.DIGITS, Listening.KEYS}
        collected = digits and key in _DIGITS and key not in self._say.keys
        ends = not collected and (key in self._say.keys or (key == "#" and bool(self.keys)))
        if self.over.done() or not (collected or ends):
            return
        self._interrupt()
        self._waited = 0.0
        if collected:
            self.keys += key
        elif key != "#" or not self.keys:
            self.keys = key
        if ends or len(self.keys) >= self._say.digits_most:
            self._end(Heard.KEY)

    def gone(self) -> None:
        """She has hung up; what she said until now counts."""
        self._end(Heard.HUNG_UP)

    # What the recogniser brings and takes

    def understood(self, words: str) -> None:
        """These are the words so far: after a whole phrase of a choice nothing more will come."""
        phrases = self._say.phrases if self._say.listening is Listening.CHOICE else ()
        self._enough = words in phrases

    async def begins(self) -> bool:
        """Wait until she begins; false when it is over without."""
        while not (self.began or self.over.done()):
            self._grew.clear()
            await self._grew.wait()
        return self.began

    async def pieces(self) -> AsyncIterator[tuple[bytes, Sequence[float]]]:
        """Give what the recording has grown by, in whole pieces, with when each was due.

        Who is behind gets several at once, so that each waits for its turn only once.
        """
        given = 0
        while not self.over.done() or given < len(self.recording):
            ready = len(self.recording) - given
            if ready < PIECE_BYTES and not self.over.done():
                self._grew.clear()
                await self._grew.wait()
                continue
            whole = ready if self.over.done() else ready // PIECE_BYTES * PIECE_BYTES
            sound = bytes(self.recording[given : given + whole])
            first, given = given // PIECE_BYTES, given + whole
            yield sound, self._due[first : -(-given // PIECE_BYTES)]

    # Judging

    def _wait(self) -> None:
        self._waited += WINDOW_SECONDS
        if self._waited >= self._patience():
            self._end(Heard.KEY if self.keys else Heard.SILENCE)

    def _patience(self) -> float:
        """Return how long she may take for her first word, or for the next key."""
        if not self.keys:
            return self._say.wait_seconds
        alone = self._say.listening is Listening.KEYS
        return _KEYS_PAUSE_SECONDS if alone else _KEY_PAUSE_SECONDS

    def _begin(self) -> None:
        self._interrupt()
        self.began = True
        self._keep(self._recent(), asyncio.get_running_loop().time())

    def _keep(self, sound: bytes, due: float) -> None:
        first = len(self.recording) // PIECE_BYTES
        self.recording += sound
        self._due[first:] = [due] * (-(-len(self.recording) // PIECE_BYTES) - first)
        self._grew.set()

    def _follow(self, *, speech: bool) -> None:
        self._spoken += WINDOW_SECONDS
        if speech:
            self._pauses.saw(self._silent)
            self._silent = 0.0
        else:
            self._silent += WINDOW_SECONDS
        if self._silent >= self._limit() or self._spoken >= self._most():
            self._end(Heard.KEY if self.keys else Heard.WORDS)

    def _limit(self) -> float:
        """Return how much silence ends it now."""
        if self._spoken >= self._say.most_seconds:
            return _BREATH_SECONDS
        if self._say.listening is Listening.DICTATION:
            return self._pauses.limit(self._say.silence_seconds)
        return _ENOUGH_SECONDS if self._enough else self._say.silence_seconds

    def _most(self) -> float:
        return self._say.most_seconds + _OVERTIME_SECONDS

    def _interrupt(self) -> None:
        self.interrupted = self.interrupted or self._mouth.speaking
        self._mouth.stop()

    def _end(self, heard: Heard) -> None:
        if not self.over.done():
            self.ended_at = asyncio.get_running_loop().time()
            self.over.set_result(heard)
            self._grew.set()
