"""Updates that are posted: only with the secret, answered only when they are stored."""

import io
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, unused_port

from channels.telegram import trouble, webhook
from channels.telegram.webhook import PATH
from tests.channels.sending import break_off, told
from tests.channels.telegram.parts import LeaseOf, Store, channel, running, until
from tests.fakes.botapi import BotApi
from tests.fakes.garbled import garbled

SECRET = "a-secret_of-tests"  # noqa: S105  for tests
HEADER = "X-Telegram-Bot-Api-Secret-Token"
ANNA, GROUP = 11, -100
Client = TestClient[web.Request, web.Application]


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trouble, "_FIRST_SECONDS", 0.01)
    monkeypatch.setattr(webhook, "_LOOK_SECONDS", 0.01)


@asynccontextmanager
async def serving(
    server: BotApi, store: Store, lease: LeaseOf | None = None
) -> AsyncIterator[Client]:
    port = unused_port()
    telegram = channel(
        server,
        store,
        lease,
        webhook_secret=SECRET,
        public_url=f"http://127.0.0.1:{port}/",
    )
    app = web.Application()
    app.add_routes(telegram.routes())
    async with TestClient(TestServer(app, port=port)) as client, running(telegram):
        yield client


async def test_posted_updates_are_stored_and_then_forgotten_by_the_server(
    server: BotApi, store: Store
) -> None:
    await server.people.text(ANNA, "before it was announced")
    async with serving(server, store):
        await until(lambda: server.updates.confirmed == [1000])
        await server.people.group_text(GROUP, ANNA, "@gongzhi_bot 灯坏了")
        await until(lambda: server.updates.confirmed == [1000, 1001])
    assert store.texts == ["before it was announced", "灯坏了"]
    assert server.webhook_answers == [200, 200]
    (announced,) = server.called("setWebhook")
    assert announced["allowed_updates"] == ["message", "edited_message", "callback_query"]
    assert announced["secret_token"] == SECRET


