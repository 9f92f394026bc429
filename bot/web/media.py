"""Photos and recordings as they are sent: only what browsers show safely is named as such."""

from functools import partial
from types import MappingProxyType
from typing import Final

from aiohttp import web

from bot.ports.media import Media
from bot.ports.storage import Views
from bot.web.site import number_in, site_of
from bot.web.visitor import known_visitor
from channels.webchat import WebChat

_SHOWN: Final = frozenset(
    {
        *(f"image/{name}" for name in ("gif", "jpeg", "png", "webp")),
        *(f"audio/{name}" for name in ("aac", "amr", "flac", "mp4", "mpeg", "ogg", "wav", "webm")),
        *(f"video/{name}" for name in ("mp4", "ogg", "webm")),
    }
)
HEADERS: Final = MappingProxyType(
    {
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
)

Found = tuple[Media, bytes]


async def own(request: web.Request) -> web.Response:
    """Send what the visitor herself has sent."""
    address = known_visitor(request) or ""
    found = await site_of(request).storage.read(partial(_own, address, media_id_of(request)))
    return media_response(found)


def media_id_of(request: web.Request) -> int:
    """Return the id in the address."""
    return number_in(request, "media_id")


def media_response(found: Found | None) -> web.Response:
    """Return the file; anything that is no picture or sound is only for saving."""
    if found is None or not found[1]:
        raise web.HTTPNotFound
    media, content = found
    shown = media.media_type in _SHOWN
    response = web.Response(
        body=content, content_type=media.media_type if shown else "application/octet-stream"
    )
    response.headers.update(HEADERS)
    if not shown:
        response.headers["Content-Disposition"] = "attachment"
    return response


def look(media_id: int, views: Views) -> Found | None:
    """Read the file with what is known of it."""
    media = views.media.get(media_id)
    return None if media is None else (media, views.media.content(media_id))


def _own(address: str, media_id: int, views: Views) -> Found | None:
    contact = views.people.find(WebChat.name, address)
    found = look(media_id, views)
    hers = contact is not None and found is not None and found[0].contact_id == contact.id
    return found if hers else None
