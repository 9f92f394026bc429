"""The body of a request: its type, and its bytes up to a bound, at no less than a certain pace."""

import asyncio
import logging
import re
from typing import Final

from aiohttp import ClientPayloadError, web

_log = logging.getLogger(__name__)

PICTURES: Final = ("image/",)
SOUNDS: Final = ("audio/", "video/", "application/ogg")
_ANYTHING: Final = "application/octet-stream"
"""What a client says that does not know; what the file is, is seen when it is opened."""

_TYPE: Final = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,60}")
_PIECE_BYTES: Final = 64 * 1024
_STALL_SECONDS: Final = 10.0
_BEGIN_SECONDS: Final = 20.0
_BYTES_A_SECOND_LEAST: Final = 50_000
"""After the first seconds. Whoever sends more slowly keeps a place from the others."""


class BodyError(Exception):
    """The body can't be taken; `code` (too_big, too_slow, empty, garbled) has its `status`."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


def media_type_of(request: web.Request, families: tuple[str, ...]) -> str | None:
    """Return the type that the client names, without parameters; None for another family."""
    named = request.content_type.lower()
    if not _TYPE.fullmatch(named):
        return None
    return named if named == _ANYTHING or named.startswith(families) else None


async def read_body(request: web.Request, *, most: int) -> bytes:
    """Return the whole body, never keeping more than `most` bytes of it; BodyError."""
    if (request.content_length or 0) > most:
        raise BodyError("too_big", 413)
    try:
        content = await _read(request, most)
    except TimeoutError:
        _log.info("a body for %s came too slowly", request.path)
        raise BodyError("too_slow", 408) from None
    except (ConnectionError, ClientPayloadError, web.RequestPayloadError) as error:
        _log.info("a body for %s broke off: %s", request.path, type(error).__name__)
        raise BodyError("garbled", 400) from None
    if not content:
        raise BodyError("empty", 400)
    return content


async def _read(request: web.Request, most: int) -> bytes:
    content, loop = bytearray(), asyncio.get_running_loop()
    begun = loop.time()
    while True:
        in_time = begun + _BEGIN_SECONDS + len(content) / _BYTES_A_SECOND_LEAST
        async with asyncio.timeout_at(min(in_time, loop.time() + _STALL_SECONDS)):
            piece = await request.content.read(_PIECE_BYTES)
        if not piece:
            return bytes(content)
        content += piece
        if len(content) > most:
            raise BodyError("too_big", 413)
