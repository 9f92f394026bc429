"""The channel `wechat`: all its parts put together."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from aiohttp import web

from channels.base import (
    FetchError,
    PartlySentError,
    Receive,
    SendError,
    SetAside,
    UntilSheWritesError,
)
from channels.message import OutboundMessage
from channels.wechat.api import Api
from channels.wechat.errors import REMEDIES, ApiError, UnclearError
from channels.wechat.layout import messages
from channels.wechat.secrecy import Secrecy
from channels.wechat.updates import CHANNEL
from channels.wechat.webhook import Webhook

_log = logging.getLogger(__name__)


class WeChat:
    """Residents write to an Official Account; answers go out as its customer service."""

    name = CHANNEL

    def __init__(
        self,
        *,
        app_id: str,
        secret: str,
        secrecy: Secrecy,
        base_url: str,
        receive: Receive,
        set_aside: SetAside,
        now: Callable[[], datetime],
    ) -> None:
        self._api = Api(app_id=app_id, secret=secret, base_url=base_url, now=time.monotonic)
        self._complained_of = ""
        self._webhook = Webhook(secrecy, receive=receive, set_aside=set_aside, now=now)

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Return the address that WeChat posts to."""
        return self._webhook.routes()

    async def run(self) -> None:
        """Keep the connections until cancelled."""
        try:
            await asyncio.Event().wait()
        finally:
            await self._api.close()

    async def send(self, message: OutboundMessage) -> str | None:
        """Deliver once; nothing that was sent can be changed later."""
        if message.only_edited:
            return None
        for number, one in enumerate(messages(message)):
            try:
                await self._api.send(one)
            except UnclearError:
                raise
            except ApiError as error:
                self._complain(error)
                if number:
                    raise PartlySentError(f"{number} pieces, then {error.code}") from None
                raise _send_error(error) from None
            self._complained_of = ""
        return None

    def _complain(self, error: ApiError) -> None:
        """Tell the operator what to mend, once until something goes out again."""
        if error.code in REMEDIES and error.code != self._complained_of:
            self._complained_of = error.code
            _log.error("WeChat refuses to send (%s): %s", error, REMEDIES[error.code])

    async def fetch(self, reference: str, *, most: int) -> bytes:
        """Return a photo or a recording of at most so many bytes; WeChat keeps it three days."""
        try:
            return await self._api.download(reference, most=most)
        except TimeoutError:
            raise FetchError("too_slow", retryable=True) from None
        except ApiError as error:
            after = error.retry_after_seconds
            raise FetchError(
                error.code, retryable=after is not None, retry_after_seconds=after or 0.0
            ) from None


def _send_error(error: ApiError) -> SendError:
    if error.until_she_writes:
        return UntilSheWritesError(error.code)
    after = error.retry_after_seconds
    return SendError(error.code, retryable=after is not None, retry_after_seconds=after or 0.0)
