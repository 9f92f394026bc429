"""What is attached to messages: fetched, made small, listened to, before the message is taken."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from bot.dialogue.phone.lost import end_lost_calls, take_up_lost_calls
from bot.flow.cases.recording import listen_to_unconfirmed, words_came_late
from bot.flow.telling.talk import media_changed
from bot.photo import MEDIA_TYPE, PhotoError, smaller
from bot.ports.bell import MEDIA, Bell
from bot.ports.media import NO_MODEL, Media, MediaState
from bot.ports.rules import Rules
from bot.ports.speech import NotHeardError, Recogniser
from bot.ports.storage import Storage, StorageError, Tx
from channels.base import Channel, FetchError, HasFiles
from nlp.meaning import Interpreter
from nlp.speech.transcript import Transcript

_log = logging.getLogger(__name__)

FILE_MOST: Final = 20 * 1024 * 1024
"""Bytes. Telegram gives bots no larger ones either."""

_AT_ONCE_MOST: Final = 8
_POLL_SECONDS: Final = 1.0
_PATIENCE: Final = timedelta(seconds=60)
"""How long a message waits for its attachments; after that they follow."""

_FIRST_DELAY: Final = timedelta(seconds=2)
_DELAY_MOST: Final = timedelta(minutes=30)
_ATTEMPTS_MOST: Final = 30
_HEARINGS_MOST: Final = 5
_INTERRUPTED_MOST: Final = 5
"""So often work on what is here may end with the process; the next time might end it again."""

_REDRAWN_AT_ONCE: Final = 1
"""Photos: a small file may be a large picture."""

_MODEL_DELAY: Final = timedelta(days=1)


class Preparation:
    """Works on attachments until cancelled. What a kill interrupts is done again."""

    def __init__(  # noqa: PLR0913  every part is handed in
        self,
        *,
        storage: Storage,
        bell: Bell,
        rules: Rules,
        interpreter: Interpreter,
        channels: Sequence[Channel],
        recogniser: Recogniser,
        wake: Callable[[int], None],
        alone: bool,
        lease: timedelta,
    ) -> None:
        """`wake` is told the contact of each message that is ready to be taken.

        `alone` when no other process works on the same database; another one that dies leaves
        its attachments for `lease`.
        """
        self._alone = alone
        self._lease = lease
        self._storage = storage
        self._bell = bell
        self._rules = rules
        self._interpreter = interpreter
        self._files: Mapping[str, HasFiles] = {
            channel.name: channel for channel in channels if isinstance(channel, HasFiles)
        }
        self._recogniser = recogniser
        self._wake = wake
        self._busy = 0
        self._could_hear = False
        self._redrawing = asyncio.Semaphore(_REDRAWN_AT_ONCE)

    async def run(self) -> None:
        """Prepare what waits, with what an earlier process left or had no model for."""
        begun = False
        async with asyncio.TaskGroup() as group:
            with self._bell.listen(MEDIA) as ear:
                while True:
                    try:
                        begun = begun or await self._begin()
                        await self._listen_again()
                        await self._let_overdue_go()
                        started = await self._start(group)
                    except StorageError as error:
                        _log.warning("attachments have to wait: %s", error)
                        started = 0
                    if not started:
                        await ear.wait(_POLL_SECONDS)

    async def _begin(self) -> bool:
        """Take up what was left: all of it when nobody else can be at work on it."""
        reason = None if self._alone else NO_MODEL
        await self._storage.write(lambda tx: tx.media.retry(reason))
        return True

    async def _listen_again(self) -> None:
        """Try again what had no model, each time that one has been loaded."""
        can_hear = self._recogniser.ready
        if can_hear and not self._could_hear:
            await self._storage.write(lambda tx: tx.media.retry(NO_MODEL))
        self._could_hear = can_hear

    async def _start(self, group: asyncio.TaskGroup) -> int:
        free = _AT_ONCE_MOST - self._busy
        if not free:
            return 0
        claimed = await self._storage.write(
            lambda tx: tx.media.claim_due(free, tx.now + self._lease)
        )
        self._busy += len(claimed)
        for media in claimed:
            group.create_task(self._work_on(media))
        return len(claimed)

    async def _work_on(self, media: Media) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                holding = group.create_task(self._hold(media))
                await self._prepare(media)
                holding.cancel()
        except* StorageError as error:
            _log.warning("attachment %d has to wait: %s", media.id, error.exceptions[0])
        except* Exception:  # noqa: BLE001  logged whole; the others go on
            _log.exception("attachment %d stumbled", media.id)
            await self._end(media, partial(_give_up, media, "stumbled"))
        finally:
            self._busy -= 1

    async def _hold(self, media: Media) -> None:
        """Prolong the lease while it is worked on."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            await self._storage.write(lambda tx: tx.media.hold(media.id, tx.now + self._lease))

    async def _prepare(self, media: Media) -> None:
        if media.attempts > _attempts_most(media):
            _log.warning("attachment %d was interrupted too often", media.id)
            await self._end(media, partial(_give_up, media, "interrupted"))
            return
        try:
            if media.state is MediaState.WANTED:
                content = await self._fetched(media)
                if not media.spoken:
                    async with self._redrawing:
                        photo = await asyncio.to_thread(smaller, content)
                    await self._end(media, partial(_keep_photo, media, photo))
                    return
                await self._storage.write(partial(_keep_recording, media, content))
            else:
                content = await self._stored(media)
            transcript = await self._recogniser.transcribe(content)
        except FetchError as error:
            await self._end(media, partial(_not_fetched, media, error))
        except PhotoError as error:
            _log.warning("attachment %d is no photo that can be kept: %s", media.id, error)
            await self._end(media, partial(_give_up, media, error.code))
        except NotHeardError as error:
            await self._end(media, partial(_not_heard, media, error))
        else:
            heard = partial(_heard, self._rules, self._interpreter, media, transcript)
            await self._end(media, heard)

    async def _fetched(self, media: Media) -> bytes:
        """Return the file: what came with the message, or what the channel has."""
        stored = await self._stored(media)
        if stored:
            return stored
        files = self._files.get(media.channel)
        if files is None:
            raise FetchError("channel_off", retryable=True, retry_after_seconds=300)
        return await files.fetch(media.reference, most=FILE_MOST)

    async def _stored(self, media: Media) -> bytes:
        return await self._storage.read(lambda views: views.media.content(media.id))

    async def _end(self, media: Media, unit: Callable[[Tx], None]) -> None:
        """Write down what came of it; with its last attachment the message is ready."""
        if await self._storage.write(partial(_and_release, media, unit)):
            self._wake(media.contact_id)

    async def _let_overdue_go(self) -> None:
        for contact_id in await self._storage.write(_release_overdue):
            self._wake(contact_id)
        listen = partial(listen_to_unconfirmed, rules=self._rules, interpreter=self._interpreter)
        await self._storage.write(listen)
        for end in (take_up_lost_calls, end_lost_calls):
            lost = partial(end, rules=self._rules, interpreter=self._interpreter)
            await self._storage.write(lost)


