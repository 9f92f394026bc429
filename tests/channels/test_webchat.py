"""The chat page's socket, real frames: who may come in, what is taken, what is refused."""

import asyncio
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import pytest

from bot.intake import Intake
from bot.ports.storage import Storage
from channels.frames import TEXT_MOST
from channels.webchat import VISITOR_COOKIE, Pace
from tests.bot.community import interpreter, rules
from tests.channels.sockets import (
    ADDRESS,
    HELD_SECONDS,
    MORNING,
    VISITOR,
    Client,
    Letters,
    Store,
    ask,
    chatting,
    own_lines,
    said,
    serving,
)


async def test_it_is_acknowledged_only_when_it_is_stored() -> None:
    store = Store()
    store.may_return.clear()
    async with serving(store.receive) as client, chatting(client) as socket:
        await socket.send_json(said())
        while not store.asked:
            await asyncio.sleep(0)
        with pytest.raises(TimeoutError):
            await socket.receive(timeout=0.1)
        store.may_return.set()
        assert await socket.receive_json() == {"type": "ack", "id": "message-1"}
    assert [(one.text, one.address, one.sent_at) for one in store.stored] == [
        ("电梯坏了", ADDRESS, MORNING)
    ]


async def test_the_same_message_again_is_acknowledged_and_stored_once() -> None:
    store = Store()
    async with serving(store.receive) as client:
        for _ in range(2):
            async with chatting(client) as socket:
                assert (await ask(socket, said()))["type"] == "ack"
                assert (await ask(socket, said()))["type"] == "ack"
    assert (store.asked, len(store.stored)) == (4, 1)


async def test_the_same_id_of_two_residents_is_two_messages() -> None:
    store = Store()
    async with serving(store.receive, mailbox=Anybody()) as client:
        for visitor in (VISITOR, "cd" * 32):
            async with chatting(client, visitor) as socket:
                assert (await ask(socket, said()))["type"] == "ack"
    assert len({one.external_id for one in store.stored}) == 2


class Anybody(Letters):
    """Lets everybody in."""

    @contextmanager
    def open(self, address: str) -> Iterator["Letters"]:
        del address
        yield self


GARBLED = "chat.garbled"

REFUSED = [
    ("no JSON", "hello", None, GARBLED),
    ("half of it", '{"type": "message"', None, GARBLED),
    ("a list", [1], None, GARBLED),
    ("nothing", None, None, GARBLED),
    ("a depth without end", "[" * 60_000, None, GARBLED),
    ("a number without end", "9" * 60_000, None, GARBLED),
    ("another type", {"type": "shout", "text": "电梯坏了"}, None, GARBLED),
    ("a type that is a list", {"type": ["message"]}, None, GARBLED),
    ("no id", {"type": "message", "text": "电梯坏了"}, None, GARBLED),
    ("an id that is a number", said(identifier=12345678), None, GARBLED),
    ("an id too short", said(identifier="short"), None, GARBLED),
    ("an id too long", said(identifier="x" * 65), None, GARBLED),
    ("an id with a line end", said(identifier="message-1\n"), None, GARBLED),
    ("an id in Chinese", said(identifier="消息消息消息消息"), None, GARBLED),
    ("no text", {"type": "message", "id": "message-1"}, "message-1", GARBLED),
    ("a text that is a number", said(text=1), "message-1", GARBLED),
    ("a text that is a list", said(text=["电梯坏了"]), "message-1", GARBLED),
    ("a choice that is a number", said(choice=1), "message-1", GARBLED),
    ("a text too long", said(text="长" * (TEXT_MOST + 1)), "message-1", "chat.too_long"),
    ("a choice too long", said(choice="c" * 101), "message-1", "chat.too_long"),
]


@pytest.mark.parametrize(("label", "frame", "identifier", "reason"), REFUSED)
async def test_what_is_no_message_is_refused_and_the_talk_goes_on(
    label: str, frame: object, identifier: str | None, reason: str
) -> None:
    store = Store()
    async with serving(store.receive) as client, chatting(client) as socket:
        answer = await ask(socket, frame)
        assert (answer["type"], answer["id"], answer["text"]) == ("refused", identifier, reason)
        assert answer["retry_seconds"] is None, label
        assert (await ask(socket, said()))["type"] == "ack"
    assert len(store.stored) == 1


TAKEN = [
    ("as it is", "电梯坏了\n三天了 ", "电梯坏了\n三天了 "),
    ("nothing", "", ""),
    ("the longest", "长" * TEXT_MOST, "长" * TEXT_MOST),
    ("beyond the basic plane", "𠮷😀", "𠮷😀"),
    ("zero bytes", "电\0梯", "电梯"),
    ("half a pair", "电\ud83d梯", "电\ufffd梯"),
    ("markup", "<script>alert(1)</script>", "<script>alert(1)</script>"),
]


async def test_any_text_is_taken(storage: Storage) -> None:
    intake = Intake(storage=storage, rules=rules(), interpreter=interpreter())
    async with serving(intake.receive) as client, chatting(client) as socket:
        for n, (label, text, _) in enumerate(TAKEN):
            assert (await ask(socket, said(text, f"message-{n}")))["type"] == "ack", label
    assert await own_lines(storage) == [expected for _, _, expected in TAKEN]


CHOICES = [("zero bytes", "x:\0", "x:"), ("half a pair", "x:\ud83d", "x:\ufffd")]


