"""What a telephone line says: recordings of the community, and a synthesiser where one is missing.

A text becomes pieces (`nlp/voice/pieces.py`), each piece a sound that is kept for the next time, so
that only what is new in a sentence is made while somebody waits.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from types import MappingProxyType
from typing import Final
from weakref import WeakValueDictionary

from bot.ports.bell import PROMPTS, Bell
from bot.ports.prompts import CANTONESE, MANDARIN, Prompt
from bot.ports.storage import Storage, StorageError, Views
from nlp.sound.wav import silence, tone
from nlp.voice.pieces import Pause, Piece, Recorded, Spoken, aloud, joined
from nlp.voice.synthesis import SoundError, VoiceProcess

TEXT_MOST: Final = 400
_ENDS: Final = "。！？\n"
_KEPT_BYTES_MOST: Final = 32 * 1024**2
_LOOK_SECONDS: Final = 60.0
_LANGUAGES: Final = MappingProxyType({MANDARIN: "cmn", CANTONESE: "yue"})
_log = logging.getLogger(__name__)


class PhoneVoice:
    """Texts made audible, as `channels.call.Voice` says.

    `dialect` is the set of recordings that is looked at first, unless a caller has chosen another;
    what it lacks may be in the ordinary one. While `run` does not run, there are none. `common` are
    texts that every caller hears: they are made before anybody calls.
    """

    def __init__(
        self,
        *,
        storage: Storage,
        bell: Bell,
        process: VoiceProcess,
        dialect: str = MANDARIN,
        common: Sequence[str] = (),
    ) -> None:
        self._storage = storage
        self._bell = bell
        self._process = process
        self._dialect = dialect
        self._common = common
        self._recorded: Mapping[str, Mapping[str, Prompt]] = {}
        self._kept = Kept(_KEPT_BYTES_MOST)
        self._nothing = tone(0.4)

    async def run(self) -> None:
        """Know which recordings there are, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow())
            group.create_task(self._prepare())

    async def _prepare(self) -> None:
        """Make what every caller hears, one after the other: whoever calls meanwhile comes first.

        What is recorded is read when it is needed, which takes no time.
        """
        for text in self._common:
            await self.speech(text, slow=False)

    async def _follow(self) -> None:
        with self._bell.listen(PROMPTS) as ear:
            while True:
                try:
                    self._recorded = await self._storage.read(self._look)
                except StorageError as error:
                    _log.warning("recordings for the telephone can't be looked up: %s", error)
                await ear.wait(_LOOK_SECONDS)

    async def speech(self, text: str, *, slow: bool, dialect: str = "") -> bytes:
        """Return the text's sound: 8 kHz mono, signed 16 bits little-endian; never raises.

        Of a text that is too long the first sentences are said; a short tone stands for what
        can't be made audible at all.
        """
        dialect = dialect or self._dialect
        recorded = self._recorded.get(dialect) or self._recorded.get(MANDARIN, {})
        sounds = [
            await self._sound(piece, recorded, slow=slow, dialect=dialect)
            for piece in joined(bounded(text), recorded)
        ]
        return b"".join(sounds) or self._nothing

    async def machine(self, text: str, *, dialect: str) -> bytes:
        """Return the text as the synthesiser reads it for that set; empty when it can't."""
        return await self._spoken(aloud(text), slow=False, dialect=dialect)

    async def prepare(self, recording: bytes) -> bytes:
        """Return the sound of a recording in any common format; SoundError."""
        return await self._process.prepare(recording)

    async def _sound(
        self, piece: Piece, recorded: Mapping[str, Prompt], *, slow: bool, dialect: str
    ) -> bytes:
        match piece:
            case Pause():
                return silence(piece.value)
            case Spoken(text):
                return await self._spoken(text, slow=slow, dialect=dialect)
            case Recorded(text):
                sound = await self._played(recorded[text], slow=slow)
                return sound or await self._spoken(text, slow=slow, dialect=dialect)

    async def _spoken(self, text: str, *, slow: bool, dialect: str) -> bytes:
        voice = _LANGUAGES.get(dialect, _LANGUAGES[MANDARIN])

        async def make() -> bytes:
            return await self._process.speak(text, voice=voice, slow=slow)

        return await self._made((text, slow, voice), make)

    async def _played(self, prompt: Prompt, *, slow: bool) -> bytes:
        async def make() -> bytes:
            if slow:
                return await self._process.slowed(await self._played(prompt, slow=False))
            return await self._storage.read(lambda views: views.prompts.sound(prompt.id))

        return await self._made((prompt.mark, slow, "recorded"), make)

    async def _made(self, key: Hashable, make: Callable[[], Awaitable[bytes]]) -> bytes:
        try:
            return await self._kept.get(key, make)
        except (SoundError, StorageError) as error:
            _log.error("a piece of a sentence can't be made audible: %s", error)
            return b""

    def _look(self, views: Views) -> Mapping[str, Mapping[str, Prompt]]:
        """Return what is played in each set: its own recordings before the ordinary ones."""
        own = {
            dialect: {aloud(one.text): one for one in views.prompts.of(dialect)}
            for dialect in dict.fromkeys((MANDARIN, self._dialect, *views.prompts.dialects()))
        }
        return {dialect: {**own[MANDARIN], **recorded} for dialect, recorded in own.items()}


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
