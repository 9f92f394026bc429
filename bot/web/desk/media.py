"""The photos and recordings of cases, for whoever may see the case."""

from functools import partial

from aiohttp import web

from bot.ports.storage import Views
from bot.web.media import Found, look, media_id_of, media_response
from bot.web.site import site_of


async def show(request: web.Request) -> web.Response:
    """Send the file; what belongs to no case is nobody's business here."""
    found = await site_of(request).storage.read(partial(_of_a_case, media_id_of(request)))
    return media_response(found)


def _of_a_case(media_id: int, views: Views) -> Found | None:
    found = look(media_id, views)
    return None if found is None or found[0].case_id is None else found
