"""Messages that are posted: only WeChat's own, answered only when they are stored."""

import hashlib
import logging

import pytest

from channels.wechat.webhook import PATH
from tests.channels.sending import break_off, told
from tests.channels.wechat.conftest import Account
from tests.fakes.garbled import garbled
from tests.fakes.wechat import NOON, TOKEN, enciphered, enciphered_xml, message

ANNA = "oAnna"
GOOD = message(ANNA, "text", MsgId="17", Content="灯坏了")


async def test_a_message_is_stored_and_then_taken(account: Account) -> None:
    await account.server.say(ANNA, Content="3号楼灯坏了")
    assert account.store.texts == ["3号楼灯坏了"]
    assert account.server.answers == [(200, "success")]


async def test_what_could_not_be_stored_comes_again(
    account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    account.store.failures = 2
    with caplog.at_level(logging.CRITICAL, "channels.wechat.webhook"):
        await account.server.say(ANNA, Content="灯坏了")
    assert account.store.texts == ["灯坏了"]
    assert [status for status, _ in account.server.answers] == [503, 503, 200]


async def test_what_comes_twice_is_taken_once(account: Account) -> None:
    for _ in range(2):
        await account.server.post(GOOD)
    assert account.store.texts == ["灯坏了"]
    assert account.server.answers == [(200, "success")] * 2


async def test_who_begins_to_follow_twice_in_a_second_said_hello_once(account: Account) -> None:
    for _ in range(2):
        await account.server.post(message(ANNA, "event", Event="subscribe"))
    assert account.store.texts == ["你好"]


async def test_two_entries_of_the_menu_pressed_in_a_second_are_both_heard(
    account: Account,
) -> None:
    for key in ("我的积分", "我的工单", "我的积分"):
        await account.server.post(message(ANNA, "event", Event="CLICK", EventKey=key))
    assert account.store.texts == ["我的积分", "我的工单"]


async def test_an_event_that_says_nothing_is_taken_and_forgotten(account: Account) -> None:
    await account.server.post(message(ANNA, "event", Event="unsubscribe"))
    assert (account.store.asked, account.server.answers) == (0, [(200, "success")])


async def test_what_can_not_be_read_is_set_aside(account: Account) -> None:
    await account.server.post(message(ANNA, "text", Content="没有号码"))
    assert account.store.texts == []
    (apart,) = account.store.apart
    assert apart.address == ANNA
    assert "没有号码" in apart.text


REFUSED = [
    ("another token", enciphered(GOOD, token="another")),  # noqa: S106
    ("another key", enciphered(GOOD, aes_key="GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba")),
    ("another account", enciphered(GOOD, app_id="wx00000000000000ff")),
    ("no signature", (enciphered(GOOD)[0], {})),
    ("in the clear", (b"<xml><MsgType>text</MsgType></xml>", enciphered(GOOD)[1])),
]


@pytest.mark.parametrize(("label", "post"), REFUSED)
async def test_what_is_not_from_wechat_is_refused(
    account: Account, label: str, post: tuple[bytes, dict[str, str]]
) -> None:
    status, _ = await account.server.post_raw(*post)
    assert (status, account.store.asked) == (403, 0), label


BODIES = [
    ("nothing", b"", 400),
    ("no XML", b"hello", 400),
    ("half of it", b"<xml><Encrypt>abc", 400),
    ("an entity", b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>', 400),
    ("no UTF-8", b"<xml>\xff</xml>", 400),
    ("letters of nobody", b"<?xml version='1.0' encoding='nonsense'?><xml/>", 400),
    ("too large", b" " * (256 * 1024 + 1), 413),
]


@pytest.mark.parametrize(("label", "body", "status"), BODIES)
async def test_whatever_is_posted_leaves_no_traceback(
    account: Account, caplog: pytest.LogCaptureFixture, label: str, body: bytes, status: int
) -> None:
    _, query = enciphered(GOOD)
    assert (await account.server.post_raw(body, query))[0] == status, label
    assert (account.store.asked, "Traceback" in caplog.text) == (0, False)


async def test_what_is_garbled_inside_is_taken_or_set_aside(
    account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    xml = "<xml><FromUserName>a</FromUserName><MsgType>text</MsgType></xml>"
    for one in garbled(xml.encode(), count=60):
        post = enciphered_xml(one.decode(errors="replace"))
        assert await account.server.post_raw(*post) == (200, "success")
    assert "Traceback" not in caplog.text


async def test_the_address_answers_the_settings_of_the_account(account: Account) -> None:
    signed = "".join(sorted((TOKEN, str(NOON), "n")))
    signature = hashlib.sha1(signed.encode()).hexdigest()  # noqa: S324  as WeChat does
    query = {"signature": signature, "timestamp": str(NOON), "nonce": "n", "echostr": "5<b>"}
    async with account.client.get(PATH, params=query) as answer:
        assert (answer.status, await answer.text()) == (200, "5<b>")
        assert answer.content_type == "text/plain"
    async with account.client.get(PATH, params=query | {"nonce": "m"}) as answer:
        assert answer.status == 403
    async with account.client.get(PATH) as answer:
        assert answer.status == 403


async def test_a_post_that_breaks_off_leaves_a_line_and_no_traceback(
    account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "channels.body"):
        await break_off(account.client, PATH, {})
    assert set(told(caplog)) == {("INFO", "channels.body")}
    assert account.store.stored == []
