"""The fake itself: it answers as the Bot API does, and its checks have teeth."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import telegram
from telegram.error import BadRequest, Conflict, InvalidToken

from tests.channels.telegram.parts import until
from tests.fakes.botapi import BotApi
from tests.fakes.botapi.schema import METHODS, faults, request_faults

ANNA, GROUP = 11, -100
USER = {"id": 1, "is_bot": False, "first_name": "A"}
CHAT = {"id": 1, "type": "private"}
MESSAGE = {"message_id": 1, "date": 1, "chat": CHAT}


@pytest.fixture
async def http(server: BotApi) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"{server.base_url}/bot{server.token}/") as session:
        yield session


async def ask(http: aiohttp.ClientSession, method: str, **parameters: Any) -> tuple[int, Any]:
    async with http.post(method, json=parameters) as response:
        answer = await response.json()
        return response.status, answer["result"] if answer["ok"] else answer["description"]


async def test_all_that_people_do_is_as_published(
    server: BotApi, http: aiohttp.ClientSession
) -> None:
    people = server.people
    text = await people.text(ANNA, "电梯坏了")
    await people.edit(ANNA, text, text="3 号楼电梯坏了")
    await people.photo(ANNA, b"jpeg", caption="墙")
    await people.album(ANNA, b"one", b"two", caption="墙")
    await people.voice(ANNA, b"ogg")
    await people.location(ANNA, 31.5, 121.5, horizontal_accuracy=12.5)
    await people.move(ANNA, await people.live(ANNA, 31.5, 121.5), 31.6, 121.6)
    await people.group_text(GROUP, ANNA, "@gongzhi_bot 灯坏了")
    markup = {"inline_keyboard": [[{"text": "好了", "callback_data": "c"}]]}
    sent = server.methods.send_message(ANNA, "solved?", reply_markup=markup)
    await people.press(ANNA, sent["message_id"], "好了")
    await people.block(ANNA)
    _, updates = await ask(http, "getUpdates")
    assert list(faults(updates, "Array of Update")) == []
    kinds = [next(key for key in one if key != "update_id") for one in updates]
    assert kinds == (
        ["message", "edited_message"] + ["message"] * 6
        + ["edited_message", "message", "callback_query", "my_chat_member"]
    )  # fmt: skip


async def test_updates_stay_until_a_higher_offset(
    server: BotApi, http: aiohttp.ClientSession
) -> None:
    for number in range(3):
        await server.people.text(ANNA, f"{number}")
    numbers = []
    for offset in (None, 0, 1001, 1001, 1003):
        given = {} if offset is None else {"offset": offset}
        _, updates = await ask(http, "getUpdates", **given)
        numbers.append([one["update_id"] for one in updates])
    assert numbers == [[1000, 1001, 1002]] * 2 + [[1001, 1002]] * 2 + [[]]


async def test_a_poll_waits_for_an_update_and_not_longer(
    server: BotApi, http: aiohttp.ClientSession
) -> None:
    async with asyncio.TaskGroup() as group:
        poll = group.create_task(ask(http, "getUpdates", timeout=5))
        await until(lambda: server.updates.polls)
        await server.people.text(ANNA, "one")
    assert len(poll.result()[1]) == 1
    assert await ask(http, "getUpdates", offset=1001, timeout=0) == (200, [])


async def test_the_older_of_two_polls_ends(server: BotApi, http: aiohttp.ClientSession) -> None:
    async with asyncio.TaskGroup() as group:
        older = group.create_task(ask(http, "getUpdates", timeout=5))
        await until(lambda: server.updates.polls)
        newer = group.create_task(ask(http, "getUpdates", timeout=5))
        status, words = await older
        assert (status, words[:20]) == (409, "Conflict: terminated")
        await server.people.text(ANNA, "one")
    assert newer.result()[0] == 200


async def test_with_a_webhook_nobody_polls(http: aiohttp.ClientSession) -> None:
    nowhere = "http://127.0.0.1:9/"
    await ask(http, "setWebhook", url=nowhere)
    assert (await ask(http, "getUpdates"))[0] == 409
    assert (await ask(http, "getWebhookInfo"))[1]["url"] == nowhere
    await ask(http, "deleteWebhook")
    assert (await ask(http, "getUpdates")) == (200, [])


FORMS = [
    ("json", {"json": {"chat_id": ANNA, "text": "5"}}),
    ("a form", {"data": {"chat_id": str(ANNA), "text": "5"}}),
    ("a query", {"params": {"chat_id": str(ANNA), "text": "5"}}),
]


@pytest.mark.parametrize(("label", "request_"), FORMS)
async def test_a_request_may_come_in_any_form(
    server: BotApi, http: aiohttp.ClientSession, label: str, request_: dict[str, Any]
) -> None:
    server.chat(ANNA)
    async with http.post("sendMessage", **request_) as response:
        assert response.status == 200, label
    assert server.chat(ANNA).texts == ["5"]


async def test_the_library_works_with_it(server: BotApi) -> None:
    server.chat(ANNA)
    base = f"{server.base_url}/bot"
    async with telegram.Bot(server.token, base, f"{server.base_url}/file/bot") as bot:
        sent = await bot.send_photo(ANNA, b"jpeg", caption="墙")
        file = await bot.get_file(sent.photo[0].file_id)
        assert bytes(await file.download_as_bytearray()) == b"jpeg"
        await server.people.text(ANNA, "好")
        (update,) = await bot.get_updates()
        assert update.effective_message is not None
        assert update.effective_message.text == "好"
        await bot.delete_message(ANNA, sent.message_id)
        with pytest.raises(BadRequest, match="not found"):
            await bot.delete_message(ANNA, sent.message_id)
        assert server.chat(ANNA).texts == ["好"]
        server.webhook = {"url": "https://elsewhere.example"}
        with pytest.raises(Conflict):
            await bot.get_updates()


async def test_a_wrong_token_and_an_unknown_method(
    server: BotApi, http: aiohttp.ClientSession
) -> None:
    assert await ask(http, "getEverything") == (404, "Not Found")
    with pytest.raises(InvalidToken):
        async with telegram.Bot("4242:wrong", f"{server.base_url}/bot"):
            pass


async def test_a_wrong_request_is_refused_and_remembered(
    server: BotApi, http: aiohttp.ClientSession
) -> None:
    assert (await ask(http, "sendMessage", chat_id=ANNA))[0] == 400
    assert server.complaints == ["sendMessage.text is missing"]
    server.complaints.clear()


REQUESTS: list[tuple[str, str, dict[str, Any], str]] = [
    ("missing", "sendMessage", {"chat_id": 1}, "sendMessage.text is missing"),
    ("unknown", "getFile", {"file_id": "f", "x": 1}, "getFile.x is unknown"),
    ("wrong type", "getFile", {"file_id": 5}, "getFile.file_id is no String: 5"),
    ("true is no number", "getUpdates", {"offset": True}, "getUpdates.offset is no Integer: True"),
    ("deep", "setMyCommands", {"commands": [{"command": "a"}]},
     "setMyCommands.commands[0].description is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("label", "method", "parameters", "fault"), REQUESTS)
def test_what_is_wrong_with_a_request(
    label: str, method: str, parameters: dict[str, Any], fault: str
) -> None:
    assert list(request_faults(method, parameters)) == [fault], label


VALUES: list[tuple[str, object, str, int]] = [
    ("a user", USER, "User", 0),
    ("a user without a name", {"id": 1, "is_bot": False}, "User", 1),
    ("a message", MESSAGE, "Message", 0),
    ("a message or what is left of it", MESSAGE, "MaybeInaccessibleMessage", 0),
    ("neither", {"message_id": 1}, "MaybeInaccessibleMessage", 1),
    ("a date that is a text", MESSAGE | {"date": "today"}, "Message", 1),
    ("a list that is none", {}, "Array of User", 1),
    ("a list with a bad one", [USER, {}], "Array of User", 3),
    ("a type that is left out", MESSAGE | {"game": {}}, "Message", 1),
    ("a number with a point for a whole one", 1.5, "Integer", 1),
    ("a whole number for one with a point", 1, "Float", 0),
    ("either", "x", "Integer or String", 0),
]


@pytest.mark.parametrize(("label", "value", "kind", "count"), VALUES)
def test_what_is_wrong_with_a_value(label: str, value: object, kind: str, count: int) -> None:
    assert len(list(faults(value, kind))) == count, label


def test_all_methods_are_published() -> None:
    assert json.dumps(METHODS["getMe"]) == "{}"
    assert "allowed_updates" in METHODS["getUpdates"]
