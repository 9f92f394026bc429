"""Recordings that other systems bring: a kiosk, a hotline's recorder. See docs/voice-api.md."""

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from aiohttp import web

from channels.base import Receive
from channels.body import SOUNDS, BodyError, media_type_of, read_body
from channels.frames import is_id
from channels.message import Attachment, AttachmentKind, InboundMessage, OutboundMessage
from channels.webchat import Pace

_log = logging.getLogger(__name__)

PATH: Final = "/api/voice"
FILE_MOST: Final = 20 * 1024 * 1024
_FROM: Final = re.compile("[^\x00-\x1f\x7f\ud800-\udfff]{1,64}")
_KEY_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message: `received`, `answered` or `set_aside`; and what was said."""

    state: str
    transcript: str
    answers: Sequence[str]


class Callers(Protocol):
    """The systems that may bring recordings."""

    async def name_of(self, key: str) -> str | None:
        """Return the name of the caller with that key, if it may come in."""
        ...

    async def outcome(self, external_id: str) -> Outcome | None:
        """Return what became of the message; None when there is none of that name."""
        ...


class _AnswerError(Exception):
    """The request can't be served: status, code and a sentence for whoever reads the log."""

    def __init__(
        self, status: int, code: str, message: str, *, retry_seconds: float | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_seconds = retry_seconds

    def response(self) -> web.Response:
        """Return it as it is sent."""
        response = web.json_response(
            {"error": self.code, "message": self.message}, status=self.status
        )
        if self.status == web.HTTPUnauthorized.status_code:
            response.headers["WWW-Authenticate"] = "Bearer"
        if self.retry_seconds is not None:
            response.headers["Retry-After"] = str(int(self.retry_seconds) + 1)
        return response


_BODY_SENTENCES: Final = {
    "too_big": f"The recording is larger than {FILE_MOST // 1024**2} MiB.",
    "too_slow": "The body came too slowly: send at least 50 kB a second.",
    "empty": "There is no recording in the body.",
    "garbled": "The body could not be read to its end.",
}


class VoiceApi:
    """The channel `voice`. What it says is stored, and fetched by whoever brought the message."""

    name = "voice"

    def __init__(
        self,
        *,
        receive: Receive,
        callers: Callers,
        pace: Pace,
        now: Callable[[], datetime],
        public_url: str,
    ) -> None:
        self._receive = receive
        self._callers = callers
        self._pace = pace
        self._now = now
        self._public_url = public_url

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Return the two routes."""
        return [web.post(PATH, self._post), web.get(f"{PATH}/{{id}}", self._get)]

    async def send(self, message: OutboundMessage) -> str | None:
        """Nothing to carry: the caller fetches the answer, which is stored already."""
        del message
        return None

    async def _post(self, request: web.Request) -> web.Response:
        try:
            caller = await self._caller(request)
            identifier = await self._take(request, caller)
        except _AnswerError as error:
            return error.response()
        status = f"{self._public_url}{PATH}/{identifier}"
        return web.json_response({"message": identifier, "status": status}, status=202)

    async def _get(self, request: web.Request) -> web.Response:
        try:
            caller = await self._caller(request)
            outcome = await self._outcome(caller, request.match_info["id"])
        except _AnswerError as error:
            return error.response()
        return web.json_response(
            {
                "state": outcome.state,
                "transcript": outcome.transcript,
                "answers": list(outcome.answers),
            }
        )

    async def _caller(self, request: web.Request) -> str:
        """Return who asks, when they may and are not too fast."""
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        known = scheme.lower() == "bearer" and key.isascii() and 0 < len(key) <= _KEY_MOST
        try:
            name = await self._callers.name_of(key) if known else None
        except Exception:  # noqa: BLE001  logged whole; the caller tries again
            raise _later("the keys could not be read") from None
        if name is None:
            raise _AnswerError(401, "unauthorized", "Send the header Authorization: Bearer KEY.")
        delay = self._pace.delay(name)
        if delay:
            message = "Too many requests with this key; wait as long as Retry-After says."
            raise _AnswerError(429, "too_many", message, retry_seconds=delay)
        return name

    async def _take(self, request: web.Request, caller: str) -> str:
        identifier, person = _given(request, "id"), _given(request, "from")
        if not is_id(identifier):
            message = "id must be 8 to 64 letters, digits, '-' or '_', made anew for each message."
            raise _AnswerError(400, "bad_id", message)
        if not _FROM.fullmatch(person):
            message = "from must be 1 to 64 characters: your own name for the person who speaks."
            raise _AnswerError(400, "bad_from", message)
        media_type = media_type_of(request, SOUNDS)
        if media_type is None:
            message = "Content-Type must be of a recording, such as audio/ogg or audio/wav."
            raise _AnswerError(415, "bad_type", message)
        try:
            content = await read_body(request, most=FILE_MOST)
        except BodyError as error:
            raise _AnswerError(error.status, error.code, _BODY_SENTENCES[error.code]) from None
        await self._store(caller, person, identifier, media_type, content)
        return identifier

    async def _store(
        self, caller: str, person: str, identifier: str, media_type: str, content: bytes
    ) -> None:
        recording = Attachment(kind=AttachmentKind.VOICE, media_type=media_type, content=content)
        message = InboundMessage(
            channel=self.name,
            address=f"{caller}:{person}",
            external_id=f"{caller}:{identifier}",
            text="",
            sent_at=self._now(),
            attachments=(recording,),
        )
        try:
            await self._receive(message)
        except Exception:  # noqa: BLE001  logged whole; the caller tries again
            raise _later("a recording could not be stored") from None

    async def _outcome(self, caller: str, identifier: str) -> Outcome:
        try:
            known = is_id(identifier)
            outcome = await self._callers.outcome(f"{caller}:{identifier}") if known else None
        except Exception:  # noqa: BLE001  logged whole; the caller tries again
            raise _later("an outcome could not be read") from None
        if outcome is None:
            raise _AnswerError(404, "not_found", "There is no message of that id with this key.")
        return outcome


def _given(request: web.Request, name: str) -> str:
    """Return the value from the address, else from the header X-Voice-Name."""
    return request.query.get(name, "") or request.headers.get(f"X-Voice-{name.title()}", "")


def _later(what: str) -> _AnswerError:
    """Log what is being handled, and ask the caller to come again."""
    _log.exception(what)
    message = "The service can't do this now. Send the same request again, with the same id."
    return _AnswerError(503, "not_now", message, retry_seconds=5)
