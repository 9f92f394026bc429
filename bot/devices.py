"""The phones that may report their position, as they are stored."""

from functools import partial

from bot.ports.storage import Storage, Views
from channels.owntracks import NAME


class StoredKeys:
    """See `channels.owntracks.Keys`."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def admits(self, name: str, secret: str) -> bool:
        """Say whether the phone is bound, and this its secret."""
        return await self._storage.read(partial(_admits, name, secret))


def _admits(name: str, secret: str, views: Views) -> bool:
    contact = views.people.find(NAME, name)
    return contact is not None and views.devices.holds(contact.id, secret)
