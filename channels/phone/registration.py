"""POST /api/phone/calls: the exchange says who is on a call before it connects its sound.

The body is a form, as a dialplan sends it, or JSON: `caller`, `called`, `uuid`, and in a form
without the header `Authorization: Bearer SECRET` also `secret`. Without `uuid` one is made. The
answer to a form is the bare UUID, the answer to JSON is JSON; errors are always JSON.
"""

import hmac
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol
from urllib.parse import parse_qs
from uuid import UUID, uuid4

from aiohttp import web

from channels.body import BodyError, read_body
from channels.phone.numbers import normal

_log = logging.getLogger(__name__)

PATH: Final = "/api/phone/calls"
_BODY_MOST: Final = 4096
_FIELDS_MOST: Final = 16
_FORM: Final = "application/x-www-form-urlencoded"
_JSON: Final = "application/json"


class Registered(StrEnum):
    """What came of a registration."""

    NEW = "new"
    AGAIN = "again"
    OTHERWISE = "otherwise"
    """The UUID is known with other numbers."""


class Registry(Protocol):
    """Where calls are registered."""

    async def register(self, uuid: str, *, caller: str, called: str) -> Registered:
        """Keep who is on the call; raises when that can't be stored."""
        ...


class Limit(Protocol):
    """How fast one subject may ask."""

    def delay(self, subject: str) -> float:
        """Return 0, or the seconds to wait."""
        ...


class RefusalError(Exception):
    """Why a registration is not taken; the sentence is for whoever wrote the dialplan."""

    def __init__(self, status: int, code: str, message: str, *, retry_seconds: float = 0) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_seconds = retry_seconds

    def response(self) -> web.Response:
        """Return it as it is sent."""
        body = {"error": self.code, "message": self.message}
        response = web.json_response(body, status=self.status)
        if self.retry_seconds:
            response.headers["Retry-After"] = str(int(self.retry_seconds) + 1)
        return response


_BODY_SENTENCES: Final = {
    "too_big": f"A registration has at most {_BODY_MOST} bytes.",
    "too_slow": "The body came too slowly.",
    "empty": "There is no body: send caller, called and secret as a form.",
    "garbled": "The body could not be read to its end.",
}


@dataclass(frozen=True, slots=True)
class Registration:
    """The route. `secret` is what the exchange knows; '' where no exchange is set up."""

    secret: str
    area: str
    registry: Registry
    pace: Limit
    stranger_pace: Limit
    """For those who do not know the secret, by their address."""

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Return the one route."""
        return [web.post(PATH, self._post)]

    async def _post(self, request: web.Request) -> web.Response:
        try:
            return await self._take(request)
        except RefusalError as refusal:
            _log.warning("a call is not registered: %s (%s)", refusal.message, request.remote)
            return refusal.response()

    async def _take(self, request: web.Request) -> web.Response:
        if not self.secret:
            message = "Set GONGZHI_PHONE_SECRET to the secret that the dialplan sends."
            raise RefusalError(403, "not_set_up", message)
        fields = await _fields(request)
        self._admit(request, fields)
        uuid = _uuid(fields.get("uuid", ""))
        numbers = {name: self._number(name, fields) for name in ("caller", "called")}
        known = await self._store(uuid, numbers["caller"], numbers["called"])
        status = 201 if known is Registered.NEW else 200
        if request.content_type == _JSON:
            return web.json_response({"uuid": uuid}, status=status)
        return web.Response(text=uuid, status=status)

    def _admit(self, request: web.Request, fields: Mapping[str, str]) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        given = token if scheme.lower() == "bearer" else fields.get("secret", "")
        if not hmac.compare_digest(given.encode(errors="replace"), self.secret.encode()):
            _wait(self.stranger_pace.delay(request.remote or ""))
            raise RefusalError(401, "unauthorized", "The secret is missing or wrong.")
        _wait(self.pace.delay("exchange"))

    def _number(self, name: str, fields: Mapping[str, str]) -> str:
        given = fields.get(name, "")
        number = normal(given, area=self.area)
        if given and not number:
            _log.info("a call's %s is no number and is left out", name)
        return number

    async def _store(self, uuid: str, caller: str, called: str) -> Registered:
        try:
            known = await self.registry.register(uuid, caller=caller, called=called)
        except Exception:  # noqa: BLE001  logged whole; the exchange may ask again
            _log.exception("a call can't be registered now")
            message = "The service can't store it now; the call is served as anonymous."
            raise RefusalError(503, "not_now", message, retry_seconds=1) from None
        if known is Registered.OTHERWISE:
            message = "This UUID is known with other numbers: each call needs one of its own."
            raise RefusalError(409, "known_otherwise", message)
        return known


def _wait(seconds: float) -> None:
    if seconds:
        message = "Too many registrations; wait as long as Retry-After says."
        raise RefusalError(429, "too_many", message, retry_seconds=seconds)


async def _fields(request: web.Request) -> Mapping[str, str]:
    if request.content_type not in {_FORM, _JSON}:
        message = f"Content-Type must be {_FORM} or {_JSON}."
        raise RefusalError(415, "bad_type", message)
    try:
        body = await read_body(request, most=_BODY_MOST)
    except BodyError as error:
        raise RefusalError(error.status, error.code, _BODY_SENTENCES[error.code]) from None
    try:
        text = body.decode()
        return _of_json(text) if request.content_type == _JSON else _of_form(text)
    except (ValueError, RecursionError):
        message = "The body must be a form or a JSON object of texts, in UTF-8."
        raise RefusalError(400, "bad_body", message) from None


def _of_form(text: str) -> Mapping[str, str]:
    fields = parse_qs(text, keep_blank_values=True, max_num_fields=_FIELDS_MOST)
    return {name: values[-1] for name, values in fields.items()}


def _of_json(text: str) -> Mapping[str, str]:
    tree: Any = json.loads(text)
    if not isinstance(tree, dict) or not all(isinstance(value, str) for value in tree.values()):
        raise ValueError("no object of texts")
    return tree


def _uuid(given: str) -> str:
    """Return the UUID in its one form, made where none is given."""
    if not given:
        return str(uuid4())
    try:
        return str(UUID(given))
    except ValueError:
        message = "uuid must be one, such as 40325ec2-5efd-4bd3-805f-53576e581d13."
        raise RefusalError(400, "bad_uuid", message) from None