async def test_what_could_not_be_stored_comes_again(
    server: BotApi, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    store.failures = 2
    await server.people.text(ANNA, "one")
    with caplog.at_level(logging.CRITICAL, "channels.telegram.webhook"):
        async with serving(server, store):
            await until(lambda: server.updates.confirmed)
    assert (store.texts, server.webhook_answers) == (["one"], [503, 503, 200])


async def test_an_answer_that_got_lost_doubles_nothing(server: BotApi, store: Store) -> None:
    update = await server.people.text(ANNA, "one")
    async with serving(server, store) as client:
        await until(lambda: store.stored)
        again = {"update_id": 1000, "message": server.chat(ANNA).messages[update]}
        for _ in range(3):
            assert await post(client, json.dumps(again)) == 200
    assert store.texts == ["one"]


async def test_a_bad_update_sets_only_itself_apart(server: BotApi, store: Store) -> None:
    await server.people.raw({"message": {"text": 5, "from": {"id": 7}, "chat": 5}})
    await server.people.text(ANNA, "after")
    async with serving(server, store):
        await until(lambda: len(server.updates.confirmed) == 2)
    assert store.texts == ["after"]
    assert [one.external_id for one in store.apart] == ["4242:1000"]


async def test_a_pressed_button_is_acknowledged(server: BotApi, store: Store) -> None:
    server.chat(ANNA)
    markup = {"inline_keyboard": [[{"text": "好了", "callback_data": "confirm:1"}]]}
    message = server.methods.send_message(ANNA, "solved?", reply_markup=markup)
    async with serving(server, store):
        query = await server.people.press(ANNA, message["message_id"], "好了")
        await until(lambda: server.methods.queries[query])
    assert [one.choice for one in store.stored] == ["confirm:1"]


HEADERS = [
    ("none", {}),
    ("empty", {HEADER: ""}),
    ("another", {HEADER: "another-secret"}),
    ("one that begins alike", {HEADER: SECRET[:-1]}),
    ("one that goes on", {HEADER: SECRET + "x"}),
    ("in another case", {HEADER: SECRET.upper()}),
    ("in Chinese", {HEADER: "暗号"}),
]


@pytest.mark.parametrize(("label", "headers"), HEADERS)
async def test_without_the_secret_nothing_is_taken(
    server: BotApi, store: Store, label: str, headers: dict[str, str]
) -> None:
    async with serving(server, store) as client:
        async with client.post(PATH, data=good(), headers=headers) as response:
            assert response.status == 403, label
        async with client.get(PATH, headers={HEADER: SECRET}) as response:
            assert response.status == 405
    assert store.asked == 0


BODIES = [
    ("nothing", b"", 400),
    ("no JSON", b"hello", 400),
    ("half of it", b'{"update_id": 9', 400),
    ("no UTF-8", b"\xff\xfe\xfd", 400),
    ("a depth without end", b"[" * 100_000, 400),
    ("a number without end", b"9" * 10_000, 400),
    ("too large", b" " * (1024 * 1024 + 1), 413),
    ("null", b"null", 200),
    ("a list", b"[]", 200),
    ("an object", b"{}", 200),
    ("no number at all", b'{"update_id": NaN}', 200),
    ("half a pair", b'{"update_id": 9, "message": {"text": "\\ud83d", "chat": 1}}', 200),
]


@pytest.mark.parametrize(("label", "body", "status"), BODIES)
async def test_whatever_is_posted_leaves_no_traceback(
    server: BotApi,
    store: Store,
    caplog: pytest.LogCaptureFixture,
    label: str,
    body: bytes,
    status: int,
) -> None:
    async with serving(server, store) as client:
        assert await post(client, body) == status, label
        assert await post(client, good()) == 200
    assert store.texts == ["灯坏了"]
    assert "Traceback" not in caplog.text


async def test_a_garbled_post_is_taken_or_refused(
    server: BotApi, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(server, store) as client:
        answers = [await post(client, one) for one in garbled(good().encode(), count=400)]
    assert set(answers) == {200, 400}
    assert store.apart
    assert "Traceback" not in caplog.text


async def test_one_process_announces_all_take(server: BotApi, store: Store) -> None:
    lease = LeaseOf()
    lease.ours = False
    async with serving(server, store, lease) as client:
        await until(lambda: lease.held > 3)
        assert server.called("setWebhook") == []
        assert await post(client, good()) == 200
        lease.ours = True
        await until(lambda: server.webhook)
        lease.ours = False
        held = lease.held
        await until(lambda: lease.held > held + 2)
        lease.ours = True
        await until(lambda: len(server.called("setWebhook")) == 2)
    assert (store.texts, lease.released) == (["灯坏了"], 1)


async def test_an_address_that_telegram_refuses_is_said_once(
    server: BotApi, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    telegram = channel(server, store, webhook_secret=SECRET, public_url="http://10.0.0.1")
    async with running(telegram):
        await until(lambda: len(server.called("setWebhook")) > 3)
    assert len([one for one in caplog.messages if "HTTPS URL must be provided" in one]) == 1


async def test_a_process_that_can_not_learn_its_name_takes_nothing(
    server: BotApi, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    server.fail("getMe", status=500, description="no")
    with caplog.at_level(logging.CRITICAL, "channels.telegram.webhook"):
        async with serving(server, store) as client:
            assert await post(client, good()) == 503
            assert await post(client, good()) == 200
    assert store.texts == ["灯坏了"]


def good() -> str:
    person = {"id": ANNA, "is_bot": False, "first_name": "A"}
    chat = {"id": ANNA, "type": "private"}
    message = {"message_id": 1, "date": 1_795_572_000, "chat": chat, "from": person}
    return json.dumps({"update_id": 5, "message": message | {"text": "灯坏了"}})


async def post(client: Client, body: bytes | str) -> int:
    data = io.BytesIO(body.encode() if isinstance(body, str) else body)
    async with client.post(PATH, data=data, headers={HEADER: SECRET}) as response:
        return response.status


async def test_a_post_that_breaks_off_leaves_a_line_and_no_traceback(
    server: BotApi, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(server, store) as client:
        with caplog.at_level(logging.INFO, "channels.body"):
            await break_off(client, PATH, {HEADER: SECRET})
    assert told(caplog) == [("INFO", "channels.body")] * 4
    assert store.stored == []
