"""The page at a checkpoint: one button asks the browser where it is, one field takes the code.

It becomes a message of the chat page's channel, so that the answer is in the chat as well. The
page works without scripts, with the code alone.
"""

import re
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from hmac import compare_digest
from itertools import dropwhile
from math import isfinite
from typing import Final

from aiohttp import web

from bot.ports.positions import Mark
from bot.ports.storage import Views
from bot.web.site import Form, Site, form_of, see, site_of
from bot.web.visitor import known_visitor
from channels.base import Receive
from channels.message import Datum, InboundMessage, Position, PositionSource
from channels.webchat import VISITOR_COOKIE, Pace, WebChat, address_of, new_visitor

_PATH: Final = "/checkin"
_ID: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")
_CODE: Final = re.compile(r"[A-Za-z0-9-]{1,12}")
_TWO_YEARS_SECONDS: Final = 730 * 24 * 3600
_LINES_MOST: Final = 20
_LATEST_MS: Final = 4_102_444_800_000  # the year 2100
_BURST, _PER_MINUTE = 6, 6.0


class WrongError(Exception):
    """What was sent can't be used; the key of the sentence that says so."""


class CheckInPage:
    """The pages that residents open at a checkpoint, and the display that stands there."""

    def __init__(self, *, receive: Receive, now: Callable[[], float]) -> None:
        self._receive = receive
        self._pace = Pace(burst=_BURST, per_minute=_PER_MINUTE, now=now)

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Return the routes."""
        return [
            web.get(_PATH, self._show),
            web.post(_PATH, self._take),
            web.get("/checkpoints/{code}/display", _display),
        ]

    async def _show(self, request: web.Request) -> web.Response:
        code, sent = request.query.get("code", ""), request.query.get("sent", "")
        address = known_visitor(request)
        if address is not None and _ID.fullmatch(sent):
            answer = await site_of(request).storage.read(partial(_look, address, sent))
            return _page(request, answer=answer, waiting=not answer)
        return _page(request, code=code if _CODE.fullmatch(code) else "")

    async def _take(self, request: web.Request) -> web.Response:
        address = known_visitor(request)
        if address is None:
            raise see(_PATH)
        form = await form_of(request)
        identifier = form.get("id", "")
        if not _ID.fullmatch(identifier):
            raise see(_PATH)
        if self._pace.delay(address):
            return _page(request, problem="too_fast", code=form.get("code", ""), status=429)
        site = site_of(request)
        try:
            message = _message(site, form, address, identifier)
        except WrongError as wrong:
            return _page(request, problem=str(wrong), status=400)
        await self._receive(message)
        raise see(f"{_PATH}?sent={identifier}")


def _message(site: Site, form: Form, address: str, identifier: str) -> InboundMessage:
    """Return what was sent as a message of the chat; WrongError when it is nothing or garbled."""
    now, say = site.clock.now(), site.rules.texts.say
    code, position = form.get("code", "").strip(), position_of(form, now)
    if code and not _CODE.fullmatch(code):
        raise WrongError("wrong_code")
    if not code and position is None:
        raise WrongError("nothing")
    text = say("places.page.with_code", code=code) if code else say("places.page.said")
    return InboundMessage(
        channel=WebChat.name,
        address=address,
        external_id=_external(address, identifier),
        text=text,
        sent_at=now,
        position=position,
    )


def position_of(form: Form, now: datetime) -> Position | None:
    """Return what the browser told: WGS-84, as browsers do, unless `datum` says gcj02."""
    if not form.get("latitude") and not form.get("longitude"):
        return None
    at = _number(form, "at", 0, _LATEST_MS)
    latitude, longitude = _number(form, "latitude", -90, 90), _number(form, "longitude", -180, 180)
    if latitude is None or longitude is None:
        raise WrongError("wrong")
    return Position(
        latitude=latitude,
        longitude=longitude,
        datum=_datum(form),
        source=PositionSource.BROWSER,
        at=now if at is None else datetime.fromtimestamp(at / 1000, UTC),
        accuracy_m=_number(form, "accuracy", 0, 1e7),
    )


def _datum(form: Form) -> Datum:
    try:
        return Datum(form.get("datum") or Datum.WGS84)
    except ValueError:
        raise WrongError("wrong") from None


def _number(form: Form, name: str, least: float, most: float) -> float | None:
    text = form.get(name, "")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        raise WrongError("wrong") from None
    if not isfinite(value) or not least <= value <= most:
        raise WrongError("wrong")
    return value


def _look(address: str, identifier: str, views: Views) -> Sequence[str]:
    """Return what was answered to the message, nothing while it is looked at."""
    contact = views.people.find(WebChat.name, address)
    if contact is None:
        return ()
    lines = views.chat.lines(contact.id, after=None, limit=_LINES_MOST)
    sent = _external(address, identifier)
    after = dropwhile(lambda line: line.external_id != sent, lines)
    return [line.text for line in after if not line.own]


def _external(address: str, identifier: str) -> str:
    return f"{address[:16]}:{identifier}"


def _page(
    request: web.Request,
    *,
    code: str = "",
    problem: str = "",
    answer: Sequence[str] = (),
    waiting: bool = False,
    status: int = 200,
) -> web.Response:
    """Return the page; a browser that comes for the first time gets its secret."""
    site = site_of(request)
    response = site.page(
        "check_in.html",
        status=status,
        identifier=secrets.token_urlsafe(12),
        code=code,
        problem=site.rules.texts.say(f"places.page.{problem}") if problem else "",
        answer=answer,
        waiting=waiting,
    )
    visitor = request.cookies.get(VISITOR_COOKIE, "")
    response.set_cookie(
        VISITOR_COOKIE,
        visitor if address_of(visitor) else new_visitor(),
        max_age=_TWO_YEARS_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=site.secure_cookies,
    )
    return response


async def _display(request: web.Request) -> web.Response:
    """Show the code of the minute on a screen at the checkpoint; the address is its key."""
    site = site_of(request)
    found = await site.storage.read(
        partial(_shown, request.match_info["code"], request.query.get("key", ""))
    )
    if found is None:
        raise web.HTTPNotFound
    mark, code = found
    return site.page("display.html", name=mark.name, code=code)


def _shown(place: str, key: str, views: Views) -> tuple[Mark, str] | None:
    mark = next((one for one in views.grids.marks() if one.code == place), None)
    if mark is None or not compare_digest(key.encode(), views.grids.display_key(mark).encode()):
        return None
    return mark, views.grids.code_of(mark, changing=True)
