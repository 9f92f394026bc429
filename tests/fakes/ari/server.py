"""An exchange as its interface shows it: telephones that answer or not, a dialplan, bridges."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self

from aiohttp import encode_basic_auth, web
from aiohttp.test_utils import TestServer

from channels.phone.ari import Access
from tests.fakes.ari.schema import OPERATIONS, faults, request_faults

USER, PASSWORD = "gongzhi", "a password that only tests know"
_MOMENT: Final = "2026-11-25T10:00:00.000+08:00"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a telephone does when it rings: it is taken, or the exchange tells a cause."""

    cause: int | None = None
    refuse: int = 0
    """Status with which the exchange refuses to place the call at all."""
    vanish: bool = False
    """The connection breaks off while the exchange is asked; the telephone rings all the same."""
    silent: bool = False
    """It rings, and the exchange never tells what became of it."""


@dataclass
class Line:
    """A channel; `arrives` is where the dialplan sends it once we let it go on."""

    id: str
    app: str
    args: str
    variables: Mapping[str, str]
    up: bool = False
    in_app: bool = False
    bridge: str = ""

    def shown(self) -> dict[str, Any]:
        """Return it as the interface shows it."""
        nobody = {"name": "", "number": ""}
        return {
            "id": self.id,
            "name": f"PJSIP/trunk-{self.id}",
            "state": "Up" if self.up else "Ringing",
            "caller": nobody,
            "connected": nobody,
            "accountcode": "",
            "dialplan": {"context": "gongzhi", "exten": "s", "priority": 1},
            "creationtime": _MOMENT,
        }


@dataclass
class _Bridge:
    id: str
    channels: list[str] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "technology": "simple_bridge",
            "bridge_type": "mixing",
            "bridge_class": "stasis",
            "channels": list(self.channels),
        }


Dialplan = Callable[[Line], Awaitable[None]]
"""What the dialplan does with a channel that goes on in it."""


async def _nowhere(line: Line) -> None:
    del line


