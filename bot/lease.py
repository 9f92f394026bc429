"""A channel's lease, kept in the database."""

import logging
import secrets
from datetime import timedelta

from bot.ports.storage import Storage, StorageError

_log = logging.getLogger(__name__)


class StoredLease:
    """See `channels.base.Lease`."""

    def __init__(self, storage: Storage, name: str, *, alone: bool, lasting: timedelta) -> None:
        """`alone` when no other process can want it: then none waits for one that was killed."""
        self._storage = storage
        self._name = name
        self._lasting = lasting
        self._holder = "the only one" if alone else secrets.token_hex(8)

    async def hold(self) -> bool:
        """Take or prolong; without a database nobody has it."""
        try:
            return await self._storage.write(
                lambda tx: tx.leases.take(self._name, self._holder, tx.now + self._lasting)
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
