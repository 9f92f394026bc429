"""Photos and recordings from the chat page: stored, then acknowledged, as its words are."""

import asyncio
import json
import logging
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from aiohttp import web

from channels.base import Receive
from channels.body import PICTURES, SOUNDS, BodyError, media_type_of, read_body
from channels.frames import is_id
from channels.message import Attachment, AttachmentKind, InboundMessage
from channels.webchat import (
    VISITOR_COOKIE,
    Pace,
    WebChat,
    Words,
    address_of,
    external_id_of,
    same_origin,
)
from channels.words import storable

_log = logging.getLogger(__name__)

PATH: Final = "/chat/upload"
FILE_MOST: Final = 20 * 1024 * 1024
CAPTION_MOST: Final = 500
"""Characters: the caption travels in the address, which has its own limit."""

_AT_ONCE_MOST: Final = 16
_OF_ONE_MOST: Final = 2
"""Uploads of one visitor at once."""

_BYTES_A_MINUTE: Final = 200 * 1000**2
"""Of all visitors together: who has no cookie gets one, so that a bound for each is not enough."""

_BUSY_SECONDS: Final = 5.0
_KINDS: Final = (AttachmentKind.PHOTO, AttachmentKind.VOICE)
_SECONDS: Final = re.compile(r"[0-9]{1,4}(\.[0-9]{1,6})?")


class _RefusedError(Exception):
    """An upload is not taken: status, the key of the sentence, and when to try again."""

    def __init__(self, status: int, key: str, retry_seconds: float | None = None) -> None:
        super().__init__(key)
        self.status = status
        self.key = key
        self.retry_seconds = retry_seconds


class _Room:
    """How much may still be stored: `most` bytes at once, and as many in each minute."""

    def __init__(self, most: int, now: datetime) -> None:
        self._most = most
        self._left = float(most)
        self._at = now

    def delay(self, now: datetime) -> float:
        """Return 0 while there is room, else the seconds until there is."""
        passed = max(0.0, (now - self._at).total_seconds())
        self._left = min(self._most, self._left + passed * self._most / 60)
        self._at = now
        return max(0.0, -self._left * 60 / self._most)

    def take(self, size: int) -> None:
        """Count what came; what was begun while there was room may be more than that."""
        self._left -= size


class Uploads:
    """The way of files into the channel `web`."""

    def __init__(
        self,
        *,
        receive: Receive,
        words: Words,
        pace: Pace,
        upload_pace: Pace,
        now: Callable[[], datetime],
    ) -> None:
        """`pace` is the one of the visitor's words; files have a slower one besides."""
        self._receive = receive
        self._words = words
        self._paces = (upload_pace, pace)
        self._now = now
        self._places = asyncio.Semaphore(_AT_ONCE_MOST)
        self._of_each: Counter[str] = Counter()
        self._room = _Room(_BYTES_A_MINUTE, now())

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Return the one route."""
        return [web.post(PATH, self._upload)]

    async def _upload(self, request: web.Request) -> web.Response:
        identifier = request.query.get("id", "")
        try:
            await self._take(request, identifier)
        except _RefusedError as refused:
            return web.json_response(
                self._refusal(identifier, refused), status=refused.status, dumps=_dumps
            )
        return web.json_response({"type": "ack", "id": identifier})

    async def _take(self, request: web.Request, identifier: str) -> None:
        address = _visitor(request)
        message = _message(request, address, identifier, self._now())
        if self._of_each[address] >= _OF_ONE_MOST:
            raise _RefusedError(429, "chat.too_fast", _BUSY_SECONDS)
        for pace in self._paces:
            delay = pace.delay(address)
            if delay:
                raise _RefusedError(429, "chat.too_fast", round(delay, 1))
        if self._places.locked():
            raise _RefusedError(503, "chat.busy", _BUSY_SECONDS)
        async with self._places, self._one_of(address):
            await self._store(message, await self._content(request))

    @asynccontextmanager
    async def _one_of(self, address: str) -> AsyncIterator[None]:
        self._of_each[address] += 1
        try:
            yield
        finally:
            self._of_each[address] -= 1
            self._of_each += Counter()  # forgets who has none

    async def _content(self, request: web.Request) -> bytes:
        """Return the file. Only what came takes room, so that nobody can take it by a promise."""
        delay = self._room.delay(self._now())
        if delay:
            raise _RefusedError(503, "chat.full", round(delay, 1))
        try:
            content = await read_body(request, most=FILE_MOST)
        except BodyError as error:
            raise _RefusedError(error.status, f"chat.{error.code}") from None
        self._room.take(len(content))
        return content

    async def _store(self, message: InboundMessage, content: bytes) -> None:
        attachments = tuple(replace(one, content=content) for one in message.attachments)
        try:
            await self._receive(replace(message, attachments=attachments))
        except Exception:  # noqa: BLE001  logged whole; the page sends it again
            _log.exception("an upload could not be stored")
            raise _RefusedError(503, "chat.not_stored", _BUSY_SECONDS) from None

    def _refusal(self, identifier: str, refused: _RefusedError) -> dict[str, Any]:
        return {
            "type": "refused",
            "id": identifier if is_id(identifier) else None,
            "text": self._words(refused.key),
            "retry_seconds": refused.retry_seconds,
        }


def _visitor(request: web.Request) -> str:
    address = address_of(request.cookies.get(VISITOR_COOKIE, ""))
    if address is None:
        raise _RefusedError(403, "chat.no_visitor")
    if not same_origin(request):
        raise _RefusedError(403, "chat.wrong_origin")
    return address


def _message(request: web.Request, address: str, identifier: str, now: datetime) -> InboundMessage:
    """Return the message as the address line tells it; its content is still to be read."""
    query = request.query
    kind, seconds = query.get("kind", ""), query.get("seconds", "")
    text, album = query.get("text", ""), query.get("album", "")
    if not (is_id(identifier) and kind in _KINDS and (is_id(album) or not album)):
        raise _RefusedError(400, "chat.garbled")
    if len(text) > CAPTION_MOST or not _SECONDS.fullmatch(seconds or "0"):
        raise _RefusedError(400, "chat.garbled")
    families = PICTURES if kind == AttachmentKind.PHOTO else SOUNDS
    media_type = media_type_of(request, families)
    if media_type is None:
        raise _RefusedError(415, "chat.wrong_kind")
    attachment = Attachment(
        kind=AttachmentKind(kind),
        media_type=media_type,
        seconds=float(seconds) if seconds else None,
    )
    return InboundMessage(
        channel=WebChat.name,
        address=address,
        external_id=external_id_of(address, identifier),
        text=storable(text),
        sent_at=now,
        attachments=(attachment,),
        album=album,
    )


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