class FakeExchange:
    """One exchange on a free port of this machine while its context lasts.

    `telephones` says how each endpoint answers (others are taken at once), `dialplan` what
    happens to an answered call. `rang` are the endpoints that rang (`endpoints` by
    channel), `joined` those who spoke with each other, `complaints` what was not as published: it
    should stay empty.
    """

    def __init__(self) -> None:
        self.telephones: dict[str, Answer] = {}
        self.dialplan: Dialplan = _nowhere
        self.rang: list[str] = []
        self.endpoints: dict[str, str] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.joined: list[tuple[str, ...]] = []
        self.complaints: list[str] = []
        self.lines: dict[str, Line] = {}
        self._bridges: dict[str, _Bridge] = {}
        self._sockets: dict[str, web.WebSocketResponse] = {}
        self._connected = asyncio.Event()
        self._group = asyncio.TaskGroup()
        app = web.Application()
        handlers = {
            "POST /channels/{channelId}": self._originate,
            "DELETE /channels/{channelId}": self._hang_up,
            "POST /channels/{channelId}/continue": self._go_on,
            "POST /bridges/{bridgeId}": self._make_bridge,
            "DELETE /bridges/{bridgeId}": self._end_bridge,
            "POST /bridges/{bridgeId}/addChannel": self._add,
        }
        for operation, handler in handlers.items():
            method, path = operation.split(" ")
            app.router.add_route(method, f"/ari{path}", self._checked(operation, handler))
        app.router.add_get("/ari/events", self._events)
        app.router.add_get("/ari/asterisk/info", self._info)
        self._server = TestServer(app)

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        await self._server.start_server()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.cut()
        await self._server.close()
        await self._group.__aexit__(kind, error, trace)

    def access(self, **more: str) -> Access:
        """Return how it is reached."""
        url = str(self._server.make_url("/ari"))
        return Access(**{"url": url, "user": USER, "password": PASSWORD, **more})

    async def connected(self) -> None:
        """Wait until somebody listens to events."""
        await self._connected.wait()

    async def cut(self) -> None:
        """Break off the connections for events."""
        self._connected.clear()
        for socket in list(self._sockets.values()):
            await socket.close()

    async def arrive(self, channel: str, *args: str, app: str = "gongzhi") -> None:
        """Let a caller's channel enter the application, as the dialplan does."""
        line = self.lines.setdefault(channel, Line(channel, app, "", {}, up=True))
        line.in_app = True
        await self.tell(line, "StasisStart", args=list(args))

    async def leave(self, channel: str, cause: int = 16) -> None:
        """Let whoever is on the channel hang up."""
        line = self.lines.pop(channel, None)
        if line is not None:
            await self.tell(line, "ChannelDestroyed", cause=cause, cause_txt="as told")

    async def tell(self, line: Line, kind: str, **fields: Any) -> None:
        """Send an event to the application, as published."""
        event = {
            "type": kind,
            "application": line.app,
            "timestamp": _MOMENT,
            "channel": line.shown(),
            **fields,
        }
        self.complaints += faults(event, kind)
        await self.say(line.app, json.dumps(event))

    async def say(self, app: str, text: str) -> None:
        """Send whatever text to the application, if it listens."""
        socket = self._sockets.get(app)
        with suppress(ConnectionError):  # whoever listened was killed
            if socket is not None and not socket.closed:
                await socket.send_str(text)

    def _checked(
        self, operation: str, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            _admit(request)
            body = await request.json() if request.can_read_body else {}
            query = dict(request.query)
            self.requests.append((operation, query))
            self.complaints += request_faults(operation, query, body)
            response = await handler(request)
            returns = OPERATIONS[operation]["returns"]
            if response.status < web.HTTPBadRequest.status_code:
                if returns != "void" and isinstance(response, web.Response):
                    self.complaints += faults(json.loads(response.text or ""), returns)
            elif response.status not in OPERATIONS[operation]["errors"]:
                self.complaints.append(f"{operation} does not answer {response.status}")
            return response

        return serve

    async def _originate(self, request: web.Request) -> web.StreamResponse:
        endpoint, body = request.query["endpoint"], await request.json()
        answer = self.telephones.get(endpoint, Answer())
        if answer.refuse:
            return web.json_response({"message": "Allocation failed"}, status=answer.refuse)
        app = request.query["app"]
        line = Line(
            request.match_info["channelId"], app, request.query["appArgs"], body["variables"]
        )
        self.lines[line.id] = line
        self.rang.append(endpoint)
        self.endpoints[line.id] = endpoint
        self._group.create_task(self._ring(line, answer))
        if answer.vanish and request.transport is not None:
            request.transport.close()
        return web.json_response(line.shown())

    async def _ring(self, line: Line, answer: Answer) -> None:
        await self.tell(line, "ChannelStateChange")
        if line.id not in self.lines or answer.silent:
            return
        if answer.cause is not None:
            await self.leave(line.id, answer.cause)
            return
        line.up = line.in_app = True
        await self.tell(line, "StasisStart", args=line.args.split(","))

    async def _hang_up(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["channelId"] not in self.lines:
            return _none("Channel")
        await self.leave(request.match_info["channelId"])
        return web.Response(status=204)

    async def _go_on(self, request: web.Request) -> web.StreamResponse:
        line = self.lines.get(request.match_info["channelId"])
        if line is None:
            return _none("Channel")
        if not line.in_app:
            return web.json_response({"message": "not in a Stasis application"}, status=409)
        line.in_app = False
        await self.tell(line, "StasisEnd")
        self._group.create_task(self._dial(line))
        return web.Response(status=204)

    async def _dial(self, line: Line) -> None:
        await self.dialplan(line)

    async def _make_bridge(self, request: web.Request) -> web.StreamResponse:
        bridge = _Bridge(request.match_info["bridgeId"])
        self._bridges[bridge.id] = bridge
        return web.json_response(bridge.shown())

    async def _end_bridge(self, request: web.Request) -> web.StreamResponse:
        if self._bridges.pop(request.match_info["bridgeId"], None) is None:
            return _none("Bridge")
        return web.Response(status=204)

    async def _add(self, request: web.Request) -> web.StreamResponse:
        bridge = self._bridges.get(request.match_info["bridgeId"])
        channels = request.query["channel"].split(",")
        if bridge is None:
            return _none("Bridge")
        if any(channel not in self.lines for channel in channels):
            return web.json_response({"message": "Channel not found"}, status=400)
        bridge.channels += channels
        self.joined.append(tuple(channels))
        return web.Response(status=204)

    async def _info(self, request: web.Request) -> web.StreamResponse:
        _admit(request)
        return web.json_response({"system": {"version": "22.4.0", "entity_id": "00:11:22"}})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        _admit(request)
        self.complaints += request_faults("GET /events", dict(request.query), {})
        app = request.query["app"]
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        old = self._sockets.get(app)
        self._sockets[app] = socket
        if old is not None and not old.closed:
            event = {"type": "ApplicationReplaced", "application": app, "timestamp": _MOMENT}
            self.complaints += faults(event, "ApplicationReplaced")
            with suppress(ConnectionError):
                await old.send_str(json.dumps(event))
            await old.close()
        self._connected.set()
        async for _ in socket:
            pass
        return socket


def _admit(request: web.Request) -> None:
    given = request.headers.get("Authorization", "")
    if given != encode_basic_auth(USER, PASSWORD):
        raise web.HTTPUnauthorized


def _none(what: str) -> web.Response:
    return web.json_response({"message": f"{what} not found"}, status=404)
