"""Asking for updates: each is stored before the next question confirms it."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, Final

from channels.base import Lease
from channels.telegram.api import Api
from channels.telegram.errors import ApiError, RefusedError
from channels.telegram.taking import Taker
from channels.telegram.trouble import Trouble

_log = logging.getLogger(__name__)

_POLL_SECONDS: Final = 8
_FOLLOWER_SECONDS: Final = 5.0
_NO_NUMBER_SECONDS: Final = 1.0
_EMPTY_SECONDS: Final = 0.3


class Polling:
    """Of several processes, the one with the lease asks; the others look whether it is free."""

    def __init__(self, api: Api, taker: Taker, lease: Lease) -> None:
        self._api = api
        self._taker = taker
        self._lease = lease
        self._trouble = Trouble()
        self._offset: int | None = None
        self._ready = False

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            try:
                await self._lead_or_follow()
            except Exception as error:  # noqa: BLE001  logged; the loop must go on
                self._ready = self._ready and not isinstance(error, ApiError)
                await self._trouble.wait_out(error)

    async def _lead_or_follow(self) -> None:
        if await self._lease.hold():
            await self._ask()
            self._trouble.over()
        else:
            self._ready, self._offset = False, None
            await asyncio.sleep(_FOLLOWER_SECONDS)

    async def _ask(self) -> None:
        """One question; what it brings is stored, and the next question confirms that much."""
        if not self._ready:
            await self._api.username()
            await self._end_webhook()
            self._ready = True
        asked = asyncio.get_running_loop().time()
        updates = await self._api.updates(self._offset, seconds=_POLL_SECONDS)
        if not updates:
            self._offset = None  # nothing is left to confirm; the next number may be any
            waited_seconds = asyncio.get_running_loop().time() - asked
            await asyncio.sleep(_EMPTY_SECONDS - waited_seconds)
        await self._take(updates)

    async def _end_webhook(self) -> None:
        """Where it can't be ended there may be none: asking for updates will tell."""
        try:
            await self._api.end_webhook()
        except RefusedError as error:
            _log.info("the webhook could not be ended: %s", error)

    async def _take(self, updates: Sequence[object]) -> None:
        before = self._offset
        for update in updates:
            await self._taker.take(update)
            number = _number(update)
            if number is not None:
                self._offset = number + 1
        if updates and self._offset == before:
            await asyncio.sleep(_NO_NUMBER_SECONDS)


def _number(update: Any) -> int | None:
    """Return the update's own number, if it has one."""
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None
