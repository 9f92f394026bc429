"""What a telephone line and a conversation tell each other: plain frozen values."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

PHONE: Final = "phone"
"""The channel of calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call, by the exchange's UUID. Numbers are empty when nobody registered them.

    `caller` is the resident's number, whoever called whom, and `called` the community's. `about`
    is the key of the message for whose sake we called; empty when we were called.
    """

    id: str
    began_at: datetime
    caller: str = ""
    called: str = ""
    about: str = ""


class CallEnd(StrEnum):
    """How a call ended; those from BUSY on are calls of ours that nobody took."""

    GOODBYE = "goodbye"
    """All was said, and we hung up."""
    HUNG_UP = "hung_up"
    TRANSFERRED = "transferred"
    LOST = "lost"
    """The exchange, the connection or the service broke off."""
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    CONGESTED = "congested"
    """The exchange had no line free."""
    MACHINE = "machine"
    """An answering machine took it."""
    NO_SUCH_NUMBER = "no_such_number"
    FAILED = "failed"
    """The exchange did not place it; surely no phone rang."""
    UNCERTAIN = "uncertain"
    """Nobody knows whether it reached her."""


class CallBook(Protocol):
    """Which calls there are; it may have been registered with another process."""

    async def began(self, uuid: str) -> Call | None:
        """Return the call whose sound begins now; anonymous when nobody registered it.

        None when a call of that UUID began before: this one is not served. Never raises.
        """
        ...

    async def ended(self, uuid: str, end: CallEnd) -> None:
        """Keep how it ended; what was kept first stays. Never raises."""
        ...


class Transfers(Protocol):
    """How a caller is connected with a person."""

    async def connect(self, call: Call) -> bool:
        """Ring a person, half a minute at most; False when nobody takes it. Never raises.

        Meanwhile the call goes on as it is. After True the line ends its leg: the exchange then
        joins the two. Cancelled, as when the caller hangs up, it stops ringing.
        """
        ...


class Heard(StrEnum):
    """What came of listening."""

    BEGAN = "began"
    """Nothing yet: the line is open, and she waits for us to speak first."""
    WORDS = "words"
    KEY = "key"
    """A key was pressed, or several where digits are collected."""
    SILENCE = "silence"
    """Nobody said anything in the time that was given."""
    UNCLEAR = "unclear"
    """Somebody spoke, and no words were understood."""
    UNANSWERED = "unanswered"
    """She was to be connected with a person, and nobody took the call."""
    RETURNED = "returned"
    """She is back from where nothing of hers was kept; no line hears this by itself."""
    HUNG_UP = "hung_up"


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word with the recogniser's confidence, 0 to 1; seconds count in the turn's recording."""

    text: str
    confidence: float
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTurn:
    """What was heard once; `number` counts from 0, which is BEGAN.

    `recording` is a WAV of what she said, 16 kHz mono; `interrupted` says that she began while
    we still spoke.
    """

    call: Call
    number: int
    heard: Heard
    at: datetime
    words: tuple[SpokenWord, ...] = ()
    keys: str = ""
    recording: bytes = b""
    interrupted: bool = False


class Listening(StrEnum):
    """What is listened for after we have spoken."""

    DICTATION = "dictation"
    """Anything, as long as she likes."""
    CHOICE = "choice"
    """One of some phrases, or one key."""
    DIGITS = "digits"
    """Digits spoken or keyed; # ends them."""
    KEYS = "keys"
    """Keys alone, one that ends it or several digits; what is said is neither heard nor kept."""
    NOTHING = "nothing"
    """Nobody is listened to: once it has spoken, the line goes on with SILENCE at once."""


class After(StrEnum):
    """What the line does once it has spoken."""

    LISTEN = "listen"
    HANG_UP = "hang_up"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """What is said next, and how the answer is listened for.

    `phrases` are what a CHOICE understands, `keys` the keys that end listening, `digits_most` how
    many digits are waited for. `wait_seconds`
    is how long she has for her first word, `silence_seconds` what ends her speech (the line
    adapts it to a slow speaker), `most_seconds` how long she may go on. `dialect` is the set of
    recordings that she has chosen, empty for that of the community.
    """

    text: str
    listening: Listening = Listening.NOTHING
    phrases: tuple[str, ...] = ()
    keys: str = ""
    digits_most: int = 32
    wait_seconds: float = 8.0
    silence_seconds: float = 1.5
    most_seconds: float = 90.0
    slow: bool = False
    dialect: str = ""
    after: After = After.LISTEN


@dataclass(frozen=True, slots=True)
class Hearing:
    """What a recogniser has of the sound so far: words that stay, and what may still change.

    `others` counts what was settled with the words and is none of the phrases listened for.
    """

    words: tuple[SpokenWord, ...] = ()
    partial: str = ""
    others: int = 0


class Listener(Protocol):
    """One stream of sound: 16 kHz mono, signed 16 bits little-endian."""

    @property
    def anything(self) -> bool:
        """Say whether it hears anything; a recogniser may be unable to hear only some phrases."""
        ...

    async def feed(self, sound: bytes) -> Hearing:
        """Listen to a piece; return only the words that it settled."""
        ...

    async def finish(self) -> Hearing:
        """Return the last words; nothing can be fed after that."""
        ...


class EarError(Exception):
    """Nothing can be recognised now; the recording is kept, and a person will listen to it."""


class Ear(Protocol):
    """Recognition of speech."""

    def listen(self, phrases: Sequence[str] | None) -> AbstractAsyncContextManager[Listener]:
        """Listen for anything, or only for these phrases; EarError here and in the listener."""
        ...


class Voice(Protocol):
    """Texts made audible."""

    async def speech(self, text: str, *, slow: bool, dialect: str = "") -> bytes:
        """Return sound of the text: 8 kHz mono, signed 16 bits little-endian; never raises.

        Without a `dialect` it is that of the community.
        """
        ...
