"""One call from its first moment to its last, whatever carries it."""

import asyncio
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from channels.base import Conversation
from channels.call import (
    After,
    Call,
    CallBook,
    CallEnd,
    CallTurn,
    Ear,
    Heard,
    Listening,
    Say,
    Transfers,
    Voice,
)
from channels.phone.attention import Attention
from channels.phone.figures import Figures
from channels.phone.hearing import words_of
from channels.phone.inlet import Inlet
from channels.phone.leg import Leg
from channels.phone.mouth import Mouth
from channels.phone.pauses import Pauses
from channels.phone.sound import wav
from channels.phone.voices import VoiceStream

CALL_SECONDS_MOST: Final = 1800.0
STILL_SECONDS_MOST: Final = 60.0
_AGAIN_SECONDS: Final = 0.6
_SOON_SECONDS: Final = 1.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Whom a line works with."""

    conversation: Conversation
    ear: Ear
    voice: Voice
    book: CallBook
    transfers: Transfers
    now: Callable[[], datetime]


class Line:
    """A party of a leg (see `Party`) that beats with the metronome (see `Timed`)."""

    def __init__(self, uuid: str, leg: Leg, parts: Parts, figures: Figures, *, now: float) -> None:
        self.voice = VoiceStream()
        self._uuid = uuid
        self._leg = leg
        self._parts = parts
        self._figures = figures
        self._began = now
        self._inlet = Inlet(now)
        self._mouth = Mouth()
        self._pauses = Pauses()
        self._attention: Attention | None = None
        self._end: CallEnd | None = None
        self._left = asyncio.Event()
        self._turns = 0
        self._key = ("", now)
        self._ended_at = -math.inf
        self._owed_since: float | None = None

    # The leg's side

    def sound(self, sound: bytes) -> None:
        """Hear sound, 16 kHz mono."""
        self._hear(self._inlet.take(sound, self._time()))

    def key(self, key: str) -> None:
        """Hear a key. One that is pressed twice at once is meant once, except among digits."""
        before, at = self._key
        self._key = (key, self._time())
        attention = self._attention
        if attention is None:
            return
        if key == before and self._time() - at < _AGAIN_SECONDS and not attention.keys:
            return
        attention.key(key)

    def gone(self, end: CallEnd) -> None:
        """Hear that nobody is there any more."""
        if self._end is None:
            self._end = end
            self._mouth.stop()
            self._left.set()
            if self._attention is not None:
                self._attention.gone()

    # The metronome's side

    def beat(self, now: float) -> None:
        """Send the next 20 ms; notice a leg that is still for too long."""
        if self._end is not None:
            return
        if self._owed_since is not None and self._mouth.speaking:
            self._figures.answers.append(now - self._owed_since)
            self._owed_since = None
        self._leg.send(self._mouth.frame())
        self._hear(self._inlet.beat(now))
        still = self._inlet.still_seconds(now) > STILL_SECONDS_MOST
        if still or now - self._began > CALL_SECONDS_MOST:
            _log.warning("call %s is ended: %s", self._uuid, "nothing comes" if still else "long")
            self.gone(CallEnd.LOST)

    def window(self) -> bytes:
        """Return the next window to be judged."""
        return self._inlet.window()

    def judged(self, window: bytes, likelihood: float) -> None:
        """Hear how likely that window is speech."""
        attention = self._attention
        if attention is None:
            return
        before = attention.began
        attention.window(likelihood, window)
        if attention.began and not before and self._time() - self._ended_at < _SOON_SECONDS:
            self._pauses.cut_short()
            self._figures.cut_short += 1

    def _hear(self, sound: bytes) -> None:
        if sound and self._attention is not None:
            self._attention.sound(sound, self._inlet.due)

    def _time(self) -> float:
        return asyncio.get_running_loop().time()

    # The call

    async def run(self) -> None:
        """Hold the conversation, until either hangs up."""
        call = await self._parts.book.began(self._uuid)
        if call is None:
            self._leg.hang_up()
            return
        try:
            end = await self._converse(call)
        finally:
            self._leg.hang_up()
        await self._parts.book.ended(self._uuid, end)

    async def _converse(self, call: Call) -> CallEnd:
        turn = self._turn(call, Heard.BEGAN)
        while True:
            say = await self._parts.conversation.turn(turn)
            if turn.heard is Heard.HUNG_UP:
                return self._end or CallEnd.HUNG_UP
            heard = await self._speak_and_listen(call, say)
            if self._end is not None:
                if self._end is CallEnd.TRANSFERRED:
                    return self._end
                heard = replace(heard, heard=Heard.HUNG_UP)
            elif say.after is After.HANG_UP:
                return CallEnd.GOODBYE
            turn = heard

    async def _speak_and_listen(self, call: Call, say: Say) -> CallTurn:
        sound = b""
        if self._end is None:
            sound = await self._parts.voice.speech(say.text, slow=say.slow, dialect=say.dialect)
        if self._end is not None:
            return self._turn(call, Heard.HUNG_UP)
        if say.after is After.LISTEN and say.listening is not Listening.NOTHING:
            return await self._listen(call, say, sound)
        self._mouth.say(sound)
        await self._mouth.quiet()
        if say.after is After.TRANSFER:
            await self._connect(call)
            return self._turn(call, Heard.UNANSWERED)
        return self._turn(call, Heard.SILENCE)

    async def _connect(self, call: Call) -> None:
        """Have a person rung, as long as she waits."""
        async with asyncio.TaskGroup() as group:
            ringing = group.create_task(self._parts.transfers.connect(call))
            leaving = group.create_task(self._left.wait())
            await asyncio.wait({ringing, leaving}, return_when=asyncio.FIRST_COMPLETED)
            ringing.cancel()
            leaving.cancel()
        if self._end is None and not ringing.cancelled() and ringing.result():
            self._end = CallEnd.TRANSFERRED

    async def _listen(self, call: Call, say: Say, sound: bytes) -> CallTurn:
        self._mouth.say(sound)
        attention = Attention(say, self._mouth, self._pauses, lambda: self._inlet.recent)
        self._attention = attention
        try:
            async with asyncio.TaskGroup() as group:
                hearing = group.create_task(
                    words_of(attention, self._parts.ear, say, self._figures)
                )
                heard = await attention.over
                self._owed_since = attention.ended_at
                if heard is Heard.WORDS:
                    self._ended_at = attention.ended_at
                by_key = heard is Heard.KEY and say.listening is not Listening.DICTATION
                if by_key:
                    hearing.cancel()
        finally:
            self._attention = None
        turn = self._turn(call, heard)
        turn = replace(turn, keys=attention.keys, interrupted=attention.interrupted)
        if by_key or not attention.began:
            return turn
        words = hearing.result()
        if heard is Heard.WORDS and not words:
            turn = replace(turn, heard=Heard.UNCLEAR)
        return replace(turn, words=words, recording=wav(bytes(attention.recording)))

    def _turn(self, call: Call, heard: Heard) -> CallTurn:
        number, self._turns = self._turns, self._turns + 1
        return CallTurn(call=call, number=number, heard=heard, at=self._parts.now())
