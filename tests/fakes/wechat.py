"""WeChat's side of an Official Account, as its documents describe it: what it posts and answers.

What it posts is enciphered by wechatpy, another implementation of the same scheme; messages to
residents are refused where they are not in the form that WeChat describes.
"""

import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from wechatpy.crypto import WeChatCrypto
from xmltodict import parse, unparse

APP_ID, SECRET, TOKEN = "wx0123456789abcdef", "0123456789abcdef0123456789abcdef", "atokenofours"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
ANSWERS_MOST = 5
ANSWERS_TO_A_PRESS = 3
ANSWERED_SECONDS = 48 * 3600.0
PRESS_ANSWERED_SECONDS = 60.0
TEXT_MOST_BYTES = 2048
HINDRANCES = {
    0: "ok",
    43004: "require subscribe",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
}
NOON = 1_795_572_000


@dataclass
class WeChatServer:
    """One account; each post is tried three times.

    A message of hers allows five answers for two days. Whoever presses a choice or begins to
    follow is allowed three within a minute, and no less than was left before. `now` are the
    seconds of the server's own clock.
    """

    base_url: str = ""
    webhook: str = ""
    sent: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)
    media: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    allowed: dict[str, int] = field(default_factory=dict)
    until: dict[str, float] = field(default_factory=dict)
    now: Callable[[], float] = time.monotonic
    tokens: int = 0
    ended: set[str] = field(default_factory=set)
    refusals: list[int] = field(default_factory=list)
    broken: int = 0
    garbled: bytes = b""
    """What it says to the next message instead of an answer."""
    tokenless: int = 0
    token_refusal: int = 0
    """Why nobody gets a token: 40164 where the address is not among the account's servers."""
    numbers: Any = field(default_factory=lambda: count(24_000_000_000_000_001))

    async def say(self, who: str, kind: str = "text", **fields: object) -> str:
        """Let somebody send a message; return its number."""
        number = str(next(self.numbers))
        await self.post(message(who, kind, MsgId=number, **fields))
        return number

    async def post(self, fields: dict[str, object]) -> None:
        """Post a message until it is taken, three times at the most."""
        who = str(fields["FromUserName"])
        self._allow(who, spoke=fields["MsgType"] != "event" and "bizmsgmenuid" not in fields)
        for _ in range(3):
            status, text = await self.post_raw(*enciphered(fields))
            self.answers.append((status, text))
            if (status, text) == (200, "success"):
                return

    def _allow(self, who: str, *, spoke: bool) -> None:
        ends, now = self.until.get(who, 0.0), self.now()
        left = self.allowed.get(who, 0) if now < ends else 0
        self.allowed[who] = ANSWERS_MOST if spoke else max(left, ANSWERS_TO_A_PRESS)
        lasts = ANSWERED_SECONDS if spoke else PRESS_ANSWERED_SECONDS
        self.until[who] = max(ends, now + lasts)

    async def post_raw(self, body: bytes, query: dict[str, str]) -> tuple[int, str]:
        url = f"{self.webhook}?{urlencode(query)}"
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=body, headers={"Content-Type": "text/xml"}) as answer,
        ):
            return answer.status, await answer.text()

    def end_token(self) -> None:
        """Somebody else has asked for another token by force."""
        self.ended.add(self._token())
        self.tokens += 1

    def _token(self) -> str:
        return f"token-{self.tokens}"

    async def _give_token(self, request: web.Request) -> web.Response:
        if self.tokenless:
            self.tokenless -= 1
            raise web.HTTPBadGateway
        asked = await request.json()
        if asked != {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET}:
            return said(40125, "invalid appsecret")
        if self.token_refusal:
            return said(self.token_refusal, "refused for a test")
        return web.json_response({"access_token": self._token(), "expires_in": 7200})

    async def _send(self, request: web.Request) -> web.Response:
        if self.broken:
            self.broken -= 1
            raise web.HTTPBadGateway
        if self.garbled:
            return web.Response(body=self.garbled)
        if refusal := self._refusal(request):
            return refusal
        raw = await request.read()
        asked = json.loads(raw)
        assert b"\\u" not in raw, "WeChat shows escapes as they stand"
        if number := fault_of(asked):
            return said(number, "not as described")
        number = self._hindrance(asked["touser"])
        if not number:
            self.allowed[asked["touser"]] -= 1
            self.sent.append(asked)
        return said(number, HINDRANCES[number])

    def _hindrance(self, who: str) -> int:
        if who not in self.allowed:
            return 43004
        if self.now() >= self.until[who]:
            return 45015
        return 0 if self.allowed[who] else 45047

    async def _file(self, request: web.Request) -> web.Response:
        if refusal := self._refusal(request):
            return refusal
        kind, content = self.media.get(request.query["media_id"], ("", b""))
        if not kind:
            return said(40007, "invalid media_id")
        if kind == "video":
            return web.json_response({"video_url": f"{self.base_url}/film"})
        return web.Response(body=content, content_type=kind)

    async def _film(self, _: web.Request) -> web.Response:
        content = next(content for kind, content in self.media.values() if kind == "video")
        return web.Response(body=content, content_type="video/mp4")

    def _refusal(self, request: web.Request) -> web.Response | None:
        if self.refusals:
            return said(self.refusals.pop(0), "refused for a test")
        token = request.query.get("access_token")
        if token in self.ended:
            return said(42001, "access_token expired")
        return None if token == self._token() else said(40001, "invalid credential")

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.post("/cgi-bin/stable_token", self._give_token),
            web.post("/cgi-bin/message/custom/send", self._send),
            web.get("/cgi-bin/media/get", self._file),
            web.get("/film", self._film),
        ]