def _and_release(media: Media, unit: Callable[[Tx], None], tx: Tx) -> bool:
    tx.inbox.lock(media.contact_id)  # the message is taken before these words, or with them
    unit(tx)
    media_changed(tx, media.contact_id)
    if tx.media.pending(media.inbox_id):
        return False
    tx.inbox.prepared(media.inbox_id)
    return True


def _release_overdue(tx: Tx) -> list[int]:
    overdue = tx.inbox.overdue(tx.now - _PATIENCE)
    for _, message_id in overdue:
        tx.inbox.prepared(message_id)
    return [contact_id for contact_id, _ in overdue]


def _keep_photo(media: Media, photo: bytes, tx: Tx) -> None:
    tx.media.keep(media.id, photo, MEDIA_TYPE, MediaState.KEPT)


def _keep_recording(media: Media, content: bytes, tx: Tx) -> None:
    tx.media.keep(media.id, content, media.media_type, MediaState.UNHEARD)


def _heard(
    rules: Rules, interpreter: Interpreter, media: Media, transcript: Transcript, tx: Tx
) -> None:
    tx.media.heard(media.id, transcript)
    words_came_late(tx, rules, interpreter, media.id)


def _attempts_most(media: Media) -> int:
    """Return how often it may be tried; a claim counts as an attempt, even if a kill ends it."""
    to_fetch = media.state is MediaState.WANTED and media.reference
    return _ATTEMPTS_MOST if to_fetch else _INTERRUPTED_MOST


def _not_fetched(media: Media, error: FetchError, tx: Tx) -> None:
    if not error.retryable or media.attempts >= _ATTEMPTS_MOST:
        _give_up(media, error.code, tx)
        return
    delay = min(_FIRST_DELAY * 2 ** min(media.attempts - 1, 16), _DELAY_MOST)
    delay = max(delay, timedelta(seconds=error.retry_after_seconds))
    tx.media.put_off(media.id, tx.now + delay, error.code)


def _not_heard(media: Media, error: NotHeardError, tx: Tx) -> None:
    if error.code == NO_MODEL:
        tx.media.put_off(media.id, tx.now + _MODEL_DELAY, NO_MODEL)
    elif error.retryable and media.attempts < _HEARINGS_MOST:
        tx.media.put_off(media.id, tx.now + _FIRST_DELAY * 2**media.attempts, error.code)
    else:
        tx.media.settle(media.id, MediaState.SILENT, error.code)


def _give_up(media: Media, code: str, tx: Tx) -> None:
    """The file did not come, or is not what it claims to be; a recording that is here stays."""
    kept = media.spoken and bool(tx.media.content(media.id))
    tx.media.settle(media.id, MediaState.SILENT if kept else MediaState.LOST, code)
