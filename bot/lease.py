"""A channel's lease, kept in the database."""

import logging
import secrets
from datetime import timedelta
from typing import Final

from bot.ports.storage import Storage, StorageError

_log = logging.getLogger(__name__)
_FOR: Final = timedelta(seconds=30)


class StoredLease:
    """See `channels.base.Lease`."""

    def __init__(self, storage: Storage, name: str) -> None:
        self._storage = storage
        self._name = name
        self._holder = secrets.token_hex(8)

    async def hold(self) -> bool:
        """Take or prolong; without a database nobody has it."""
        try:
            return await self._storage.write(
                lambda tx: tx.leases.take(self._name, self._holder, tx.now + _FOR)
            )
        except StorageError as error:
            _log.warning("the lease %s can't be looked at: %s", self._name, error)
            return False

    async def release(self) -> None:
        """Give it back; if that fails it ends by itself."""
        try:
            await self._storage.write(lambda tx: tx.leases.give_back(self._name, self._holder))
        except StorageError as error:
            _log.warning("the lease %s can't be given back, it ends soon: %s", self._name, error)