def said(number: int, words: str) -> web.Response:
    return web.json_response({"errcode": number, "errmsg": words})


def fault_of(asked: dict[str, Any]) -> int:
    """Return the number of what is wrong with a message; 0 for nothing."""
    match asked:
        case {"touser": str(), "msgtype": "text", "text": {"content": str(text)}}:
            return 0 if 0 < len(text.encode()) <= TEXT_MOST_BYTES else 45002
        case {"touser": str(), "msgtype": "msgmenu", "msgmenu": menu}:
            known = {"head_content": str, "list": list, "tail_content": str}
            right = {name: type(value) for name, value in menu.items()} == known
            each = all({*one} == {"id", "content"} for one in menu["list"])
            if not (right and each and menu["list"]):
                return 47001
            return 0 if len(menu["head_content"].encode()) <= TEXT_MOST_BYTES else 45002
        case _:
            return 40008


def message(who: str, kind: str, **fields: object) -> dict[str, object]:
    """Return the fields of a message in the order in which WeChat has them."""
    common = {"ToUserName": "gh_community", "FromUserName": who, "CreateTime": NOON}
    return {**common, "MsgType": kind, **fields}


def xml_of(fields: dict[str, object]) -> str:
    text: str = unparse({"xml": fields}, full_document=False)
    return text


def enciphered(fields: dict[str, object], **other: str) -> tuple[bytes, dict[str, str]]:
    """Return body and query of the post; `other` keys than those of the account."""
    return enciphered_xml(xml_of(fields), **other)


def enciphered_xml(
    xml: str, *, token: str = TOKEN, aes_key: str = AES_KEY, app_id: str = APP_ID
) -> tuple[bytes, dict[str, str]]:
    crypto = WeChatCrypto(token, aes_key, app_id)
    made = parse(crypto.encrypt_message(xml, "a-nonce", str(NOON)))["xml"]
    body = unparse({"xml": {"ToUserName": "gh_community", "Encrypt": made["Encrypt"]}})
    query = {
        "signature": "as in the other modes",
        "timestamp": str(NOON),
        "nonce": "a-nonce",
        "encrypt_type": "aes",
        "msg_signature": made["MsgSignature"],
    }
    return body.encode(), query


@asynccontextmanager
async def wechat_server() -> AsyncIterator[WeChatServer]:
    """Serve it on a free port."""
    fake = WeChatServer()
    app = web.Application()
    app.add_routes(fake.routes())
    async with TestServer(app) as server:
        fake.base_url = str(server.make_url("")).rstrip("/")
        yield fake
