"""Asking for updates: none is lost, none comes twice, and a bad one stands in nobody's way."""

import asyncio
import logging
from functools import partial

import pytest

from channels.telegram import polling, trouble
from tests.channels.telegram.parts import LeaseOf, Store, channel, running, until
from tests.fakes.botapi import BotApi

ANNA, BEN, GROUP = 11, 12, -100


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trouble, "_FIRST_SECONDS", 0.01)
    monkeypatch.setattr(trouble, "_SLOW_SECONDS", 0.01)
    monkeypatch.setattr(polling, "_FOLLOWER_SECONDS", 0.01)
    monkeypatch.setattr(polling, "_NO_NUMBER_SECONDS", 0.01)
    monkeypatch.setattr(polling, "_POLL_SECONDS", 1)


async def test_what_people_write_is_stored_in_order(server: BotApi, store: Store) -> None:
    for number in range(3):
        await server.people.text(ANNA, f"before {number}")
    async with running(channel(server, store)):
        await until(lambda: len(store.stored) == 3)
        await server.people.text(BEN, "while it runs")
        await until(lambda: len(store.stored) == 4)
    assert store.texts == ["before 0", "before 1", "before 2", "while it runs"]
    assert [one.external_id for one in store.stored] == [f"4242:{n}" for n in range(1000, 1004)]
    assert [one.address for one in store.stored] == ["11", "11", "11", "12"]


async def test_nothing_is_confirmed_before_it_is_stored(server: BotApi, store: Store) -> None:
    store.may_return.clear()
    await server.people.text(ANNA, "one")
    async with running(channel(server, store)):
        await until(lambda: store.asked)
        await asyncio.sleep(0.05)
        assert server.updates.confirmed == []
        store.may_return.set()
        await until(lambda: server.updates.confirmed == [1000])


async def test_cancelled_in_the_middle_it_loses_none_and_doubles_none(
    server: BotApi, store: Store
) -> None:
    for number in range(30):
        await server.people.text(ANNA, f"{number}")
    while len(store.stored) < 25:
        enough = len(store.stored) + 3
        async with running(channel(server, store)):
            await until(partial(store.has, enough))
    async with running(channel(server, store)):
        await until(lambda: len(store.stored) == 30)
    assert store.texts == [f"{number}" for number in range(30)]


async def test_what_could_not_be_stored_is_asked_for_again_from_there(
    server: BotApi, store: Store
) -> None:
    await server.people.text(ANNA, "one")
    async with running(channel(server, store)):
        await until(lambda: store.texts == ["one"])
        store.failures = 3
        await server.people.text(ANNA, "two")
        await server.people.text(ANNA, "three")
        await until(lambda: len(store.stored) == 3)
    assert store.texts == ["one", "two", "three"]


async def test_a_bad_update_sets_only_itself_apart(server: BotApi, store: Store) -> None:
    await server.people.text(ANNA, "before")
    await server.people.raw({"message": {"message_id": "x", "from": {"id": 7}, "text": 5}})
    await server.people.raw({"message": "none"})
    await server.people.text(ANNA, "after")
    async with running(channel(server, store)):
        await until(lambda: len(store.stored) == 2)
        await until(lambda: len(server.updates.confirmed) == 4)
    assert store.texts == ["before", "after"]
    assert [(one.external_id, one.address) for one in store.apart] == [
        ("4242:1001", "7"),
        ("4242:1002", "unknown"),
    ]
    assert '"text": 5' in store.apart[0].text


async def test_updates_without_a_number_are_set_apart_once(server: BotApi, store: Store) -> None:
    server.updates.waiting = [{"message": {}, "no": "number"}]
    async with running(channel(server, store)):
        await until(lambda: store.asked > 2)
    assert len(store.apart) == 1


async def test_a_number_may_be_lower_than_before(server: BotApi, store: Store) -> None:
    async with running(channel(server, store)):
        await server.people.text(ANNA, "before a quiet week")
        await until(lambda: server.updates.confirmed)
        await until(lambda: server.updates.polls[-1] is None)
        server.updates.next_id = 7
        await server.people.text(ANNA, "after it")
        await until(lambda: server.updates.confirmed == [1000, 7])
    assert store.texts == ["before a quiet week", "after it"]


async def test_without_the_lease_it_does_not_ask(server: BotApi, store: Store) -> None:
    lease = LeaseOf()
    async with running(channel(server, store, lease)):
        await server.people.text(ANNA, "one")
        await until(lambda: server.updates.confirmed)
        lease.ours = False
        await asyncio.sleep(1.1)
        asked = len(server.updates.polls)
        await server.people.text(ANNA, "two")
        await until(lambda: lease.held > asked + 5)
        assert (len(server.updates.polls), store.texts[1:]) in [(asked, []), (asked, ["two"])]
        lease.ours = True
        await until(lambda: "two" in store.texts)
        assert server.updates.polls[asked] is None
    assert lease.released == 1


async def test_after_a_pause_it_begins_anew(server: BotApi, store: Store) -> None:
    class WithAPause(LeaseOf):
        async def hold(self) -> bool:
            self.held += 1
            if self.held == 2:
                server.updates.confirm_before(1001)
                server.updates.next_id = 7
                await server.people.text(ANNA, "after a quiet week of another process")
            return self.held != 2

    await server.people.text(ANNA, "one")
    async with running(channel(server, store, WithAPause())):
        await until(lambda: server.updates.confirmed == [1000, 7])
    assert store.texts == ["one", "after a quiet week of another process"]


