"""One raw update taken: stored as a message, set aside, or left alone."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final

from channels.base import Receive, SetAside
from channels.telegram.api import Api
from channels.telegram.errors import ApiError
from channels.telegram.groups import Me
from channels.telegram.updates import pressed_id, read, set_apart

_log = logging.getLogger(__name__)

_PRESSED_MOST: Final = 1000


class Taker:
    """Stores updates. When `take` returns, the update may be confirmed."""

    def __init__(
        self,
        api: Api,
        *,
        bot_id: int,
        receive: Receive,
        set_aside: SetAside,
        now: Callable[[], datetime],
    ) -> None:
        self.pressed = Acknowledger(api)
        self._api = api
        self._bot_id = bot_id
        self._receive = receive
        self._set_aside = set_aside
        self._now = now

    async def take(self, update: object) -> None:
        """Store what the update brings. It raises what storing raises, and ApiError."""
        me = Me(self._bot_id, await self._api.username())
        try:
            message = read(update, me=me, now=self._now())
        except Exception as error:  # noqa: BLE001  whatever it is, the others must go on
            _log.warning("an update can't be read and is set aside: %r", error)
            apart = set_apart(update, bot_id=self._bot_id, now=self._now())
            await self._set_aside(apart)
            return
        if message is None:
            _log.debug("an update has nothing for us")
        else:
            await self._receive(message)
        query_id = pressed_id(update)
        if query_id is not None:
            self.pressed.add(query_id)


class Acknowledger:
    """Stops the little clock on pressed buttons, as well as it can: nothing waits for it."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._queries: asyncio.Queue[str] = asyncio.Queue(_PRESSED_MOST)

    def add(self, query_id: str) -> None:
        """Have it done soon; not at all if there are too many."""
        with suppress(asyncio.QueueFull):
            self._queries.put_nowait(query_id)

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            query_id = await self._queries.get()
            try:
                await self._api.acknowledge(query_id)
            except ApiError as error:
                _log.debug("a pressed button could not be acknowledged: %s", error)
