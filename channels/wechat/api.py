"""The calls of an Official Account, each with a token that WeChat gives for two hours.

Token and secret are part of requests: so the library's own log lines are kept quiet, and every
failure becomes an ApiError, whose words are the server's or the name of a class.
"""

import asyncio
import ipaddress
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import httpx

from channels.tls import trusted
from channels.wechat.errors import TOKEN_ENDED, ApiError, UnclearError, refused

_READ_SECONDS: Final = 10.0
_CONNECT_SECONDS: Final = 4.0
_DOWNLOAD_SECONDS: Final = 60.0
_RENEW_BEFORE_SECONDS: Final = 300.0
_ANSWER_MOST: Final = 64 * 1024
_FILMS_FROM: Final = ".qq.com"
_NOT_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
)

Answer = TypeVar("Answer")
Fields = Mapping[str, Any]


class Api:
    """One account's calls; `now` are seconds of a clock that only goes forward."""

    def __init__(
        self, *, app_id: str, secret: str, base_url: str, now: Callable[[], float]
    ) -> None:
        for library in ("httpx", "httpcore"):
            logging.getLogger(library).setLevel(logging.WARNING)
        self._who = {"grant_type": "client_credential", "appid": app_id, "secret": secret}
        self._client = httpx.AsyncClient(
            base_url=base_url,
            timeout=httpx.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS),
            verify=trusted(),
        )
        self._now = now
        self._asking = asyncio.Lock()
        self._failed: ApiError | None = None
        self._token = ""
        self._ends = 0.0

    async def close(self) -> None:
        """End the connections; calls fail from then on."""
        await self._client.aclose()

    async def send(self, message: Fields) -> None:
        """Send a message of customer service, in the form that WeChat describes."""
        content = json.dumps(message, ensure_ascii=False).encode()  # it shows \\uXXXX as such

        async def once(token: str) -> None:
            await self._post(f"/cgi-bin/message/custom/send?access_token={token}", content)

        await self._with_token(once)

    async def download(self, media_id: str, *, most: int) -> bytes:
        """Return a photo or a recording; ApiError `too_big` when it has more bytes than that."""

        async def once(token: str) -> bytes:
            asked = httpx.QueryParams(access_token=token, media_id=media_id)
            content = await self._get(f"/cgi-bin/media/get?{asked}", most)
            return content if isinstance(content, bytes) else await self._film(content, most)

        async with asyncio.timeout(_DOWNLOAD_SECONDS):
            return await self._with_token(once)

    async def _film(self, answer: Fields, most: int) -> bytes:
        """Return the film that WeChat has put elsewhere, if that is a place of its own."""
        place = str(answer.get("video_url", ""))
        host = _host(place)
        if not (has_films(host) or host == self._client.base_url.host):
            raise ApiError("gone", retry_after_seconds=None)
        content = await self._get(place, most)
        if not isinstance(content, bytes):
            raise ApiError("gone", retry_after_seconds=None)
        return content

    async def _with_token(self, call: Callable[[str], Awaitable[Answer]]) -> Answer:
        """Make the call; once more with a new token when WeChat says that this one has ended."""
        token = await self._token_now(ended="")
        try:
            return await call(token)
        except ApiError as error:
            if error.number not in TOKEN_ENDED:
                raise
        return await call(await self._token_now(ended=token))

    async def _token_now(self, *, ended: str) -> str:
        """Return the token. Who waited while the asking failed does not ask again, one by one."""
        before = self._failed
        async with self._asking:
            if self._token in {"", ended} or self._now() >= self._ends:
                if self._failed is not None and self._failed is not before:
                    raise self._failed
                self._token, lasts = await self._asked_for()
                self._ends = self._now() + lasts - _RENEW_BEFORE_SECONDS
            return self._token

    async def _asked_for(self) -> tuple[str, int]:
        try:
            return await self._another()
        except UnclearError as error:  # nothing else was asked for yet
            self._failed = ApiError("no_token", str(error), retry_after_seconds=5.0)
        except ApiError as error:
            self._failed = error
        raise self._failed

    async def _another(self) -> tuple[str, int]:
        """Ask for the stable token: whoever asks meanwhile, another process too, gets the same."""
        answer = await self._post("/cgi-bin/stable_token", json.dumps(self._who).encode())
        token, lasts = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not isinstance(lasts, int):
            raise UnclearError("no token")
        return token, lasts

    async def _post(self, url: str, content: bytes) -> Fields:
        async with self._answered("POST", url, content) as response:
            return _accepted(await _read(response, _ANSWER_MOST, UnclearError("a long answer")))

    async def _get(self, url: str, most: int) -> bytes | Fields:
        """Return the file, or what WeChat says instead of one."""
        async with self._answered("GET", url, None) as response:
            kind = response.headers.get("Content-Type", "")
            too_big = ApiError("too_big", retry_after_seconds=None)
            content = await _read(response, most, too_big)
        return _accepted(content) if kind.startswith(("application/json", "text/")) else content

    @asynccontextmanager
    async def _answered(
        self, method: str, url: str, content: bytes | None
    ) -> AsyncIterator[httpx.Response]:
        """Yield the answer; none of the errors may show the address."""
        if self._client.is_closed:
            raise ApiError("unreachable", "closed", retry_after_seconds=5.0)
        try:
            async with self._client.stream(method, url, content=content) as response:
                if response.status_code != httpx.codes.OK:
                    raise UnclearError(f"HTTP {response.status_code}")
                yield response
        except _NOT_SENT as error:
            raise ApiError("unreachable", type(error).__name__, retry_after_seconds=5.0) from None
        except httpx.HTTPError as error:
            raise UnclearError(type(error).__name__) from None


def _host(place: str) -> str:
    try:
        return httpx.URL(place).host
    except httpx.InvalidURL:
        return ""


def has_films(host: str) -> bool:
    """Say whether that may be one of WeChat's; often it gives a number instead of a name."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return host.endswith(_FILMS_FROM)


async def _read(response: httpx.Response, most: int, beyond: ApiError) -> bytes:
    content = bytearray()
    async for piece in response.aiter_bytes():
        content += piece
        if len(content) > most:
            raise beyond
    return bytes(content)


def _accepted(content: bytes) -> Fields:
    """Return what an answer says; ApiError for a refusal."""
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise UnclearError("the answer is garbled")
    number = answer.get("errcode", 0)
    if number:
        raise refused(number if isinstance(number, int) else -1, str(answer.get("errmsg", "")))
    return answer