async def test_of_two_processes_that_ask_none_loses(
    server: BotApi, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(channel(server, store)), running(channel(server, store)):
        for number in range(20):
            await server.people.text(ANNA, f"{number}")
            await asyncio.sleep(0.01)
        await until(lambda: len(store.stored) == 20)
    said = [one for one in caplog.messages if "another program asks" in one]
    assert 0 < len(said) <= 2


async def test_a_webhook_that_is_set_is_taken_away(server: BotApi, store: Store) -> None:
    server.webhook = {"url": "https://elsewhere.example"}
    async with running(channel(server, store)):
        await server.people.text(ANNA, "one")
        await until(lambda: store.stored)
        server.webhook = {"url": "https://elsewhere.example"}
        await server.people.text(ANNA, "two")
        await until(lambda: len(store.stored) == 2)


TROUBLE = [
    ("500", {"status": 500, "description": "Internal Server Error"}),
    ("no JSON", {"body": b"<html>bad gateway"}),
    ("no list", {"body": b'{"ok": true, "result": 5}'}),
    ("no object", {"body": b"[]"}),
    ("cut before", {"cut": "before"}),
    ("cut after", {"cut": "after"}),
    ("flood", {"status": 429, "description": "Too Many", "parameters": {"retry_after": 1}}),
    ("wrong token", {"status": 401, "description": "Unauthorized"}),
]


@pytest.mark.parametrize(("label", "fault"), TROUBLE)
async def test_trouble_is_said_once_and_waited_out(
    server: BotApi,
    store: Store,
    caplog: pytest.LogCaptureFixture,
    label: str,
    fault: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(polling, "_POLL_SECONDS", 0)
    monkeypatch.setattr(trouble, "_QUIET_SECONDS", 0.05)
    server.fail("getUpdates", times=3, **fault)
    await server.people.text(ANNA, label)
    with caplog.at_level(logging.INFO):
        async with running(channel(server, store)):
            await until(lambda: store.texts == [label])
            await until(lambda: "updates come again" in caplog.messages)
    assert sum(one.levelno == logging.WARNING for one in caplog.records) == 1
    assert server.token not in caplog.text


async def test_a_wrong_token_says_what_to_do_and_is_never_shown(
    server: BotApi, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        async with running(channel(server, store, token="4242:wrong-one")):  # noqa: S106  wrong
            await until(lambda: "BotFather" in caplog.text)
    assert "wrong-one" not in caplog.text


async def test_no_server_at_all(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    async with BotApi() as server:
        gone = channel(server, store)
    async with running(gone):
        await until(lambda: "unreachable" in caplog.text)
    assert server.token not in caplog.text


async def test_a_server_that_says_less_than_telegram_does(server: BotApi, store: Store) -> None:
    server.fail("getMe", body=b'{"ok": true, "result": {"id": 4242, "username": "gongzhi_bot"}}')
    server.fail("deleteWebhook", status=404, description="Not Found: method not found")
    await server.people.group_text(GROUP, ANNA, "@gongzhi_bot 3号楼灯不亮")
    async with running(channel(server, store)):
        await until(lambda: store.stored)
    assert store.texts == ["3号楼灯不亮"]
    assert len(server.called("getMe")) == len(server.called("deleteWebhook")) == 1


async def test_a_server_that_does_not_wait_is_not_asked_without_end(
    server: BotApi, store: Store
) -> None:
    server.waits = False
    async with running(channel(server, store)):
        await until(lambda: server.called("getUpdates"))
        await asyncio.sleep(0.5)
    assert len(server.called("getUpdates")) <= 3


async def test_the_menu_of_commands_is_set(server: BotApi, store: Store) -> None:
    async with running(channel(server, store)):
        await until(lambda: server.methods.commands)
    assert server.methods.commands[0] == {
        "command": "start",
        "description": "telegram.command.start",
    }


async def test_a_pressed_button_is_acknowledged_after_it_is_stored(
    server: BotApi, store: Store
) -> None:
    telegram = channel(server, store)
    store.may_return.clear()
    message_id = await send_buttons(server)
    async with running(telegram):
        query = await server.people.press(ANNA, message_id, "好了")
        await until(lambda: store.asked)
        assert not server.methods.queries[query]
        store.may_return.set()
        await until(lambda: server.methods.queries[query])
    assert [(one.choice, one.text) for one in store.stored] == [("confirm:1", "好了")]


async def test_an_expired_press_counts_all_the_same(
    server: BotApi, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    server.methods.queries_expire = True
    message_id = await send_buttons(server)
    async with running(channel(server, store)):
        await server.people.press(ANNA, message_id, "好了")
        await until(lambda: server.called("answerCallbackQuery"))
        await server.people.text(ANNA, "and on it goes")
        await until(lambda: len(store.stored) == 2)
    assert caplog.messages == []


async def send_buttons(server: BotApi) -> int:
    server.chat(ANNA)
    markup = {"inline_keyboard": [[{"text": "好了", "callback_data": "confirm:1"}]]}
    message = server.methods.send_message(ANNA, "solved?", reply_markup=markup)
    return int(message["message_id"])