@pytest.mark.parametrize(("label", "choice", "expected"), CHOICES)
async def test_any_choice_is_taken(label: str, choice: str, expected: str) -> None:
    store = Store()
    async with serving(store.receive) as client, chatting(client) as socket:
        assert (await ask(socket, said(choice=choice)))["type"] == "ack", label
    assert [one.choice for one in store.stored] == [expected]


async def test_binary_frames_are_refused_and_the_talk_goes_on() -> None:
    store = Store()
    async with serving(store.receive) as client, chatting(client) as socket:
        await socket.send_bytes(json.dumps(said()).encode())
        assert (await socket.receive_json(timeout=HELD_SECONDS))["text"] == GARBLED
        assert (await ask(socket, said()))["type"] == "ack"
    assert len(store.stored) == 1


async def test_a_frame_too_large_ends_the_socket_and_no_other() -> None:
    store = Store()
    async with (
        serving(store.receive) as client,
        chatting(client) as other,
        chatting(client) as socket,
    ):
        await socket.send_str("x" * 100_000)
        assert (await socket.receive(timeout=HELD_SECONDS)).type is aiohttp.WSMsgType.CLOSE
        assert (await ask(other, said()))["type"] == "ack"


async def test_a_ping_is_answered() -> None:
    async with serving(Store().receive) as client, chatting(client) as socket:
        assert await ask(socket, {"type": "ping"}) == {"type": "pong"}


DOORS = [
    ("no cookie", {}, 403),
    ("another cookie", {"Cookie": "other=1"}, 403),
    ("an empty visitor", {"Cookie": f"{VISITOR_COOKIE}="}, 403),
    ("a visitor too short", {"Cookie": f"{VISITOR_COOKIE}={'a' * 63}"}, 403),
    ("a visitor of other letters", {"Cookie": f"{VISITOR_COOKIE}={'G' * 64}"}, 403),
    ("a visitor in capitals", {"Cookie": f"{VISITOR_COOKIE}={'AB' * 32}"}, 403),
    ("a foreign page", {"Origin": "https://evil.example"}, 403),
    ("a page of nowhere", {"Origin": "null"}, 403),
    ("a broken origin", {"Origin": "http://[evil"}, 403),
    ("our own page", {"Origin": "http://{host}"}, 101),
    ("our own page behind a proxy", {"Origin": "https://{host}"}, 101),
    ("a program", {}, 101),
]


@pytest.mark.parametrize(("label", "headers", "expected"), DOORS)
async def test_who_may_come_in(label: str, headers: dict[str, str], expected: int) -> None:
    async with serving(Store().receive) as client:
        host = f"{client.host}:{client.port}"
        sent = {name: value.format(host=host) for name, value in headers.items()}
        if "Origin" in headers or expected == 101:
            sent["Cookie"] = f"{VISITOR_COOKIE}={VISITOR}"
        assert await code_of(client, sent) == expected, label


async def code_of(client: Client, headers: dict[str, str]) -> int:
    try:
        async with client.ws_connect("/chat/socket", headers=headers):
            return 101
    except aiohttp.WSServerHandshakeError as error:
        return error.status


async def test_pages_beyond_a_number_are_refused_until_one_is_closed() -> None:
    headers = {"Cookie": f"{VISITOR_COOKIE}={VISITOR}"}
    async with serving(Store().receive) as client:
        pages = [await client.ws_connect("/chat/socket", headers=headers) for _ in range(8)]
        assert await code_of(client, headers) == 429
        await pages.pop().close()
        while await code_of(client, headers) == 429:
            await asyncio.sleep(0.01)
        for page in pages:
            await page.close()


async def test_a_flood_is_slowed_down_and_told_for_how_long() -> None:
    time, store = [0.0], Store()
    pace = Pace(burst=3, per_minute=30, now=lambda: time[0])
    async with serving(store.receive, pace=pace) as client, chatting(client) as socket:
        answers = [await ask(socket, said(identifier=f"message-{n}")) for n in range(4)]
        assert [answer["type"] for answer in answers] == ["ack", "ack", "ack", "refused"]
        assert (answers[3]["id"], answers[3]["text"]) == ("message-3", "chat.too_fast")
        assert answers[3]["retry_seconds"] == 2.0
        time[0] += 2.0
        assert (await ask(socket, said(identifier="message-3")))["type"] == "ack"
        assert (await ask(socket, said(identifier="message-4")))["type"] == "refused"
    assert len(store.stored) == 4


def test_one_residents_flood_does_not_slow_another() -> None:
    time = [0.0]
    pace = Pace(burst=2, per_minute=60, now=lambda: time[0])
    assert [pace.delay("a") > 0 for _ in range(3)] == [False, False, True]
    assert pace.delay("b") == 0
    time[0] += 3600
    assert [pace.delay("a") > 0 for _ in range(3)] == [False, False, True]


def test_residents_who_are_gone_are_forgotten() -> None:
    time = [0.0]
    pace = Pace(burst=2, per_minute=60, now=lambda: time[0])
    for n in range(10_000):
        pace.delay(f"{n}")
    time[0] += 3600
    pace.delay("the last")
    assert len(pace._buckets) == 1  # noqa: SLF001  nothing else tells what it keeps


async def test_what_could_not_be_stored_is_asked_for_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = Store(failures=[OSError("the disk is full")])
    with caplog.at_level(logging.CRITICAL, "channels.webchat"):
        async with serving(store.receive) as client, chatting(client) as socket:
            answer = await ask(socket, said())
            assert (answer["type"], answer["id"]) == ("refused", "message-1")
            assert (answer["text"], answer["retry_seconds"]) == ("chat.not_stored", 5.0)
            assert (await ask(socket, said()))["type"] == "ack"
    assert len(store.stored) == 1
