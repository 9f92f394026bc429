"""What was kept of an ended case, to save it."""

from aiohttp import web

from bot.model.number import case_number
from bot.web.media import HEADERS
from bot.web.site import number_in, site_of


async def save(request: web.Request) -> web.Response:
    """Send the archive exactly as it was hashed."""
    wanted = number_in(request, "archive_id")
    kept = await site_of(request).storage.read(lambda views: views.archives.get(wanted))
    if kept is None:
        raise web.HTTPNotFound
    name = f"{case_number(kept.case_id)}-{kept.digest[:12]}.json"
    response = web.Response(body=kept.content.encode(), content_type="application/json")
    response.headers.update(HEADERS)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
