"""Inbox → lane per contact, in order → words → dialogue → one unit."""

import asyncio
import logging
from functools import partial
from typing import Final

from bot.dialogue.commands import in_words
from bot.dialogue.conversation import apologise, take_message
from bot.ports.bell import DESK, MEDIA, address_topic, contact_topic
from bot.ports.inbox import Waiting
from bot.ports.incidents import NOTHING_KNOWN, Incidents
from bot.ports.rules import Rules
from bot.ports.storage import Patient, Storage, StorageError, Tx
from channels.base import Receipt
from channels.message import InboundMessage
from nlp.meaning import Interpreter, Meaning

_log = logging.getLogger(__name__)

_LANES_MOST: Final = 32

_SCAN_MOST: Final = 1000
_POLL_SECONDS: Final = 5.0
_PAUSE_SECONDS: Final = 0.5
_ATTEMPTS_MOST: Final = 3
_LONG_TEXT: Final = 400


class Intake:
    """Takes every channel's messages through the one pipeline."""

    def __init__(
        self,
        *,
        storage: Storage,
        rules: Rules,
        interpreter: Interpreter,
        incidents: Incidents = NOTHING_KNOWN,
    ) -> None:
        self._incidents = incidents
        self._storage = storage
        self._rules = rules
        self._interpreter = interpreter
        self._hints: dict[int, list[Waiting]] = {}
        self._busy: set[int] = set()
        self._wake = asyncio.Event()

    async def receive(self, message: InboundMessage) -> Receipt:
        """Store the message. When this returns, it is durable and takes effect once."""
        contact_id, message_id = await self._storage.write(partial(_store, message))
        if message_id is not None and message.attachments and message.prepared:
            self.ready(contact_id)
        elif message_id is not None and not message.attachments:
            waiting = Waiting(id=message_id, contact_id=contact_id, attempts=0, message=message)
            self._hints.setdefault(contact_id, []).append(waiting)
            self._wake.set()
        return Receipt(contact_id, fresh=message_id is not None)

    async def set_aside(self, message: InboundMessage) -> None:
        """Store what can't be read, for people to look at in the workbench."""
        await self._storage.write(partial(_store_aside, message))

    def ready(self, contact_id: int) -> None:
        """Take note that a message of the contact is prepared."""
        self._hints.setdefault(contact_id, [])
        self._wake.set()

    async def run(self) -> None:
        """Handle messages until cancelled; what an earlier process left comes first.

        Hints save the look into the table. Every few seconds it is looked into all the same:
        another process on the same database may have died with messages waiting.
        """
        async with asyncio.TaskGroup() as lanes:
            lanes.create_task(self._scan())
            while True:
                await self._wake.wait()
                self._wake.clear()
                for contact_id in self._hints.keys() - self._busy:
                    if len(self._busy) >= _LANES_MOST:
                        break
                    self._busy.add(contact_id)
                    lanes.create_task(self._lane(contact_id))

    async def _scan(self) -> None:
        while True:
            try:
                lanes = await self._storage.read(lambda views: views.inbox.lanes(_SCAN_MOST))
                for contact_id in lanes:
                    self._hints.setdefault(contact_id, [])
                self._wake.set()
            except StorageError as error:
                _log.warning("the inbox can't be read, trying again: %s", error)
            except Exception:  # noqa: BLE001  logged whole; the loop must go on
                _log.exception("the inbox can't be read, trying again")
            await asyncio.sleep(_POLL_SECONDS)

    async def _lane(self, contact_id: int) -> None:
        """Handle a contact's messages one after the other until none waits.

        What this process has just stored needs no look into the table, as long as each is
        the next of its lane; otherwise the table tells what is.
        """
        try:
            while (known := self._hints.pop(contact_id, None)) is not None:
                if known and all([await self._handle(waiting) for waiting in known]):
                    continue
                while waiting := await self._next(contact_id):
                    await self._handle(waiting)
        except Exception:  # noqa: BLE001  logged whole; the other lanes go on
            _log.exception("contact %d's lane stopped; the next look finds it", contact_id)
        finally:
            self._busy.discard(contact_id)
            self._wake.set()

    async def _next(self, contact_id: int) -> Waiting | None:
        while True:
            try:
                return await self._storage.read(lambda views: views.inbox.next_of(contact_id))
            except StorageError as error:
                _log.warning("a lane can't be read, trying again: %s", error)
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _handle(self, waiting: Waiting) -> bool:
        """Handle the message; false when it was not the next of its lane, or has to wait."""
        try:
            meaning = await self._interpret(in_words(self._rules.texts, waiting.words))
            unit = partial(
                take_message,
                rules=self._rules,
                interpreter=self._interpreter,
                waiting=waiting,
                meaning=meaning,
                incidents=self._incidents,
            )
            return await self._storage.write(Patient(unit))
        except StorageError as error:
            _log.warning("message %d has to wait: %s", waiting.id, error)
            await asyncio.sleep(_PAUSE_SECONDS)
        except Exception:  # noqa: BLE001  logged whole; the loop must go on
            _log.exception("message %d could not be handled", waiting.id)
            await self._stumble(waiting)
        return False

    async def _interpret(self, text: str) -> Meaning:
        """Long texts are read in a thread, so that nobody else waits for them."""
        if len(text) < _LONG_TEXT:
            return self._interpreter.interpret(text)
        return await asyncio.to_thread(self._interpreter.interpret, text)

    async def _stumble(self, waiting: Waiting) -> None:
        """Try again a few times; then set the message aside, so that the lane goes on."""
        try:
            await self._storage.write(partial(_count_attempt, self._rules, waiting))
        except StorageError as error:
            _log.warning("the failed attempt can't be counted: %s", error)
        except Exception:  # noqa: BLE001  logged whole; the loop must go on
            _log.exception("the failed attempt can't be counted")
        await asyncio.sleep(_PAUSE_SECONDS)


def _store(message: InboundMessage, tx: Tx) -> tuple[int, int | None]:
    """Return the contact, and the message's id if it had not come before."""
    contact = tx.people.meet(message.channel, message.address)
    message_id = tx.inbox.store(contact.id, message)
    if message_id is not None:
        for attachment in message.attachments:
            tx.media.add(message_id, contact.id, attachment)
        if not message.prepared:
            tx.ring(MEDIA)
        tx.ring(contact_topic(contact.id))
        tx.ring(address_topic(message.channel, message.address))
    return contact.id, message_id


def _store_aside(message: InboundMessage, tx: Tx) -> None:
    contact = tx.people.meet(message.channel, message.address)
    message_id = tx.inbox.store(contact.id, message)
    if message_id is not None:
        tx.inbox.set_aside(message_id)
        tx.ring(DESK)


def _count_attempt(rules: Rules, waiting: Waiting, tx: Tx) -> None:
    if tx.inbox.claim(waiting.contact_id, waiting.id) and (
        tx.inbox.stumbled(waiting.id) >= _ATTEMPTS_MOST
    ):
        apologise(tx, rules, waiting)
