"""The calls of the Bot API, by the requests of python-telegram-bot.

Of an answer only what we need is looked at, so that no server and no version of the API has to
say more than that. The token is part of every address: so the libraries' own log lines are kept
quiet, and every failure becomes an ApiError, whose words are the server's or the name of a class.
"""

import asyncio
import json
import logging
import ssl
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Final, Self

import httpx
import telegram
from telegram.request import HTTPXRequest, RequestData
from telegram.request._requestparameter import RequestParameter

from channels.telegram.errors import RefusedError, UnclearError, error_of
from channels.telegram.updates import ASKED_FOR
from channels.tls import trusted

_SENDS_AT_ONCE: Final = 80
_CONNECT_SECONDS: Final = 4.0
_READ_SECONDS: Final = 10.0
_DOWNLOAD_SECONDS: Final = 60.0
_NOT_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.InvalidURL,
    httpx.UnsupportedProtocol,
    RuntimeError,  # the client is closed
)
_LIBRARIES: Final = ("httpx", "httpcore", "telegram")

Keyboard = Sequence[Sequence[telegram.InlineKeyboardButton]]


class Api:
    """One bot's calls. Every one of them raises ApiError; usable until its context ends."""

    def __init__(self, *, token: str, base_url: str) -> None:
        for library in _LIBRARIES:
            logging.getLogger(library).setLevel(logging.WARNING)
        self._root = f"{base_url.rstrip('/')}/bot{token}"
        self._file_root = f"{base_url.rstrip('/')}/file/bot{token}"
        tls = trusted()
        self._calls = _request(_SENDS_AT_ONCE, tls)
        self._polls = _request(1, tls)
        self._files = httpx.AsyncClient(timeout=_READ_SECONDS, verify=tls)
        self._username = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        async with AsyncExitStack() as stack:
            for close in (self._calls.shutdown, self._polls.shutdown, self._files.aclose):
                stack.push_async_callback(close)

    async def username(self) -> str:
        """Return the bot's own name in groups; asked for once."""
        if not self._username:
            name = _object(await self._call("getMe")).get("username")
            self._username = name if isinstance(name, str) else ""
        return self._username

    async def updates(self, offset: int | None, *, seconds: int) -> Sequence[object]:
        """Wait at most so long for updates, and return them raw.

        With an `offset`, all updates before it are confirmed: the server forgets them.
        """
        updates = await self._polls.post(
            f"{self._root}/getUpdates",
            _data(offset=offset, timeout=seconds, allowed_updates=list(ASKED_FOR)),
            read_timeout=seconds + _READ_SECONDS,
        )
        if not isinstance(updates, list):
            raise UnclearError("no list of updates")
        return updates

    async def ask_for_webhook(self, url: str, secret: str) -> None:
        """Let updates be posted to the address, with the secret in a header."""
        await self._call(
            "setWebhook", url=url, secret_token=secret, allowed_updates=list(ASKED_FOR)
        )

    async def end_webhook(self) -> None:
        """Let updates be asked for again; those that wait are kept."""
        await self._call("deleteWebhook")

    async def name_commands(self, commands: Mapping[str, str]) -> None:
        """Show the commands, with what they do, in the app's menu."""
        listed = [telegram.BotCommand(name, words) for name, words in commands.items()]
        await self._call("setMyCommands", commands=listed)

    async def send(self, chat_id: int, text: str, keyboard: Keyboard) -> int:
        """Send plain text and return the new message's id."""
        sent = await self._call(
            "sendMessage", chat_id=chat_id, text=text, reply_markup=_markup(keyboard)
        )
        message_id = _object(sent).get("message_id")
        if not isinstance(message_id, int) or isinstance(message_id, bool):
            raise UnclearError("no number of a message")
        return message_id

    async def edit(self, chat_id: int, message_id: int, text: str, keyboard: Keyboard) -> None:
        """Give a message of ours another text and other buttons."""
        await self._call(
            "editMessageText",
            chat_id=chat_id,
            message_id=message_id,
            text=text,
            reply_markup=_markup(keyboard),
        )

    async def acknowledge(self, query_id: str) -> None:
        """Stop the little clock on a pressed button."""
        await self._call("answerCallbackQuery", callback_query_id=query_id)

    async def download(self, file_id: str, *, most: int) -> bytes:
        """Return a file; RefusedError `too_big` when it has more bytes than that."""
        file = _object(await self._call("getFile", file_id=file_id))
        size, path = file.get("file_size"), file.get("file_path")
        if isinstance(size, int) and size > most:
            raise RefusedError("too_big", retryable=False)
        if not isinstance(path, str):
            raise RefusedError("gone", retryable=False)
        try:
            async with asyncio.timeout(_DOWNLOAD_SECONDS):
                return await self._read(f"{self._file_root}/{path}", most)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise UnclearError(type(error).__name__) from None

    async def _call(self, method: str, **parameters: Any) -> object:
        """Return the raw result; a parameter that is None is left out."""
        result: object = await self._calls.post(f"{self._root}/{method}", _data(**parameters))
        return result

    async def _read(self, url: str, most: int) -> bytes:
        content = bytearray()
        async with self._files.stream("GET", url) as response:
            if response.status_code == httpx.codes.NOT_FOUND:
                raise RefusedError("gone", retryable=False)
            if response.status_code != httpx.codes.OK:
                raise UnclearError(f"HTTP {response.status_code}")
            async for piece in response.aiter_bytes():
                content += piece
                if len(content) > most:
                    raise RefusedError("too_big", retryable=False)
        return bytes(content)


class _Request(HTTPXRequest):
    """Tells what surely had no effect from what may have had one, and keeps the token inside."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        try:
            status, payload = await super().do_request(*args, **kwargs)
        except Exception as error:  # noqa: BLE001  none of them may show the address
            cause = error.__cause__ or error
            if isinstance(cause, _NOT_SENT):
                raise RefusedError("unreachable", type(cause).__name__, retryable=True) from None
            raise UnclearError(type(cause).__name__) from None
        if status != httpx.codes.OK:
            raise error_of(status, payload)
        return status, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(payload)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict) or "result" not in answer:
            raise UnclearError("the answer is garbled")
        return answer


def _request(connections: int, tls: ssl.SSLContext) -> _Request:
    return _Request(
        connection_pool_size=connections,
        connect_timeout=_CONNECT_SECONDS,
        pool_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        write_timeout=_READ_SECONDS,
        httpx_kwargs={"verify": tls},
    )


def _data(**parameters: Any) -> RequestData:
    """The library has no public way to make what its own calls post."""
    return RequestData(
        [
            RequestParameter.from_input(name, value)
            for name, value in parameters.items()
            if value is not None
        ]
    )


def _markup(keyboard: Keyboard) -> telegram.InlineKeyboardMarkup | None:
    return telegram.InlineKeyboardMarkup(keyboard) if keyboard else None


def _object(result: object) -> Mapping[str, Any]:
    if not isinstance(result, dict):
        raise UnclearError("the result is no object")
    return result
