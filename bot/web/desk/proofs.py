"""Photos and signatures of staff: taken at the place, drawn anew, kept with the case."""

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from aiohttp import web

from bot.flow.cases.prove import add_photo, sign
from bot.model.case import RefusedError
from bot.model.proof import Proof, Purpose
from bot.photo import DRAWING_TYPE, MEDIA_TYPE, PhotoError, drawing, smaller
from bot.ports.storage import Tx, Views
from bot.web.desk.case import case_id_of, case_page
from bot.web.desk.once import once
from bot.web.desk.session import SEAT
from bot.web.media import HEADERS
from bot.web.site import Site, form_of, number_in, see, site_of

PHOTO_MOST: Final = 20 * 1024 * 1024
SIGNATURE_MOST: Final = 256 * 1024
_DRAWN: Final = "data:image/png;base64,"


async def photo(request: web.Request) -> web.Response:
    """Keep a photo from before or after the work."""
    site, staff, case_id = site_of(request), request[SEAT].staff, case_id_of(request)
    form = await form_of(request)

    async def unit() -> Callable[[Tx], None]:
        purpose = Purpose.BEFORE if form.get("purpose") == "before" else Purpose.AFTER
        kept = await _redrawn(site, smaller, await _file_of(request))
        return lambda tx: add_photo(
            tx,
            site.rules,
            case_id,
            staff,
            purpose,
            kept,
            media_type=MEDIA_TYPE,
            shown="private" not in form,
        )

    return await _keep(request, "photo", unit)


async def signature(request: web.Request) -> web.Response:
    """Keep the signature of who was there, or the name that stands for it."""
    site, staff, case_id = site_of(request), request[SEAT].staff, case_id_of(request)
    form = await form_of(request)

    async def unit() -> Callable[[Tx], None]:
        drawn = _png_of(form.get("drawing", ""))
        kept = await _redrawn(site, drawing, drawn) if drawn else b""
        name = form.get("name", "")
        return lambda tx: sign(tx, site.rules, case_id, staff, name, kept, media_type=DRAWING_TYPE)

    return await _keep(request, "sign", unit)


async def show(request: web.Request) -> web.Response:
    """Send the file to whoever may see the case."""
    found = await site_of(request).storage.read(partial(look, number_in(request, "proof_id")))
    return proof_response(found)


def look(proof_id: int, views: Views) -> tuple[Proof, bytes] | None:
    """Read the file with what is known of it."""
    proof = views.proofs.get(proof_id)
    return None if proof is None else (proof, views.proofs.content(proof_id))


def proof_response(found: tuple[Proof, bytes] | None) -> web.Response:
    """Return the file: all of them were drawn by us."""
    if found is None or not found[1]:
        raise web.HTTPNotFound
    proof, content = found
    return web.Response(body=content, content_type=proof.media_type, headers=HEADERS)


async def _keep(
    request: web.Request, step: str, unit: Callable[[], Awaitable[Callable[[Tx], None]]]
) -> web.Response:
    site, case_id = site_of(request), case_id_of(request)
    try:
        kept = once(await unit(), request[SEAT].staff, await form_of(request))
        await site.storage.write(kept)
    except RefusedError as refused:
        problem = site.rules.texts.say(f"case.refused.{refused.reason}")
        form = await form_of(request)
        return await case_page(request, case_id, problem=problem, step=step, typed=form, status=409)
    raise see(f"/desk/cases/{case_id}")


async def _redrawn(site: Site, draw: Callable[[bytes], bytes], content: bytes) -> bytes:
    """Draw it anew, one at a time: a photo that is opened takes much memory."""
    async with site.drawing_gate:
        try:
            return await asyncio.to_thread(draw, content)
        except PhotoError as error:
            raise RefusedError(error.code) from error


async def _file_of(request: web.Request) -> bytes:
    sent = (await request.post()).get("photo")
    content = sent.file.read() if isinstance(sent, web.FileField) else b""
    if not content:
        raise RefusedError("photo_empty")
    return content


def _png_of(drawn: str) -> bytes:
    if not drawn:
        return b""
    try:
        return base64.b64decode(drawn.removeprefix(_DRAWN), validate=True)
    except binascii.Error:
        raise RefusedError("no_photo") from None
