"""Asterisk's REST Interface, as far as calls of ours and connecting need it.

Not tried on an exchange: written from Asterisk's published description of the interface
(rest-api/api-docs), against a fake made from the same.
"""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import quote

import aiohttp

_log = logging.getLogger(__name__)

_SECONDS: Final = aiohttp.ClientTimeout(total=8)
_ALIVE_SECONDS: Final = 20.0
_MESSAGE_MOST: Final = 1024 * 1024
_REFUSED: Final = range(400, 500)


class AriError(Exception):
    """A request failed; `sure` says that it had no effect."""

    def __init__(self, words: str, *, sure: bool) -> None:
        super().__init__(words)
        self.sure = sure


@dataclass(frozen=True, slots=True)
class Event:
    """What the exchange tells of one channel."""

    kind: str
    channel: str
    args: tuple[str, ...] = ()
    cause: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Where the exchange is, and who we are there; `app` is unlike that of any other process."""

    url: str
    user: str
    password: str
    app: str = "gongzhi"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A call to be placed. `args` come back in StasisStart once it was answered."""

    channel: str
    endpoint: str
    args: str
    caller_id: str
    ring_seconds: int
    variables: Mapping[str, str]


class Ari:
    """Requests and events of one exchange, while its context lasts; none after that."""

    def __init__(self, access: Access) -> None:
        self.app = access.app
        self._url = access.url.rstrip("/")
        known = aiohttp.encode_basic_auth(access.user, access.password)
        self._session = aiohttp.ClientSession(headers={"Authorization": known}, timeout=_SECONDS)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def originate(self, origin: Origin) -> None:
        """Begin to ring; what becomes of it is told by events."""
        query = {
            "endpoint": origin.endpoint,
            "app": self.app,
            "appArgs": origin.args,
            "callerId": origin.caller_id,
            "timeout": str(origin.ring_seconds),
        }
        body = {"variables": dict(origin.variables)}
        await self._ask("POST", f"/channels/{_part(origin.channel)}", query, body)

    async def go_on(self, channel: str, *, context: str, extension: str) -> None:
        """Let the channel go on in the dialplan."""
        query = {"context": context, "extension": extension, "priority": "1"}
        await self._ask("POST", f"/channels/{_part(channel)}/continue", query)

    async def hang_up(self, channel: str) -> None:
        """End the channel; one that is gone already is no trouble."""
        try:
            await self._ask("DELETE", f"/channels/{_part(channel)}")
        except AriError as error:
            _log.info("channel %s is not hung up: %s", channel, error)

    @asynccontextmanager
    async def bridge(self, bridge: str, *channels: str) -> AsyncIterator[None]:
        """Let the channels hear each other while the context lasts."""
        path = f"/bridges/{_part(bridge)}"
        await self._ask("POST", path, {"type": "mixing"})
        try:
            await self._ask("POST", f"{path}/addChannel", {"channel": ",".join(channels)})
            yield
        finally:
            try:
                await self._ask("DELETE", path)
            except AriError as error:
                _log.info("bridge %s is not taken away: %s", bridge, error)

    def events(self) -> AbstractAsyncContextManager["Events"]:
        """Connect for events; AriError when that fails."""
        return _events(self._session, f"{self._url}/events", self.app)

    async def _ask(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: Any = None
    ) -> None:
        try:
            async with self._session.request(
                method, self._url + path, params=query, json=body
            ) as answer:
                words = await answer.text()
        except aiohttp.ClientConnectorError as error:
            raise AriError(f"the exchange can't be reached: {error}", sure=True) from error
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise AriError(f"no answer to {method} {path}: {error!r}", sure=False) from error
        if not answer.ok:
            words = f"{method} {path}: {answer.status} {words[:200]}"
            raise AriError(words, sure=answer.status in _REFUSED)


class Events:
    """The events of one connection."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def __aiter__(self) -> AsyncIterator[Event]:
        async for message in self._socket:
            if message.type is aiohttp.WSMsgType.TEXT and (event := read_event(message)):
                yield event


@asynccontextmanager
async def _events(session: aiohttp.ClientSession, url: str, app: str) -> AsyncIterator[Events]:
    try:
        socket = await session.ws_connect(
            url, params={"app": app}, heartbeat=_ALIVE_SECONDS, max_msg_size=_MESSAGE_MOST
        )
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        raise AriError(f"no events from the exchange: {error}", sure=True) from error
    async with socket:
        yield Events(socket)


def read_event(message: aiohttp.WSMessage) -> Event | None:
    """Return the event; None for what is none, or of no channel and without meaning for us."""
    try:
        tree = message.json()
    except (ValueError, RecursionError):
        return None
    if not isinstance(tree, dict) or not isinstance(tree.get("type"), str):
        return None
    channel, args, cause = tree.get("channel"), tree.get("args"), tree.get("cause")
    identifier = channel.get("id") if isinstance(channel, dict) else ""
    return Event(
        kind=tree["type"],
        channel=identifier if isinstance(identifier, str) else "",
        args=tuple(map(str, args)) if isinstance(args, list) else (),
        cause=cause if isinstance(cause, int) else 0,
    )


def _part(name: str) -> str:
    return quote(name, safe="")
