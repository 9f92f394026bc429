"""The body of a request that is a file: its type, and its bytes up to a bound."""

import asyncio
import re
from typing import Final

from aiohttp import web

PICTURES: Final = ("image/",)
SOUNDS: Final = ("audio/", "video/", "application/ogg")
_ANYTHING: Final = "application/octet-stream"
"""What a client says that does not know; what the file is, is seen when it is opened."""

_TYPE: Final = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,60}")
_PIECE_BYTES: Final = 64 * 1024
_READ_SECONDS: Final = 120.0


class BodyError(Exception):
    """The body can't be taken; `code` (too_big, empty, garbled) with its HTTP `status`."""

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
        async with asyncio.timeout(_READ_SECONDS):
            content = await _read(request, most)
    except (TimeoutError, web.RequestPayloadError):
        raise BodyError("garbled", 400) from None
    if not content:
        raise BodyError("empty", 400)
    return content


async def _read(request: web.Request, most: int) -> bytes:
    content = bytearray()
    async for piece in request.content.iter_chunked(_PIECE_BYTES):
        content += piece
        if len(content) > most:
            raise BodyError("too_big", 413)
    return bytes(content)
