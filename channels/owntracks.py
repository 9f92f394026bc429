"""OwnTracks, an open-source phone app that reports its position by HTTP.

A phone has a name and a secret, given in the chat and taken back there. What it sends is JSON;
only `_type` location is taken. Nothing can be sent to it: answers go to the chat.
"""

import hashlib
import json
import logging
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Final, Protocol

from aiohttp import web

from channels.base import Receive
from channels.body import BodyError, read_body
from channels.message import Datum, InboundMessage, Position, PositionSource

_log = logging.getLogger(__name__)

NAME: Final = "owntracks"
PATH: Final = "/checkin/owntracks"
_BODY_MOST: Final = 16 * 1024
_SECONDS_MOST: Final = 4_102_444_800  # the year 2100
_KMH: Final = 3.6
_BODY_REASONS: Final = {
    "too_big": "too long",
    "too_slow": "too slow",
    "empty": "no JSON",
    "garbled": "not read to its end",
}


class Keys(Protocol):
    """Which phone may report."""

    async def admits(self, name: str, secret: str) -> bool:
        """Say whether the phone is bound, and this its secret."""
        ...


class Limit(Protocol):
    """How fast one phone may report."""

    def delay(self, subject: str) -> float:
        """Return 0, or the seconds to wait."""
        ...


class Refusal(Exception):  # noqa: N818  it is an answer, with its HTTP status
    """Why a request is not taken."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def read_location(body: bytes, device: str, datum: Datum = Datum.WGS84) -> Position | None:
    """Return the position in a request's body, None for what is no location; or raise Refusal."""
    fields = _fields(body)
    if fields.get("_type") != "location":
        return None
    accuracy, speed = _number(fields, "acc", 0, 1e7), _number(fields, "vel", 0, 1e5)
    at = datetime.fromtimestamp(int(_needed(fields, "tst", 0, _SECONDS_MOST)), UTC)
    return Position(
        latitude=_needed(fields, "lat", -90, 90),
        longitude=_needed(fields, "lon", -180, 180),
        datum=datum,
        source=PositionSource.DEVICE,
        at=at,
        accuracy_m=accuracy,
        speed_mps=None if speed is None else speed / _KMH,
        share=f"{device}:{at:%Y%m%d}",  # a doubt about one day's way is none about the next
    )


class OwnTracks:
    """The channel `owntracks`: positions come in, nothing goes out."""

    name = NAME

    def __init__(
        self, *, receive: Receive, keys: Keys, pace: Limit, now: Callable[[], datetime]
    ) -> None:
        self._receive = receive
        self._keys = keys
        self._pace = pace
        self._now = now

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Return the one address that phones report to."""
        return [web.post(PATH, self._report)]

    async def _report(self, request: web.Request) -> web.Response:
        try:
            await self._take(request)
        except Refusal as refusal:
            return _refused(refusal)
        except Exception:  # noqa: BLE001  logged whole; the phone keeps the point and comes again
            _log.exception("a phone's position could not be stored")
            return _refused(Refusal(503, "not stored, try again"))
        return web.json_response([])

    async def _take(self, request: web.Request) -> None:
        device = await self._device(request)
        if self._pace.delay(device):
            raise Refusal(429, "too many positions")
        body = await _body(request)
        position = read_location(body, device, _datum(request))
        if position is None:
            return
        digest = hashlib.sha256(body).hexdigest()[:12]
        await self._receive(
            InboundMessage(
                channel=NAME,
                address=device,
                external_id=f"{device}:{int(position.at.timestamp())}:{digest}",
                text="",
                sent_at=self._now(),
                position=position,
            )
        )

    async def _device(self, request: web.Request) -> str:
        name, secret = _named(request.headers.get("Authorization", ""))
        if not await self._keys.admits(name, secret):
            raise Refusal(401, "this phone is not bound")
        return name


def _named(header: str) -> tuple[str, str]:
    """Return name and secret of HTTP's basic authentication."""
    scheme, _, encoded = header.partition(" ")
    try:
        given = b64decode(encoded.strip(), validate=True).decode()
    except ValueError:
        given = ""
    name, colon, secret = given.partition(":")
    if scheme.lower() != "basic" or not colon:
        raise Refusal(401, "name and secret are needed")
    return name, secret


async def _body(request: web.Request) -> bytes:
    try:
        return await read_body(request, most=_BODY_MOST)
    except BodyError as error:
        raise Refusal(error.status, _BODY_REASONS[error.code]) from None


def _datum(request: web.Request) -> Datum:
    """Return what the phone measures against: its address says so, when it is not WGS-84."""
    try:
        return Datum(request.query.get("datum", Datum.WGS84))
    except ValueError:
        raise Refusal(400, "datum is neither wgs84 nor gcj02") from None


def _fields(body: bytes) -> Mapping[str, Any]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        raise Refusal(400, "no JSON") from None
    if not isinstance(fields, dict):
        raise Refusal(400, "no JSON object")
    return fields


def _number(fields: Mapping[str, Any], name: str, least: float, most: float) -> float | None:
    """Return the number, None without one; a number out of its range is refused."""
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refusal(400, f"{name} is no number")
    if not least <= value <= most or not isfinite(value):
        raise Refusal(400, f"{name} is out of range")
    return float(value)


def _needed(fields: Mapping[str, Any], name: str, least: float, most: float) -> float:
    value = _number(fields, name, least, most)
    if value is None:
        raise Refusal(400, f"{name} is missing")
    return value


def _refused(refusal: Refusal) -> web.Response:
    headers = {}
    if refusal.status == 401:  # noqa: PLR2004  the status that asks for a name
        headers["WWW-Authenticate"] = 'Basic realm="gongzhi"'
    if refusal.status in {429, 503}:
        headers["Retry-After"] = "60"
    return web.json_response({"error": refusal.reason}, status=refusal.status, headers=headers)
