"""The web chat's mailbox: what is stored of a conversation, and the ring when there is more."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from bot.ports.bell import Bell, Ear, address_topic, contact_topic
from bot.ports.storage import Storage, Views
from channels.message import ChatLine

_LINES_MOST: Final = 60


class StoredMail:
    """See `channels.webchat.Mail`. Until the first message there is no contact to listen to."""

    def __init__(self, storage: Storage, ear: Ear, channel: str, address: str) -> None:
        self._storage = storage
        self._ear = ear
        self._channel = channel
        self._address = address
        self._contact_id: int | None = None

    async def lines(self, after: str | None) -> Sequence[ChatLine]:
        """Return what came after the cursor, oldest first."""
        if self._contact_id is None:
            self._contact_id = await self._storage.read(self._find)
            if self._contact_id is None:
                return ()
            self._ear.also(contact_topic(self._contact_id))
        contact_id = self._contact_id
        return await self._storage.read(
            lambda views: views.chat.lines(contact_id, after=after, limit=_LINES_MOST)
        )

    async def wait(self, seconds: float) -> bool:
        """Wait for something new."""
        return await self._ear.wait(seconds)

    def _find(self, views: Views) -> int | None:
        contact = views.people.find(self._channel, self._address)
        return None if contact is None else contact.id


class StoredMailbox:
    """See `channels.webchat.Mailbox`."""

    def __init__(self, storage: Storage, bell: Bell, channel: str) -> None:
        self._storage = storage
        self._bell = bell
        self._channel = channel

    @contextmanager
    def open(self, address: str) -> Iterator[StoredMail]:
        """Follow the conversation until the context ends."""
        with self._bell.listen(address_topic(self._channel, address)) as ear:
            yield StoredMail(self._storage, ear, self._channel, address)
