"""Seals transfers that have no leaf yet, and signs what the log has come to."""

import asyncio
import logging
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from bot.ports.storage import Storage, StorageError, Tx, Views
from credits.notes import NoteError

_log = logging.getLogger(__name__)
EVERY_SECONDS: Final = 0.2
"""From the beginning of one round of sealing to the next."""

_SIGN_EVERY_SECONDS: Final = 1.0
"""While the log grows without a pause; as soon as it pauses, it is signed."""

_PAUSE_LEAST_SECONDS: Final = 0.02
_MANY: Final = 2000
"""Whoever seals so many at once has fallen behind, and goes on."""
_AFTER_TROUBLE_SECONDS: Final = 30.0


class Sealer:
    """Follows the ledger. Several may run on one database; they take turns."""

    def __init__(self, storage: Storage, public_url: str) -> None:
        self._storage = storage
        self._name = log_name(public_url)
        self._state: object = None

    async def run(self) -> None:
        """Work until cancelled."""
        clock = asyncio.get_running_loop().time
        signed = clock()
        while True:
            began = clock()
            seconds = EVERY_SECONDS
            try:
                sealed = await self._seal()
                if not sealed or began - signed >= _SIGN_EVERY_SECONDS:
                    await self._sign()
                    signed = began
                if sealed >= _MANY:
                    seconds = 0.0
            except StorageError as error:
                _log.warning("sealing has to wait: %s", error)
            except NoteError as error:
                _log.error("the ledger's checkpoints can't be signed: %s", error)
                seconds = _AFTER_TROUBLE_SECONDS
            except Exception:  # noqa: BLE001  logged whole; the loop must go on
                _log.exception("sealing failed; it is tried again")
                seconds = _AFTER_TROUBLE_SECONDS
            await asyncio.sleep(max(_PAUSE_LEAST_SECONDS, began + seconds - clock()))

    async def once(self) -> None:
        """Seal all there is, and sign it."""
        while await self._seal():
            pass
        await self._sign()

    async def _seal(self) -> int:
        """Seal some of what waits; return how many that were."""
        if not await self._storage.read(_waits):
            return 0
        done, self._state = await self._storage.write(partial(_seal, self._state))
        return done

    async def _sign(self) -> None:
        if await self._storage.read(_grown):
            await self._storage.write(partial(_publish, self._name))


def log_name(public_url: str) -> str:
    """Return what the log is called: the address of the service, without its scheme."""
    parts = urlsplit(public_url)
    return f"{parts.netloc}{parts.path.rstrip('/')}/ledger"


def _waits(views: Views) -> bool:
    return views.log.waits()


def _seal(state: object, tx: Tx) -> tuple[int, object]:
    return tx.log.seal(state)


def _grown(views: Views) -> bool:
    signed = views.log.checkpoint()
    return signed is None or views.log.size() > signed[0]


def _publish(name: str, tx: Tx) -> bool:
    return tx.log.publish(name)
