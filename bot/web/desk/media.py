"""The photos and recordings of cases and of talks, for whoever may see the case or the talk."""

from functools import partial

from aiohttp import web

from bot.flow.telling.talk import is_in_a_talk
from bot.oversight.permissions import Right, may
from bot.ports.storage import Views
from bot.web.desk.session import SEAT
from bot.web.media import Found, look, media_id_of, media_response
from bot.web.site import number_in, site_of


async def show(request: web.Request) -> web.Response:
    """Send the file; what belongs to no case and no talk is nobody's business here."""
    talks = may(request[SEAT].staff.role, Right.TALK)
    query = partial(_for_staff, media_id_of(request), talks)
    return media_response(await site_of(request).storage.read(query))


async def result(request: web.Request) -> web.Response:
    """Send a photo of what an initiative became, before everybody may see it."""
    query = partial(_of_result, number_in(request, "initiative_id"), number_in(request, "photo"))
    return media_response(await site_of(request).storage.read(query))


def _of_result(number: int, photo_id: int, views: Views) -> Found | None:
    photos = views.teams.photos(number)
    found = next((one for one in photos if one.id == photo_id), None)
    return None if found is None else look(found.media_id, views)


def _for_staff(media_id: int, talks: bool, views: Views) -> Found | None:  # noqa: FBT001  a partial
    found = look(media_id, views)
    if found is None:
        return None
    media, _ = found
    return found if media.case_id is not None or (talks and is_in_a_talk(views, media)) else None
