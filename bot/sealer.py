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
        self._size = -1
        self._sign_at = 0.0

    async def run(self) -> None:
        """Work until cancelled."""
        clock = asyncio.get_running_loop().time
        while True:
            began, seconds = clock(), _AFTER_TROUBLE_SECONDS
            try:
                seconds = await self.round(began)
            except StorageError as error:
                _log.warning("sealing has to wait: %s", error)
                seconds, self._state = EVERY_SECONDS, None  # it may be another database then
            except NoteError as error:
                _log.error("the ledger's checkpoints can't be signed: %s", error)
            except Exception:  # noqa: BLE001  logged whole; the loop must go on
                _log.exception("sealing failed; it is tried again")
            await asyncio.sleep(max(_PAUSE_LEAST_SECONDS, began + seconds - clock()))

    async def round(self, now: float) -> float:
        """Seal some of what waits, and sign when it is time; return when the next begins.

        `now` are seconds of a clock that only goes forward. Who always has something to seal
        signs now and then all the same.
        """
        sealed = await self._seal()
        signed, size = await self._storage.read(_lengths)
        pauses, self._size = size == self._size, size
        if size != signed and (pauses or now >= self._sign_at):
            await self._sign()
            self._sign_at = now + _SIGN_EVERY_SECONDS
        return 0.0 if sealed >= _MANY else EVERY_SECONDS

    async def once(self) -> None:
        """Seal all there is, and sign it."""
        while await self._seal():
            pass
        await self._sign()

    async def _sign(self) -> None:
        await self._storage.write(partial(_publish, self._name))

    async def _seal(self) -> int:
        """Seal some of what waits; return how many that were."""
        if not await self._storage.read(_waits):
            return 0
        done, self._state = await self._storage.write(partial(_seal, self._state))
        return done


def log_name(public_url: str) -> str:
    """Return what the log is called: the address of the service, without its scheme."""
    parts = urlsplit(public_url)
    return f"{parts.netloc}{parts.path.rstrip('/')}/ledger"


def _waits(views: Views) -> bool:
    return views.log.waits()


def _seal(state: object, tx: Tx) -> tuple[int, object]:
    return tx.log.seal(state)


def _lengths(views: Views) -> tuple[int, int]:
    """Return how many leaves are signed (-1 if none ever was) and how many there are."""
    signed = views.log.checkpoint()
    return -1 if signed is None else signed[0], views.log.size()


def _publish(name: str, tx: Tx) -> bool:
    return tx.log.publish(name)
