"""Updates that Telegram posts to us: stored, and only then answered."""

import asyncio
import hmac
import json
import logging
from collections.abc import Sequence
from typing import Final

from aiohttp import web

from channels.base import Lease
from channels.body import BodyError, read_body
from channels.telegram.api import Api
from channels.telegram.taking import Taker
from channels.telegram.trouble import Trouble

_log = logging.getLogger(__name__)

PATH: Final = "/telegram/webhook"
_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
_BODY_MOST: Final = 1024 * 1024
_LOOK_SECONDS: Final = 10.0


class Webhook:
    """The address that Telegram posts to, known to it by the process that has the lease."""

    def __init__(
        self, api: Api, taker: Taker, lease: Lease, *, secret: str, public_url: str
    ) -> None:
        self._api = api
        self._taker = taker
        self._lease = lease
        self._secret = secret
        self._url = public_url.rstrip("/") + PATH
        self._trouble = Trouble()
        self._announced = False

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Return the one route."""
        return [web.post(PATH, self._post)]

    async def run(self) -> None:
        """Announce the address, once a lease, until cancelled."""
        while True:
            try:
                await self._announce()
            except Exception as error:  # noqa: BLE001  logged; the loop must go on
                await self._trouble.wait_out(error)
            else:
                self._trouble.over()
                await asyncio.sleep(_LOOK_SECONDS)

    async def _announce(self) -> None:
        held = await self._lease.hold()
        if held and not self._announced:
            await self._api.ask_for_webhook(self._url, self._secret)
        self._announced = held

    async def _post(self, request: web.Request) -> web.Response:
        given = request.headers.get(_HEADER, "").encode(errors="surrogateescape")
        if not hmac.compare_digest(given, self._secret.encode()):
            raise web.HTTPForbidden
        try:
            body = await read_body(request, most=_BODY_MOST)
        except BodyError as error:
            return web.Response(status=error.status)
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            _log.warning("something posted as an update is no JSON")
            raise web.HTTPBadRequest from None
        return await self._take(update)

    async def _take(self, update: object) -> web.Response:
        try:
            await self._taker.take(update)
        except Exception:  # noqa: BLE001  logged whole; Telegram posts it again
            _log.exception("an update could not be stored")
            raise web.HTTPServiceUnavailable from None
        return web.Response()
