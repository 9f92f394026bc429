"""The channel `telegram`: all its parts put together."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final, Protocol

from aiohttp import web

from channels.base import Lease, Receive, SetAside
from channels.message import OutboundMessage
from channels.telegram.api import Api
from channels.telegram.errors import ApiError
from channels.telegram.groups import COMMANDS
from channels.telegram.pace import Pace
from channels.telegram.polling import Polling
from channels.telegram.sending import Sender, fetch
from channels.telegram.taking import Taker
from channels.telegram.updates import CHANNEL
from channels.telegram.webhook import Webhook

_log = logging.getLogger(__name__)

_API_URL: Final = "https://api.telegram.org"


class Words(Protocol):
    """The sentences of this channel, in the residents' language."""

    def __call__(self, key: str, **values: object) -> str:
        """Return the sentence of that name."""
        ...


class Telegram:
    """Residents write to a bot. With a secret, updates are posted to us; else we ask for them."""

    name = CHANNEL

    def __init__(  # noqa: PLR0913  every part of the channel is handed in
        self,
        *,
        token: str,
        base_url: str = _API_URL,
        webhook_secret: str = "",
        public_url: str = "",
        receive: Receive,
        set_aside: SetAside,
        lease: Lease,
        words: Words,
        now: Callable[[], datetime],
    ) -> None:
        self._commands = {name: words(f"telegram.command.{name}") for name in COMMANDS}
        self._lease = lease
        bot_id = _bot_id(token)
        self._api = Api(token=token, base_url=base_url)
        self._sender = Sender(self._api, Pace(time.monotonic), words("telegram.open_link"))
        self._taker = Taker(
            self._api,
            bot_id=bot_id,
            receive=receive,
            set_aside=set_aside,
            now=now,
        )
        self._webhook = (
            Webhook(self._api, self._taker, lease, secret=webhook_secret, public_url=public_url)
            if webhook_secret
            else None
        )

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Return the webhook's route, if updates are posted."""
        return self._webhook.routes() if self._webhook else []

    async def run(self) -> None:
        """Take updates until cancelled; then the connections are closed, for sending as well."""
        updates = self._webhook or Polling(self._api, self._taker, self._lease)
        async with self._api, self._released(), asyncio.TaskGroup() as group:
            group.create_task(self._taker.pressed.run())
            group.create_task(self._name_commands())
            group.create_task(updates.run())

    async def send(self, message: OutboundMessage) -> str | None:
        """Deliver once, at the pace Telegram allows; return the message's id."""
        return await self._sender.send(message)

    async def fetch(self, reference: str, *, most: int) -> bytes:
        """Return a photo or a recording of at most so many bytes."""
        return await fetch(self._api, reference, most=most)

    async def _name_commands(self) -> None:
        try:
            await self._api.name_commands(self._commands)
        except ApiError as error:
            _log.info("the menu of commands could not be set: %s", error)

    @asynccontextmanager
    async def _released(self) -> AsyncIterator[None]:
        """Give the lease back at the end, so that another process need not wait for it."""
        try:
            yield
        finally:
            try:
                await self._lease.release()
            except Exception as error:  # noqa: BLE001  it runs out by itself
                _log.info("the lease could not be given back: %r", error)


def _bot_id(token: str) -> int:
    number = token.partition(":")[0]
    if not number.isdecimal():
        raise ValueError("a Telegram token begins with the bot's number and a colon")
    return int(number)
