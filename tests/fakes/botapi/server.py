"""The HTTP side of the fake: requests decoded and checked, results wrapped, faults on demand."""

import asyncio
import json
import re
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.fakes.botapi.chats import Chat
from tests.fakes.botapi.faults import Fault, RefusedError, bad
from tests.fakes.botapi.methods import RETURNS, Methods
from tests.fakes.botapi.people import People
from tests.fakes.botapi.queue import Updates
from tests.fakes.botapi.schema import METHODS, decoded, faults, request_faults

TOKEN = "4242:a-token-that-only-tests-know"  # noqa: S105  for tests
RETRY_SECONDS = 0.02


class BotApi:
    """One bot's server, on a free port of this machine while its context lasts.

    `people` write to the bot; `chat(id)` is what they see; `faults` are things to go wrong;
    `complaints` says what in requests or answers was not as published: it should stay empty;
    it `waits` for updates as long as it is asked to.
    """

    def __init__(self, token: str = TOKEN, username: str = "gongzhi_bot") -> None:
        self.token = token
        self.methods = Methods(token, username)
        self.updates = Updates()
        self.complaints: list[str] = []
        self.people = People(self.methods, self.updates, self.complaints)
        self.faults: list[Fault] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.waits = True
        self.webhook: dict[str, Any] = {}
        self.webhook_answers: list[int] = []
        self._group = asyncio.TaskGroup()
        self._delivery: asyncio.Task[None] | None = None
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        self._server = TestServer(app)

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        await self._server.start_server(access_log=None)  # it would show the token
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop_delivery()
        await self._server.close()
        await self._group.__aexit__(kind, error, trace)

    @property
    def base_url(self) -> str:
        return str(self._server.make_url("")).rstrip("/")

    def chat(self, identifier: int) -> Chat:
        return self.methods.chat(identifier, "private" if identifier > 0 else "supergroup")

    def fail(self, method: str = "", **what: Any) -> Fault:
        """Let the next call of the method go wrong."""
        fault = Fault(method, **what)
        self.faults.append(fault)
        return fault

    def too_many(self, chat: int, seconds: int, times: int = 1) -> Fault:
        return self.fail(
            chat=chat,
            times=times,
            status=429,
            description=f"Too Many Requests: retry after {seconds}",
            parameters={"retry_after": seconds},
        )

    def called(self, method: str) -> list[dict[str, Any]]:
        """The parameters of each call of the method."""
        return [parameters for name, parameters in self.calls if name == method]

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            self._let_in(request.match_info["token"], method)
            parameters = await self._parameters(request, method)
            return await self._answer(request, method, parameters)
        except RefusedError as error:
            return _refusal(error)

    def _let_in(self, token: str, method: str) -> None:
        if token != self.token:
            raise RefusedError(401, "Unauthorized")
        if method not in RETURNS:
            raise RefusedError(404, "Not Found")

    async def _answer(
        self, request: web.Request, method: str, parameters: dict[str, Any]
    ) -> web.StreamResponse:
        fault = self._fault(method, parameters.get("chat_id"))
        await asyncio.sleep(fault.delay_seconds)
        if fault.cut == "before":
            return _cut(request)
        if fault.status:
            raise RefusedError(fault.status, fault.description, fault.parameters)
        result = await self._do(method, parameters)
        if fault.cut == "after":
            return _cut(request)
        if fault.body is not None:
            return web.Response(body=fault.body)
        return web.json_response({"ok": True, "result": result})

    def _fault(self, method: str, chat: object) -> Fault:
        for fault in self.faults:
            if fault.fits(method, chat):
                fault.times -= 1
                return fault
        return Fault()

    async def _do(self, method: str, parameters: dict[str, Any]) -> Any:
        name = re.sub("(?=[A-Z])", "_", method).lower()
        own = getattr(self, f"_{name}", None)
        result = await own(**parameters) if own else getattr(self.methods, name)(**parameters)
        if method != "getUpdates":  # they were looked at when people made them
            self.complaints += faults(result, RETURNS[method])
        return result

    async def _parameters(self, request: web.Request, method: str) -> dict[str, Any]:
        parameters = decoded(method, dict(request.query))
        if request.content_type == "application/json":
            parameters |= await request.json()
        elif request.can_read_body:
            parameters |= decoded(method, self._form(await request.post()))
        self.calls.append((method, parameters))
        complaints = list(request_faults(method, parameters))
        self.complaints += complaints
        if complaints:
            raise bad(complaints[0])
        return parameters

    def _form(self, form: Any) -> dict[str, str]:
        """Files of a form are kept; a name takes their place."""
        return {
            name: self.methods.keep(value.file.read(), "sent")["file_id"]
            if isinstance(value, web.FileField)
            else value
            for name, value in form.items()
        }

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """Send a file in a few pieces."""
        files = dict(self.methods.files.values())
        content = files.get(request.match_info["path"])
        if request.match_info["token"] != self.token or content is None:
            raise web.HTTPNotFound
        fault = self._fault("file", None)
        await asyncio.sleep(fault.delay_seconds)
        if fault.status:
            return web.Response(status=fault.status)
        response = web.StreamResponse()
        response.content_length = len(content)
        await response.prepare(request)
        half = len(content) // 2
        await response.write(content[:half])
        if fault.cut:
            return _cut(request)
        await response.write(content[half:])
        return response

    async def _get_updates(
        self, offset: int | None = None, limit: int = 100, timeout: int = 0, **_: Any
    ) -> Any:
        if self.webhook:
            raise RefusedError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        return await self.updates.ask(offset, limit, timeout if self.waits else 0)

    async def _set_webhook(self, url: str, **more: Any) -> Any:
        if not url.startswith(("https://", "http://127.0.0.1")):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        self._stop_delivery()
        self.webhook = {"url": url} | more
        self._delivery = self._group.create_task(self._deliver())
        return True

    async def _delete_webhook(self, **_: Any) -> Any:
        self._stop_delivery()
        self.webhook = {}
        return True

    async def _get_webhook_info(self) -> Any:
        return {
            "url": self.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates.waiting),
        }

    async def _deliver(self) -> None:
        """Post each update until it is answered with 200."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook.get("secret_token", "")}
        async with aiohttp.ClientSession(headers=headers) as session:
            while True:
                update = await self.updates.next()
                status = await _posted(session, self.webhook["url"], update)
                self.webhook_answers.append(status)
                if status == 200:
                    self.updates.confirm(update)
                else:
                    await asyncio.sleep(RETRY_SECONDS)

    def _stop_delivery(self) -> None:
        if self._delivery is not None:
            self._delivery.cancel()
            self._delivery = None


async def _posted(session: aiohttp.ClientSession, url: str, update: dict[str, Any]) -> int:
    """Return the status, 0 if there was no answer."""
    data = json.dumps(update)
    headers = {"Content-Type": "application/json"}
    try:
        async with session.post(url, data=data, headers=headers) as response:
            return response.status
    except aiohttp.ClientError:
        return 0


def _refusal(error: RefusedError) -> web.Response:
    answer: dict[str, Any] = {
        "ok": False,
        "error_code": error.status,
        "description": error.description,
    }
    if error.parameters:
        answer["parameters"] = dict(error.parameters)
    return web.json_response(answer, status=error.status)


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


assert set(RETURNS) == set(METHODS)
