"""Speaks with callers: each turn is stored, taken like every message, and its answer said."""

import asyncio
import logging
from collections import deque
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from bot.booth import Booth
from bot.dialogue.phone.hearing import as_choice
from bot.dialogue.phone.script import the_script
from bot.dialogue.phone.standing import ANONYMOUS, Standing, read_calls, say
from bot.ports.bell import Bell, contact_topic
from bot.ports.rules import Rules
from bot.ports.storage import Storage, StorageError, Tx
from channels.base import Receive
from channels.call import PHONE, After, CallTurn, Heard, Listening, Say
from channels.message import Attachment, AttachmentKind, InboundMessage

_log = logging.getLogger(__name__)

_PATIENCE_SECONDS: Final = 3.0
"""So long she hears nothing; then that it takes a moment."""

_WAITS_MOST: Final = 3
_POLL_SECONDS: Final = 0.5
_PAUSE_SECONDS: Final = 0.2
_RETRY_SECONDS: Final = 5.0
_LEFT_MOST: Final = 100
_GONE: Final = Say(text="", after=After.HANG_UP)
_WAV_BYTES_A_SECOND: Final = 32_000


@dataclass(slots=True)
class _Line:
    """One call in this process: what is not stored yet, and the turn whose answer is awaited.

    While she is in the `booth`, nothing is stored; `unkept` counts the turns that she took there,
    so that numbers of later ones don't tell it.
    """

    unstored: deque[InboundMessage] = field(default_factory=deque)
    owed: str = ""
    contact_id: int = 0
    waits: int = 0
    taking: asyncio.Future[Say | None] | None = None
    booth: Booth | None = None
    unkept: int = 0


