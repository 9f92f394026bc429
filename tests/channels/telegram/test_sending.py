"""Messages out, through the real library over HTTP: what people see, and what goes wrong."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from channels.base import PartlySentError, SendError
from channels.message import Button, OutboundMessage
from channels.telegram.channel import Telegram
from channels.telegram.errors import UnclearError
from tests.channels.telegram.parts import Store, channel, running
from tests.fakes.botapi import BotApi

ANNA, BEN, GROUP = 11, 12, -100
YES_NO = (Button("好了", "confirm:1"), Button("没好", "dispute:1"))


@pytest.fixture
async def telegram(server: BotApi) -> AsyncIterator[Telegram]:
    server.chat(ANNA)
    server.chat(BEN)
    async with running(channel(server, Store())) as opened:
        yield opened


def to(chat: int = ANNA, text: str = "修好了吗", **more: Any) -> OutboundMessage:
    return OutboundMessage(key="k", address=str(chat), text=text, **more)


async def test_a_message_arrives_as_it_is(server: BotApi, telegram: Telegram) -> None:
    text = "*3号楼* <b>电梯</b> _修好_ 了 & 😀"
    sent = await telegram.send(to(text=text, buttons=YES_NO))
    assert sent is not None
    chat = server.chat(ANNA)
    assert chat.texts == [text]
    assert chat.labels(int(sent)) == [["好了", "没好"]]


async def test_buttons_in_a_group_are_links_into_the_chat_of_whoever_presses(
    server: BotApi, telegram: Telegram
) -> None:
    server.chat(GROUP)
    sent = int(await telegram.send(to(GROUP, buttons=(Button("我能出点什么", "give:7:2"),))) or 0)
    (((button,),),) = [server.chat(GROUP).messages[sent]["reply_markup"]["inline_keyboard"]]
    assert button == {"text": "我能出点什么", "url": "https://t.me/gongzhi_bot?start=give-7-2"}


async def test_a_choice_that_fits_no_link_is_not_sent_to_a_group(
    server: BotApi, telegram: Telegram
) -> None:
    server.chat(GROUP)
    with pytest.raises(SendError) as caught:
        await telegram.send(to(GROUP, buttons=(Button("好", "give:电梯"),)))
    assert (caught.value.code, caught.value.retryable) == ("button_not_linkable", False)
    assert server.chat(GROUP).texts == []


async def test_without_its_own_name_nothing_goes_to_a_group_yet(server: BotApi) -> None:
    server.chat(GROUP)
    server.fail("getMe", times=1000, status=500)
    async with running(channel(server, Store())) as nameless:
        with pytest.raises(SendError) as caught:
            await nameless.send(to(GROUP, buttons=YES_NO))
    assert caught.value.retryable
    assert server.chat(GROUP).texts == []


async def test_a_bot_without_a_name_sends_no_buttons_to_a_group() -> None:
    async with BotApi(username="") as server, running(channel(server, Store())) as nameless:
        server.chat(GROUP)
        with pytest.raises(SendError) as caught:
            await nameless.send(to(GROUP, buttons=YES_NO))
        assert caught.value.code == "no_name"
        assert server.chat(GROUP).texts == []


LONG = "请物业师傅明天上午再来看一次"
ROWS = [
    ("short ones in twos", ["一", "二", "三"], [["一", "二"], ["三"]]),
    ("long ones by themselves", ["一", LONG, "二", "三"], [["一"], [LONG], ["二", "三"]]),
    ("none", [], []),
]


@pytest.mark.parametrize(("label", "labels", "rows"), ROWS)
async def test_rows_of_buttons(
    server: BotApi, telegram: Telegram, label: str, labels: list[str], rows: list[list[str]]
) -> None:
    buttons = tuple(Button(one, f"c:{n}") for n, one in enumerate(labels))
    sent = await telegram.send(to(buttons=buttons))
    assert server.chat(ANNA).labels(int(sent or 0)) == rows, label


LINKS = [
    ("https://gongzhi.example.cn/s/1", True),
    ("http://gongzhi.example.cn/s/1", False),
    ("https://localhost/s/1", False),
    ("http://127.0.0.1:8080/s/1", False),
    ("https://192.168.1.4/s/1", False),
    ("https://box.local/s/1", False),
]


@pytest.mark.parametrize(("link", "button"), LINKS)
async def test_a_link_is_a_button_if_telegram_takes_it(
    server: BotApi, telegram: Telegram, link: str, *, button: bool
) -> None:
    sent = await telegram.send(to(link=link, buttons=YES_NO))
    chat = server.chat(ANNA)
    rows = [["好了", "没好"], ["telegram.open_link"]] if button else [["好了", "没好"]]
    assert chat.labels(int(sent or 0)) == rows
    assert chat.texts == ["修好了吗" if button else f"修好了吗\n{link}"]


async def test_a_long_text_comes_in_pieces_with_the_buttons_last(
    server: BotApi, telegram: Telegram
) -> None:
    lines = [f"{n}:" + "😀" * 300 for n in range(15)]
    sent = await telegram.send(to(text="\n".join(lines), buttons=YES_NO))
    chat = server.chat(ANNA)
    assert "\n".join(chat.texts).split("\n") == lines
    assert len(chat.texts) == 3
    assert [chat.labels(number) for number in chat.messages] == [[], [], [["好了", "没好"]]]
    assert sent == str(max(chat.messages))


async def test_a_line_without_end_is_cut(server: BotApi, telegram: Telegram) -> None:
    text = "a" + "😀" * 4096
    await telegram.send(to(text=text))
    assert "".join(server.chat(ANNA).texts) == text


async def test_an_edit_takes_the_place_of_the_earlier_message(
    server: BotApi, telegram: Telegram
) -> None:
    first = await telegram.send(to(text="派单中", buttons=YES_NO))
    again = await telegram.send(to(text="处理中", replaces=first))
    assert (again, server.chat(ANNA).texts) == (first, ["处理中"])
    assert server.chat(ANNA).labels(int(first or 0)) == []


@pytest.mark.parametrize("earlier", ["999", None])
async def test_what_can_only_be_edited_is_never_sent_anew(
    server: BotApi, telegram: Telegram, earlier: str | None
) -> None:
    assert await telegram.send(to(replaces=earlier, only_edited=True)) == ""
    assert server.chat(ANNA).texts == []


async def test_the_same_again_is_no_failure(server: BotApi, telegram: Telegram) -> None:
    first = await telegram.send(to(buttons=YES_NO))
    assert await telegram.send(to(buttons=YES_NO, replaces=first)) == first
    assert server.chat(ANNA).posts == 1


@pytest.mark.parametrize("replaces", ["999", "no number", "own"])
async def test_what_can_not_be_edited_is_sent_anew(
    server: BotApi, telegram: Telegram, replaces: str
) -> None:
    hers = await server.people.text(ANNA, "她的话")
    sent = await telegram.send(to(text="新", replaces=str(hers) if replaces == "own" else replaces))
    assert server.chat(ANNA).texts == ["她的话", "新"]
    assert sent == str(max(server.chat(ANNA).messages))


async def test_a_message_that_was_deleted_is_sent_anew(server: BotApi, telegram: Telegram) -> None:
    first = await telegram.send(to(text="派单中"))
    del server.chat(ANNA).messages[int(first or 0)]
    assert await telegram.send(to(text="处理中", replaces=first)) != first
    assert server.chat(ANNA).texts == ["处理中"]


REFUSED: list[tuple[str, dict[str, Any], tuple[str, bool, float]]] = [
    ("blocked", {"status": 403, "description": "Forbidden: bot was blocked by the user"},
     ("blocked", False, 0)),
    ("deactivated", {"status": 403, "description": "Forbidden: user is deactivated"},
     ("deactivated", False, 0)),
    ("kicked", {"status": 403, "description": "Forbidden: bot was kicked from the group chat"},
     ("left", False, 0)),
    ("deleted", {"status": 403, "description": "Forbidden: the group chat was deleted"},
     ("deleted", False, 0)),
    ("never written", {"status": 403, "description": "Forbidden: bot can't initiate conversation"
     " with a user"}, ("not_started", False, 0)),
    ("forbidden otherwise", {"status": 403, "description": "Forbidden: no"},
     ("forbidden", False, 0)),
    ("no such chat", {"status": 400, "description": "Bad Request: chat not found"},
     ("chat_not_found", False, 0)),
    ("bad otherwise", {"status": 400, "description": "Bad Request: PEER_ID_INVALID"},
     ("refused", False, 0)),
    ("wrong token", {"status": 401, "description": "Unauthorized"}, ("token_refused", True, 60)),
    ("flood", {"status": 429, "description": "Too Many Requests",
     "parameters": {"retry_after": 7}}, ("too_many", True, 7)),
    ("flood, no matter how long", {"status": 429, "description": ""}, ("too_many", True, 1)),
]  # fmt: skip


@pytest.mark.parametrize("replaces", [None, "5"])
@pytest.mark.parametrize(("label", "fault", "expected"), REFUSED)
async def test_a_refusal_says_what_it_is_and_whether_to_repeat(
    server: BotApi,
    telegram: Telegram,
    label: str,
    fault: dict[str, Any],
    expected: tuple[str, bool, float],
    replaces: str | None,
) -> None:
    server.fail(chat=BEN, **fault)
    error = await refusal(telegram, to(BEN, replaces=replaces))
    assert (error.code, error.retryable, error.retry_after_seconds) == expected, label
    await telegram.send(to(ANNA))
    assert (server.chat(BEN).texts, server.chat(ANNA).texts) == ([], ["修好了吗"])


async def test_people_who_are_gone(server: BotApi, telegram: Telegram) -> None:
    await server.people.block(ANNA)
    server.chat(BEN).deactivated = True
    assert repr(await refusal(telegram, to(ANNA))) == "UntilSheWritesError('blocked')"
    assert repr(await refusal(telegram, to(BEN))) == "SendError('deactivated')"
    assert (await refusal(telegram, to(13))).code == "chat_not_found"


async def test_what_can_not_be_sent_is_not_even_tried(server: BotApi, telegram: Telegram) -> None:
    bad_button = await refusal(telegram, to(buttons=(Button("好", "好" * 22),)))
    empty_button = await refusal(telegram, to(buttons=(Button("好", ""),)))
    nobody = await refusal(telegram, OutboundMessage(key="k", address="unknown", text="好"))
    assert [(one.code, one.retryable) for one in (bad_button, empty_button, nobody)] == [
        ("button_too_long", False),
        ("button_too_long", False),
        ("bad_address", False),
    ]
    assert server.called("sendMessage") == []


async def test_a_flood_in_one_chat_holds_up_no_other(server: BotApi, telegram: Telegram) -> None:
    server.too_many(ANNA, 30)
    assert (await refusal(telegram, to(ANNA))).retry_after_seconds == 30
    async with asyncio.timeout(2):
        for _ in range(2):
            await telegram.send(to(BEN))
    error = await refusal(telegram, to(ANNA))
    assert (error.code, error.retryable) == ("too_fast", True)
    assert 25 < error.retry_after_seconds <= 30
    assert len(server.called("sendMessage")) == 3


async def test_sixty_four_at_once(server: BotApi, telegram: Telegram) -> None:
    chats = range(1000, 1064)
    for chat in chats:
        server.chat(chat)
    await asyncio.gather(*(telegram.send(to(chat)) for chat in chats))
    assert {server.chat(chat).posts for chat in chats} == {1}


async def test_a_group_that_moved_is_found(server: BotApi, telegram: Telegram) -> None:
    server.chat(GROUP).moved_to = -1000
    server.chat(-1000)
    await telegram.send(to(GROUP))
    await telegram.send(to(GROUP, replaces="5"))
    assert server.chat(-1000).posts == 2


async def test_a_group_that_moves_on_and_on_is_not_followed(
    server: BotApi, telegram: Telegram
) -> None:
    server.chat(GROUP).moved_to = -1000
    server.chat(-1000).moved_to = -1001
    assert (await refusal(telegram, to(GROUP))).code == "moved"


UNCLEAR = [
    ("cut before anybody knows", {"cut": "before"}, 0),
    ("cut after the effect", {"cut": "after"}, 1),
    ("500", {"status": 500, "description": "Internal Server Error"}, 0),
    ("no JSON", {"body": b"<html>"}, 1),
    ("no result", {"body": b"{}"}, 1),
    ("a deep answer", {"body": b"[" * 100_000}, 1),
]


@pytest.mark.parametrize(("label", "fault", "posts"), UNCLEAR)
async def test_what_may_have_gone_out_is_no_refusal(
    server: BotApi, telegram: Telegram, label: str, fault: dict[str, Any], posts: int
) -> None:
    server.fail("sendMessage", **fault)
    with pytest.raises(UnclearError) as unclear:
        await telegram.send(to())
    assert server.chat(ANNA).posts == posts, label
    assert server.token not in str(unclear.value)


@pytest.mark.parametrize(("label", "fault", "posts"), UNCLEAR)
async def test_an_edit_may_be_repeated_whatever_happened(
    server: BotApi, telegram: Telegram, label: str, fault: dict[str, Any], posts: int
) -> None:
    del posts
    first = await telegram.send(to(text="派单中"))
    server.fail("editMessageText", **fault)
    error = await refusal(telegram, to(text="处理中", replaces=first))
    assert (error.code, error.retryable) == ("unclear", True), label
    assert await telegram.send(to(text="处理中", replaces=first)) == first
    assert server.chat(ANNA).texts == ["处理中"]


async def test_of_an_answer_only_the_number_is_needed(server: BotApi, telegram: Telegram) -> None:
    server.fail("sendMessage", body=b'{"ok": true, "result": {"message_id": 5}}')
    assert await telegram.send(to()) == "5"
    sent = await telegram.send(to())
    server.fail("editMessageText", body=b'{"ok": true, "result": null}')
    assert await telegram.send(to(text="处理中", replaces=sent)) == sent


async def test_an_answer_that_is_no_message_is_no_refusal(
    server: BotApi, telegram: Telegram
) -> None:
    server.fail("sendMessage", body=b'{"ok": true, "result": {"message_id": []}}')
    with pytest.raises(UnclearError):
        await telegram.send(to())


async def test_the_rest_of_a_long_message_refused_is_not_repeated(
    server: BotApi, telegram: Telegram
) -> None:
    async def block_after_the_first() -> None:
        while not server.chat(ANNA).posts:
            await asyncio.sleep(0)
        server.chat(ANNA).blocked = True

    async with asyncio.TaskGroup() as group:
        group.create_task(block_after_the_first())
        with pytest.raises(PartlySentError):
            await telegram.send(to(text="\n".join("长" * 3000 for _ in range(3))))


async def test_a_server_that_is_not_there_is_a_refusal() -> None:
    async with BotApi() as server:
        telegram = channel(server, Store())
    async with running(telegram):
        for replaces in (None, "5"):
            error = await refusal(telegram, to(replaces=replaces))
            assert (error.code, error.retryable) == ("unreachable", True)
    closed = await refusal(telegram, to())
    assert (closed.code, closed.retryable) == ("unreachable", True)


async def refusal(telegram: Telegram, message: OutboundMessage) -> SendError:
    with pytest.raises(SendError) as error:
        await telegram.send(message)
    return error.value
