"""Forms of an organisation: words, and photos that are drawn anew before they are kept."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from aiohttp import BodyPartReader, ClientPayloadError, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.flow.cases.guest import Guest
from bot.photo import PhotoError, smaller
from bot.web.site import Form, form_of
from channels.words import storable

PHOTOS_MOST: Final = 4
"""Photos of one form."""

_PHOTO_MOST: Final = 12 * 1024 * 1024
_TEXT_MOST: Final = 16 * 1024
_FIELDS_MOST: Final = 16
_SECONDS_MOST: Final = 120.0
_PIECE_BYTES: Final = 64 * 1024
_BROKEN: Final = (
    ValueError, ConnectionError, ClientPayloadError, web.RequestPayloadError, HttpProcessingError,
)  # fmt: skip
_FORM: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")


class FormError(Exception):
    """The form can't be used; `problem` is the key of the sentence, `typed` what is not lost."""

    def __init__(self, problem: str, typed: Form) -> None:
        super().__init__(problem)
        self.problem = problem
        self.typed = typed


@dataclass(slots=True)
class Sent:
    """What was sent: fields, and photos as they came."""

    fields: dict[str, str] = field(default_factory=dict)
    photos: list[bytes] = field(default_factory=list)

    @property
    def typed(self) -> Form:
        """The fields, to be shown again."""
        return MappingProxyType(self.fields)

    def guest(self, token: str) -> Guest:
        """Return who sent it; FormError when it is none of our forms."""
        form = self.fields.get("form", "")
        if not _FORM.fullmatch(form):
            raise FormError("garbled", self.typed)
        name, phone = (self.fields.get(key, "").strip() for key in ("name", "phone"))
        return Guest(token=token, form=form, name=name, phone=phone)


class FormReader:
    """Reads forms with photos, a few at once, so that they never fill the memory."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(2)
        self._drawing = asyncio.Semaphore(1)

    async def read(self, request: web.Request) -> Sent:
        """Return the form with its photos drawn anew; FormError says what is wrong with it."""
        if not request.content_type.startswith("multipart/"):
            return Sent(_plain(await form_of(request)))
        sent = Sent()
        async with self._places:
            await _take(request, sent)
            photos = [await self._drawn(photo, sent) for photo in sent.photos]
        return Sent(sent.fields, photos)

    async def _drawn(self, photo: bytes, sent: Sent) -> bytes:
        try:
            async with self._drawing:
                return await asyncio.to_thread(smaller, photo)
        except PhotoError:
            raise FormError("no_photo", sent.typed) from None


async def _take(request: web.Request, sent: Sent) -> None:
    try:
        async with asyncio.timeout(_SECONDS_MOST):
            reader = await request.multipart()
            for _ in range(_FIELDS_MOST):
                part = await reader.next()
                if part is None:
                    return
                if not isinstance(part, BodyPartReader):
                    break
                await _part(part, sent)
    except TimeoutError:
        raise FormError("too_slow", sent.typed) from None
    except _BROKEN:
        pass
    raise FormError("garbled", sent.typed)


async def _part(part: BodyPartReader, sent: Sent) -> None:
    name = part.name or ""
    if part.filename is None:
        content = await _bounded(part, _TEXT_MOST, sent)
        sent.fields[name] = storable(content.decode("utf-8", "replace"))
        return
    content = await _bounded(part, _PHOTO_MOST, sent)
    if not content:
        return  # no file was chosen
    if len(sent.photos) >= PHOTOS_MOST:
        raise FormError("too_many", sent.typed)
    sent.photos.append(content)


async def _bounded(part: BodyPartReader, most: int, sent: Sent) -> bytes:
    content = bytearray()
    while piece := await part.read_chunk(_PIECE_BYTES):
        content += piece
        if len(content) > most:
            raise FormError("too_big", sent.typed)
    return bytes(content)


def _plain(form: Mapping[str, str]) -> dict[str, str]:
    return {name: storable(value) for name, value in form.items()}