class Switchboard:
    """See `channels.base.Conversation`; `run` stores what could not be stored during a call."""

    def __init__(
        self,
        *,
        storage: Storage,
        bell: Bell,
        receive: Receive,
        rules: Rules,
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        self._storage = storage
        self._bell = bell
        self._receive = receive
        self._rules = rules
        self._patience_seconds = patience_seconds
        self._lines: dict[str, _Line] = {}
        self._left: deque[InboundMessage] = deque(maxlen=_LEFT_MOST)

    async def turn(self, turn: CallTurn) -> Say:
        """Store the turn, wait until it has taken effect, and return what is said to it."""
        line = self._lines.setdefault(turn.call.id, _Line())
        try:
            said = await self._answered(turn, line)
        except Exception:  # noqa: BLE001  logged whole; she hears that it takes a moment
            _log.exception("a turn of call %s could not be answered", turn.call.id)
            said = self._wait(line)
        if said.after is not After.LISTEN:
            self._lines.pop(turn.call.id, None)
            self._left.extend(line.unstored)
        return said

    async def run(self) -> None:
        """Store what is left of calls that ended while the database was away, until cancelled."""
        while True:
            await asyncio.sleep(_RETRY_SECONDS)
            try:
                await self._store(self._left)
            except StorageError as error:
                _log.warning("%d turns of calls wait to be stored: %s", len(self._left), error)

    async def _answered(self, turn: CallTurn, line: _Line) -> Say:
        if line.booth is not None:
            taken = await line.booth.turn(turn)
            if isinstance(taken, Say):
                line.unkept += 1
                return taken
            turn, line.booth = taken, None
        turn = replace(turn, number=turn.number - line.unkept)
        if not (line.owed and turn.heard is Heard.SILENCE):
            message = as_message(turn)
            line.unstored.append(message)
            line.owed = message.external_id
        until = asyncio.get_running_loop().time() + self._patience_seconds
        try:
            async with asyncio.timeout_at(until):
                await self._store_all(line)
        except TimeoutError:
            return _GONE if turn.heard is Heard.HUNG_UP else self._wait(line)
        if turn.heard is Heard.HUNG_UP:
            return _GONE
        said = await self._said(turn.call.id, line, until)
        if said is None:
            return self._wait(line)
        line.owed, line.waits = "", 0
        if said.listening is Listening.KEYS:
            line.booth = self._booth(line, said)
            return line.booth.says()
        return said

    def _booth(self, line: _Line, entering: Say) -> Booth:
        return Booth(
            storage=self._storage,
            rules=self._rules,
            contact_id=line.contact_id,
            entering=entering,
            patience_seconds=self._patience_seconds,
        )

    async def _store_all(self, line: _Line) -> None:
        """Store what is waiting, in order; try again while the database is away."""
        while True:
            try:
                line.contact_id = await self._store(line.unstored) or line.contact_id
            except StorageError as error:
                _log.warning("a turn of a call can't be stored, trying again: %s", error)
                await asyncio.sleep(_PAUSE_SECONDS)
            else:
                return

    async def _store(self, messages: deque[InboundMessage]) -> int:
        """Store them in order; each stays until it is durable. Return the contact of the last."""
        contact_id = 0
        while messages:
            contact_id = (await self._receive(messages[0])).contact_id
            messages.popleft()
        return contact_id

    async def _said(self, call_id: str, line: _Line, until: float) -> Say | None:
        """Wait for the answer; None when the time is over and there is none."""
        now = asyncio.get_running_loop().time
        with self._bell.listen(contact_topic(line.contact_id)) as ear:
            while (left := until - now()) > 0:
                said = await self._take(call_id, line, left)
                if said is not None:
                    return said
                await ear.wait(max(0.0, min(_POLL_SECONDS, until - now())))
        return None

    async def _take(self, call_id: str, line: _Line, seconds: float) -> Say | None:
        """Take the answer if there is one. Taking is never broken off: what it took is said."""
        if line.taking is None:
            take = partial(_take, call_id, line.contact_id, line.owed)
            line.taking = asyncio.ensure_future(self._storage.write(take))
        done, _ = await asyncio.wait((line.taking,), timeout=seconds)
        if not done:
            return None
        taking, line.taking = line.taking, None
        try:
            return taking.result()
        except StorageError as error:
            _log.warning("an answer can't be read, trying again: %s", error)
            return None

    def _wait(self, line: _Line) -> Say:
        """Ask her to wait; after a few times promise that she is called back."""
        line.waits += 1
        if line.waits > _WAITS_MOST:
            return Say(text=self._rules.texts.say("phone.trouble.promise"), after=After.HANG_UP)
        return Say(text=self._rules.texts.say("phone.trouble.wait"), listening=Listening.NOTHING)


def as_message(turn: CallTurn) -> InboundMessage:
    """Return the turn as a message; words that lie in a recording are its words."""
    detail = turn.call.about if turn.heard is Heard.BEGAN else turn.keys
    words = "".join(word.text for word in turn.words)
    return InboundMessage(
        channel=PHONE,
        address=turn.call.caller or f"{ANONYMOUS}{turn.call.id}",
        external_id=f"{turn.call.id}:{turn.number}",
        text="" if turn.recording else words,
        sent_at=turn.at,
        choice=as_choice(turn.heard, detail),
        attachments=_recordings(turn),
    )


def _recordings(turn: CallTurn) -> tuple[Attachment, ...]:
    if not turn.recording:
        return ()
    return (
        Attachment(
            kind=AttachmentKind.VOICE,
            media_type="audio/wav",
            content=turn.recording,
            size=len(turn.recording),
            seconds=round(len(turn.recording) / _WAV_BYTES_A_SECOND, 1),
            words=turn.words,
        ),
    )


def _take(call_id: str, contact_id: int, external_id: str, tx: Tx) -> Say | None:
    """Take the answer to the turn, which is said now; None while there is none.

    One that nobody could handle has its apology, and the call goes on where it stood.
    """
    message_id = tx.inbox.find(PHONE, external_id)
    if message_id is None:
        return None
    handled = tx.inbox.is_handled(message_id)  # before the answer is looked for: both are one unit
    text = tx.outbox.said(f"inbox:{message_id}")
    if text is None and not handled:
        return None
    script = the_script()
    calls = read_calls(tx.dialogues.get(contact_id).notes)
    call = calls.get(call_id) or Standing(state=script.begins, at=tx.now)
    return say(script, call, text or "")
