"""A line without an exchange: a leg that listens, a caller who speaks, and who answers her."""

import asyncio
import math
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from channels.call import (
    Call,
    CallEnd,
    CallTurn,
    EarError,
    Hearing,
    Listener,
    Listening,
    Say,
    SpokenWord,
)
from channels.phone.attention import PIECE_BYTES
from channels.phone.figures import Figures
from channels.phone.line import Line, Parts
from channels.phone.metronome import Metronome
from channels.phone.mouth import SILENCE
from channels.phone.sound import FRAME_SECONDS, HEARD_FRAME_BYTES, SPOKEN_RATE
from channels.phone.voices import VoiceDetector
from nlp.sound.audio import decode
from tests.nlp.speech.recordings import clip

DICTATE = Say(text="请讲", listening=Listening.DICTATION, keys="20*#")
DETECTOR = cache(VoiceDetector)


@cache
def speech(name: str = "clip05.ogg") -> bytes:
    """Somebody speaks, 16 kHz."""
    return decode(clip(name), most_seconds=60)


@cache
def recorded(file: Path) -> bytes:
    return decode(file.read_bytes(), most_seconds=60)


def quiet(seconds: float) -> bytes:
    return bytes(round(seconds / FRAME_SECONDS) * HEARD_FRAME_BYTES)


def tone(seconds: float) -> bytes:
    """A prompt, 8 kHz: every frame of it is no silence."""
    samples = (round(8000 * math.sin(n / 3 + 1)) for n in range(round(seconds * SPOKEN_RATE)))
    return b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples)


@dataclass
class Talk:
    """A conversation: what is said to each turn, in order, and which turns came."""

    says: Sequence[Say]
    turns: list[CallTurn] = field(default_factory=list)
    seconds: float = 0.0

    async def turn(self, turn: CallTurn) -> Say:
        self.turns.append(turn)
        await asyncio.sleep(self.seconds)
        return self.says[min(len(self.turns), len(self.says)) - 1]

    @property
    def heard(self) -> list[str]:
        return [turn.heard.value for turn in self.turns]


class Ears:
    """Hears what it is told to hear, once it has had some sound; keeps the sound.

    It takes so many `seconds` for each piece. Where `freely` is given, that is heard by who
    listens for anything.
    """

    anything = False

    def __init__(
        self, *words: str, fails: bool = False, seconds: float = 0.0, freely: Sequence[str] = ()
    ) -> None:
        self.words: Sequence[str] = words
        self.freely = freely or words
        self.fails = fails
        self.seconds = seconds
        self.phrases: list[Sequence[str] | None] = []
        self.streams: list[bytearray] = []
        self.pieces: list[int] = []

    @asynccontextmanager
    async def listen(self, phrases: Sequence[str] | None) -> AsyncIterator[Listener]:
        if self.fails:
            raise EarError("crashed")
        self.phrases.append(phrases)
        self.streams.append(bytearray())
        if phrases is None:
            self.words = self.freely
        yield self

    async def feed(self, sound: bytes) -> Hearing:
        await asyncio.sleep(self.seconds * len(sound) / PIECE_BYTES)
        self.streams[-1].extend(sound)
        self.pieces.append(len(sound))
        return Hearing(partial="".join(self.words))

    async def finish(self) -> Hearing:
        return Hearing(tuple(SpokenWord(word, 1.0, 0.0, 0.1) for word in self.words))


class Voices:
    """Says a tone, as long as the text is: a tenth of a second a character; knows in which set."""

    def __init__(self) -> None:
        self.dialects: list[str] = []

    async def speech(self, text: str, *, slow: bool, dialect: str = "") -> bytes:
        self.dialects.append(dialect)
        return tone(len(text) / (5 if slow else 10))


@dataclass
class Book:
    """Serves each call once, and keeps how it ended."""

    ends: dict[str, CallEnd] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    async def began(self, uuid: str) -> Call | None:
        if uuid in self.known:
            return None
        self.known.add(uuid)
        return Call(id=uuid, began_at=now())

    async def ended(self, uuid: str, end: CallEnd) -> None:
        self.ends[uuid] = end


@dataclass
class Colleague:
    """Takes the call after ringing for 20 seconds, or not."""

    there: bool = False
    asked: list[str] = field(default_factory=list)
    ringing: bool = False

    async def connect(self, call: Call) -> bool:
        self.asked.append(call.id)
        self.ringing = True
        try:
            await asyncio.sleep(20)
        finally:
            self.ringing = False
        return self.there


def now() -> datetime:
    return datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@dataclass
class Leg:
    """Keeps each frame with its time."""

    frames: list[tuple[float, bytes]] = field(default_factory=list)
    hung_up: bool = False

    def send(self, frame: bytes) -> None:
        self.frames.append((asyncio.get_running_loop().time(), frame))

    def hang_up(self) -> None:
        self.hung_up = True

    def spoke(self) -> list[tuple[float, float]]:
        """From when to when something was said."""
        spans: list[tuple[float, float]] = []
        for at, frame in self.frames:
            if frame == SILENCE:
                continue
            if spans and at - spans[-1][1] < 1.5 * FRAME_SECONDS:
                spans[-1] = (spans[-1][0], at)
            else:
                spans.append((at, at))
        return spans


@dataclass
class Caller:
    """One call on a virtual clock."""

    talk: Talk
    ears: Ears = field(default_factory=Ears)
    book: Book = field(default_factory=Book)
    colleague: Colleague = field(default_factory=Colleague)
    voices: Voices = field(default_factory=Voices)
    leg: Leg = field(default_factory=Leg)
    figures: Figures = field(default_factory=Figures)

    @asynccontextmanager
    async def calling(self) -> AsyncIterator[Line]:
        """Let the line run, until it ends or the script does."""
        parts = Parts(
            conversation=self.talk,
            ear=self.ears,
            voice=self.voices,
            book=self.book,
            transfers=self.colleague,
            now=now,
        )
        metronome = Metronome(DETECTOR())
        line = Line("a call", self.leg, parts, self.figures, now=asyncio.get_running_loop().time())
        async with asyncio.TaskGroup() as group:
            beating = group.create_task(metronome.run())
            running = group.create_task(line.run())
            metronome.join(line)
            yield line
            await asyncio.wait({running}, timeout=3600)
            metronome.leave(line)
            running.cancel()
            beating.cancel()

    async def until_spoken(self, times: int = 1) -> None:
        """Wait until so many prompts are over."""
        while len(self.leg.spoke()) < times or self.leg.frames[-1][1] != SILENCE:
            await asyncio.sleep(FRAME_SECONDS)

    async def speak(self, line: Line, *sounds: bytes) -> float:
        """Speak in time, and return when it began."""
        began = asyncio.get_running_loop().time()
        for frame in _frames(sounds):
            line.sound(frame)
            await asyncio.sleep(FRAME_SECONDS)
        return began


def _frames(sounds: Iterable[bytes]) -> Iterable[bytes]:
    sound = b"".join(sounds)
    return (
        sound[start : start + HEARD_FRAME_BYTES]
        for start in range(0, len(sound), HEARD_FRAME_BYTES)
    )
