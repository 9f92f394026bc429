"""What a telephone line says: recordings of the community, and a synthesiser where one is missing.

A text becomes pieces (`nlp/pieces.py`), each piece a sound that is kept for the next time, so that
only what is new in a sentence is made while somebody waits.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Final
from weakref import WeakValueDictionary

from nlp.pieces import Pause, Piece, Recorded, Spoken, joined
from nlp.voice import SoundError, VoiceProcess
from nlp.wav import silence, tone

TEXT_MOST: Final = 400
_ENDS: Final = "。！？\n"
_KEPT_BYTES_MOST: Final = 32 * 1024**2
_MANDARIN: Final = "cmn"
_log = logging.getLogger(__name__)


class PhoneVoice:
    """Texts made audible, as `channels.call.Voice` says."""

    def __init__(self, process: VoiceProcess) -> None:
        self._process = process
        self._kept = Kept(_KEPT_BYTES_MOST)
        self._nothing = tone(0.4)

    async def speech(self, text: str, *, slow: bool) -> bytes:
        """Return the text's sound: 8 kHz mono, signed 16 bits little-endian; never raises.

        Of a text that is too long the first sentences are said; a short tone stands for what
        can't be made audible at all.
        """
        pieces = list(joined(bounded(text), ()))
        sounds = [await self._sound(piece, slow=slow) for piece in pieces]
        return b"".join(sounds) or self._nothing

    async def _sound(self, piece: Piece, *, slow: bool) -> bytes:
        match piece:
            case Pause():
                return silence(piece.value)
            case Spoken(text) | Recorded(text):
                return await self._spoken(text, slow=slow)

    async def _spoken(self, text: str, *, slow: bool) -> bytes:
        async def make() -> bytes:
            return await self._process.speak(text, voice=_MANDARIN, slow=slow)

        try:
            return await self._kept.get((text, slow), make)
        except SoundError as error:
            _log.error("a piece of a sentence can't be spoken: %s", error.code)
            return b""


class Kept:
    """Sounds by key, the last used ones up to so many bytes; one that is being made is awaited."""

    def __init__(self, bytes_most: int) -> None:
        self._bytes_most = bytes_most
        self._bytes = 0
        self._sounds: OrderedDict[Hashable, bytes] = OrderedDict()
        self._being_made: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    async def get(self, key: Hashable, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """Return the sound, made only if it is not there."""
        lock = self._being_made.setdefault(key, asyncio.Lock())
        async with lock:
            if key not in self._sounds:
                self._keep(key, await make())
            self._sounds.move_to_end(key)
            return self._sounds[key]

    def _keep(self, key: Hashable, sound: bytes) -> None:
        self._sounds[key] = sound
        self._bytes += len(sound)
        while self._bytes > self._bytes_most and len(self._sounds) > 1:
            _, oldest = self._sounds.popitem(last=False)
            self._bytes -= len(oldest)


def bounded(text: str) -> str:
    """Return as many whole sentences as can be listened to; of an endless one the beginning."""
    if len(text) <= TEXT_MOST:
        return text
    beginning = text[:TEXT_MOST]
    end = max(beginning.rfind(mark) for mark in _ENDS)
    return beginning[: end + 1] or beginning
