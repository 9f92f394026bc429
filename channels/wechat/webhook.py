"""What WeChat posts to us: stored, and only then answered."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from aiohttp import web

from channels.base import Receive, SetAside
from channels.body import BodyError, read_body
from channels.wechat.secrecy import NotWeChatError, Secrecy
from channels.wechat.updates import GarbledError, fields_of, read, set_apart

_log = logging.getLogger(__name__)

PATH: Final = "/wechat/webhook"
_BODY_MOST: Final = 256 * 1024
_TAKEN: Final = "success"
"""What WeChat wants to read within five seconds; else it posts the same up to three times more."""


class Webhook:
    """The address that stands in the account's settings, with messages in its safe mode."""

    def __init__(
        self,
        secrecy: Secrecy,
        *,
        receive: Receive,
        set_aside: SetAside,
        now: Callable[[], datetime],
    ) -> None:
        self._secrecy = secrecy
        self._receive = receive
        self._set_aside = set_aside
        self._now = now

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Return both: the account's settings ask once, messages are posted."""
        return [web.get(PATH, self._ask, allow_head=False), web.post(PATH, self._post)]

    async def _ask(self, request: web.Request) -> web.Response:
        """Show WeChat that this address is the account's: say what it says."""
        query = request.query
        try:
            self._secrecy.check(query.get("signature", ""), *_moment(request))
        except NotWeChatError:
            raise web.HTTPForbidden from None
        return web.Response(text=query.get("echostr", ""))

    async def _post(self, request: web.Request) -> web.Response:
        try:
            body = await read_body(request, most=_BODY_MOST)
        except BodyError as error:
            return web.Response(status=error.status)
        try:
            secret = fields_of(body).get("Encrypt", "")
            signature = request.query.get("msg_signature", "")
            self._secrecy.check(signature, *_moment(request), secret)
            xml = self._secrecy.open(secret)
        except GarbledError:
            raise web.HTTPBadRequest from None
        except NotWeChatError as error:
            _log.warning("something posted as from WeChat is refused: %s", error)
            raise web.HTTPForbidden from None
        return await self._take(xml)

    async def _take(self, xml: bytes) -> web.Response:
        try:
            await self._store(xml)
        except Exception:  # noqa: BLE001  logged whole; WeChat posts it again
            _log.exception("a message from WeChat could not be stored")
            raise web.HTTPServiceUnavailable from None
        return web.Response(text=_TAKEN)

    async def _store(self, xml: bytes) -> None:
        fields = {}
        try:
            fields = {**fields_of(xml)}
            message = read(fields)
        except GarbledError as error:
            _log.warning("a message from WeChat can't be read and is set aside: %s", error)
            await self._set_aside(set_apart(fields, xml, self._now()))
            return
        if message is not None:
            await self._receive(message)


def _moment(request: web.Request) -> tuple[str, str]:
    return request.query.get("timestamp", ""), request.query.get("nonce", "")
