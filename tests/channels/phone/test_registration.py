"""POST /api/phone/calls: forms and JSON, the secret, what is wrong, how often."""

import json
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from channels.phone.registration import PATH, Registered, Registration
from channels.webchat import Pace
from tests.channels.speaking import pace

Client = TestClient[web.Request, web.Application]
SECRET = "what only the exchange knows"  # noqa: S105  of a test
ONE = "40325ec2-5efd-4bd3-805f-53576e581d13"
CALL: Mapping[str, str] = MappingProxyType(
    {"uuid": ONE, "caller": "13812345678", "called": "01066668888", "secret": SECRET}
)


class Book:
    """Calls in memory; it may be away."""

    def __init__(self, *, away: bool = False) -> None:
        self.calls: dict[str, tuple[str, str]] = {}
        self._away = away

    async def register(self, uuid: str, *, caller: str, called: str) -> Registered:
        if self._away:
            raise OSError("the database is away")
        if uuid not in self.calls:
            self.calls[uuid] = (caller, called)
            return Registered.NEW
        same = self.calls[uuid] == (caller, called)
        return Registered.AGAIN if same else Registered.OTHERWISE


@asynccontextmanager
async def exchange(
    book: Book, *, secret: str = SECRET, slow: Pace | None = None
) -> AsyncIterator[Client]:
    registration = Registration(
        secret=secret,
        area="010",
        registry=book,
        pace=slow or pace(),
        stranger_pace=slow or pace(),
    )
    app = web.Application()
    app.add_routes(registration.routes())
    async with TestClient(TestServer(app)) as client:
        yield client


async def told(client: Client, **more: Any) -> tuple[int, str]:
    answer = await client.post(PATH, **more)
    return answer.status, await answer.text()


async def test_a_form_is_answered_with_the_bare_uuid_once_and_again() -> None:
    book = Book()
    async with exchange(book) as client:
        assert await told(client, data=dict(CALL)) == (201, ONE)
        assert await told(client, data=dict(CALL)) == (200, ONE)
    assert book.calls == {ONE: ("+8613812345678", "+861066668888")}


async def test_json_is_answered_with_json() -> None:
    book, call = Book(), {"uuid": ONE.upper(), "caller": "anonymous"}
    async with exchange(book) as client:
        headers = {"Authorization": f"Bearer {SECRET}"}
        status, text = await told(client, json=call, headers=headers)
    assert (status, json.loads(text)) == (201, {"uuid": ONE})
    assert book.calls == {ONE: ("", "")}


async def test_without_a_uuid_one_is_made() -> None:
    book = Book()
    async with exchange(book) as client:
        status, made = await told(client, data={"caller": "66668888", "secret": SECRET})
    assert (status, str(UUID(made))) == (201, made)
    assert book.calls == {made: ("+861066668888", "")}


BEARER_X = {"Authorization": "Bearer x"}
FORM = "application/x-www-form-urlencoded"
WRONG: list[tuple[str, dict[str, Any], int, str]] = [
    ("no secret", {"data": {"uuid": ONE}}, 401, "unauthorized"),
    ("another secret", {"data": {**CALL, "secret": "guess"}}, 401, "unauthorized"),
    ("a secret that is no text", {"json": {"uuid": ONE, "secret": "\ud800"}}, 401, "unauthorized"),
    ("another bearer", {"data": {**CALL}, "headers": BEARER_X}, 401, "unauthorized"),
    ("no UUID", {"data": {**CALL, "uuid": "12345"}}, 400, "bad_uuid"),
    ("no body", {"data": b"", "headers": {"Content-Type": FORM}}, 400, "empty"),
    ("another type", {"data": b"x", "headers": {"Content-Type": "text/xml"}}, 415, "bad_type"),
    ("no type", {"data": b"x"}, 415, "bad_type"),
    ("no UTF-8", {"data": b"\xff\xfe", "headers": {"Content-Type": FORM}}, 400, "bad_body"),
    ("too many fields", {"data": {f"f{n}": "1" for n in range(40)}}, 400, "bad_body"),
    ("no JSON", {"data": b"{", "headers": {"Content-Type": "application/json"}}, 400, "bad_body"),
    ("a list", {"json": [ONE]}, 400, "bad_body"),
    ("a number as a number", {"json": {"caller": 13812345678}}, 400, "bad_body"),
    ("too big", {"data": {**CALL, "caller": "1" * 5000}}, 413, "too_big"),
]  # fmt: skip


@pytest.mark.parametrize(("label", "request_", "status", "code"), WRONG)
async def test_what_is_wrong_is_said_and_logged(
    label: str,
    request_: dict[str, Any],
    status: int,
    code: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    book = Book()
    async with exchange(book) as client:
        got, text = await told(client, **request_)
    answer = json.loads(text)
    assert (got, answer["error"]) == (status, code), label
    assert answer["message"] in caplog.text
    assert SECRET not in caplog.text
    assert book.calls == {}


async def test_deep_json_is_no_trouble() -> None:
    deep = b"[" * 4000
    async with exchange(Book()) as client:
        status, _ = await told(client, data=deep, headers={"Content-Type": "application/json"})
    assert status == 400


async def test_a_uuid_with_other_numbers_is_refused() -> None:
    book = Book()
    async with exchange(book) as client:
        await told(client, data=dict(CALL))
        status, text = await told(client, data={**CALL, "caller": "13900000000"})
    assert (status, json.loads(text)["error"]) == (409, "known_otherwise")
    assert book.calls[ONE][0] == "+8613812345678"


async def test_without_a_secret_nothing_is_open(caplog: pytest.LogCaptureFixture) -> None:
    async with exchange(Book(), secret="") as client:
        status, text = await told(client, data={**CALL, "secret": ""})
    assert (status, json.loads(text)["error"]) == (403, "not_set_up")
    assert "GONGZHI_PHONE_SECRET" in caplog.text


@pytest.mark.parametrize("secret", [SECRET, "guess"])
async def test_too_many_are_told_to_wait(secret: str) -> None:
    slow = Pace(burst=2, per_minute=1, now=lambda: 0.0)
    async with exchange(Book(), slow=slow) as client:
        for _ in range(2):
            await told(client, data={"secret": secret})
        answer = await client.post(PATH, data={"secret": secret})
        assert answer.status == 429
        assert int(answer.headers["Retry-After"]) > 0


async def test_a_database_that_is_away_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.CRITICAL):
        async with exchange(Book(away=True)) as client:
            status, text = await told(client, data=dict(CALL))
    assert (status, json.loads(text)["error"]) == (503, "not_now")
