"""The chat page's socket: real frames, a fake store where the order matters, real ones else."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.intake import Intake
from bot.mailbox import StoredMailbox
from bot.ports.bell import contact_topic
from bot.ports.outbox import Outgoing
from bot.ports.storage import Storage, Tx
from bot.store.bell import LocalBell
from channels.base import Receipt, Receive
from channels.frames import TEXT_MOST
from channels.message import ChatLine, InboundMessage
from channels.webchat import VISITOR_COOKIE, Mailbox, Pace, WebChat, address_of
from tests.bot.community import interpreter, rules

VISITOR = "ab" * 32
ADDRESS = address_of(VISITOR) or ""
MORNING = datetime(2026, 11, 25, 2, tzinfo=UTC)
HELD_SECONDS = 5
Client = TestClient[web.Request, web.Application]
Socket = aiohttp.ClientWebSocketResponse


@dataclass
class Store:
    """What `receive` stores, once a message; it can be held, and it can fail."""

    stored: list[InboundMessage] = field(default_factory=list)
    asked: int = 0
    failures: list[Exception] = field(default_factory=list)
    may_return: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may_return.set()

    async def receive(self, message: InboundMessage) -> Receipt:
        self.asked += 1
        await self.may_return.wait()
        if self.failures:
            raise self.failures.pop()
        fresh = message.external_id not in {one.external_id for one in self.stored}
        if fresh:
            self.stored.append(message)
        return Receipt(1, fresh=fresh)


class Letters:
    """A mailbox with lines of its own, numbered from one; the cursor is the number."""

    def __init__(self, count: int = 0, failures: Sequence[Exception] = ()) -> None:
        self._lines = [line(number) for number in range(1, count + 1)]
        self._failures = list(failures)
        self._new = asyncio.Event()

    def add(self) -> None:
        self._lines.append(line(len(self._lines) + 1))
        self._new.set()

    @contextmanager
    def open(self, address: str) -> Iterator["Letters"]:
        assert address == ADDRESS
        yield self

    async def lines(self, after: str | None) -> Sequence[ChatLine]:
        if self._failures:
            raise self._failures.pop()
        start = 0 if after is None else int(after)
        return self._lines[start : start + 3]

    async def wait(self, seconds: float) -> bool:
        async with asyncio.timeout(seconds):
            await self._new.wait()
        self._new.clear()
        return True


def line(number: int) -> ChatLine:
    return ChatLine(cursor=str(number), own=False, text=f"line {number}", at=MORNING)


def words(key: str, **_: object) -> str:
    return key


def no_hurry() -> Pace:
    return Pace(burst=1000, per_minute=60, now=lambda: 0.0)


@asynccontextmanager
async def serving(
    receive: Receive, mailbox: Mailbox | None = None, pace: Pace | None = None
) -> AsyncIterator[Client]:
    chat = WebChat(
        receive=receive,
        mailbox=mailbox or Letters(),
        words=words,
        pace=pace or no_hurry(),
        now=lambda: MORNING,
    )
    app = web.Application()
    app.add_routes(chat.routes())
    async with TestClient(TestServer(app)) as client:
        yield client


@asynccontextmanager
async def chatting(
    client: Client, visitor: str = VISITOR, after: str = ""
) -> AsyncIterator[Socket]:
    """A page that is ready; the lines it got before are left out."""
    async with opened(client, visitor, after) as socket:
        await until(socket, "ready")
        yield socket


@asynccontextmanager
async def opened(
    client: Client, visitor: str = VISITOR, after: str = "", **headers: str
) -> AsyncIterator[Socket]:
    query = f"?after={after}" if after else ""
    headers["Cookie"] = f"{VISITOR_COOKIE}={visitor}"
    async with client.ws_connect(f"/chat/socket{query}", headers=headers) as socket:
        yield socket


async def until(socket: Socket, kind: str) -> list[dict[str, Any]]:
    """Return the frames up to one of that kind, that one included."""
    frames: list[dict[str, Any]] = []
    while not frames or frames[-1]["type"] != kind:
        frames.append(await socket.receive_json(timeout=HELD_SECONDS))
    return frames


async def ask(socket: Socket, frame: object) -> dict[str, Any]:
    """Send the frame and return what is said to it, lines left out."""
    await socket.send_str(frame if isinstance(frame, str) else json.dumps(frame))
    while True:
        answer: dict[str, Any] = await socket.receive_json(timeout=HELD_SECONDS)
        if answer["type"] != "line":
            return answer


def said(text: object = "电梯坏了", identifier: object = "message-1", **more: object) -> Any:
    return {"type": "message", "id": identifier, "text": text} | more


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


async def test_a_page_gets_what_it_does_not_have_and_then_what_is_new() -> None:
    letters = Letters(7)
    async with serving(Store().receive, letters) as client, opened(client, after="2") as socket:
        frames = await until(socket, "ready")
        later = [] if len(frames) == 6 else await frames_of(socket, 6 - len(frames))
        letters.add()
        new = await frames_of(socket, 1)
    shown = [frame for frame in (*frames, *later, *new) if frame["type"] == "line"]
    assert [frame["text"] for frame in shown] == [f"line {n}" for n in range(3, 9)]
    assert shown[0] == {
        "type": "line",
        "cursor": "3",
        "own": False,
        "text": "line 3",
        "at": MORNING.isoformat(),
        "clock": "chat.clock",
        "id": None,
        "buttons": [],
        "link": None,
        "attached": [],
        "position": None,
    }


async def frames_of(socket: Socket, count: int) -> list[dict[str, Any]]:
    return [await socket.receive_json(timeout=HELD_SECONDS) for _ in range(count)]


@pytest.mark.parametrize("cursor", ["x", "1.x", "-1"])
async def test_a_cursor_that_is_none_starts_anew(cursor: str) -> None:
    letters = Letters(2, [ValueError("no cursor")])
    async with serving(Store().receive, letters) as client, opened(client, after=cursor) as socket:
        texts = [(await socket.receive_json(timeout=HELD_SECONDS)).get("text") for _ in range(2)]
    assert texts == ["line 1", "line 2"]


# With the real mailbox, on both databases.


@asynccontextmanager
async def real(storage: Storage, bell: LocalBell) -> AsyncIterator[Client]:
    intake = Intake(storage=storage, rules=rules(), interpreter=interpreter())
    async with serving(intake.receive, StoredMailbox(storage, bell, "web")) as client:
        yield client


async def contact_of(storage: Storage) -> int:
    contact = await storage.read(lambda views: views.people.find("web", ADDRESS))
    assert contact is not None
    return contact.id


async def own_lines(storage: Storage) -> list[str]:
    contact_id = await contact_of(storage)
    lines = await storage.read(lambda views: views.chat.lines(contact_id, after=None, limit=99))
    return [line.text for line in lines if line.own]


async def answer_with(storage: Storage, *texts: str) -> None:
    contact_id = await contact_of(storage)

    def unit(tx: Tx) -> None:
        for text in texts:
            tx.outbox.put(Outgoing(key=text, contact_id=contact_id, text=text), tx.now)
        tx.ring(contact_topic(contact_id))

    await storage.write(unit)


async def test_a_message_is_stored_once_however_often_it_comes(
    storage: Storage, bell: LocalBell
) -> None:
    async with real(storage, bell) as client:
        for _ in range(3):
            async with chatting(client) as socket:
                assert (await ask(socket, said()))["type"] == "ack"
    assert await own_lines(storage) == ["电梯坏了"]


async def test_a_lost_connection_loses_and_doubles_no_line(
    storage: Storage, bell: LocalBell
) -> None:
    shown: list[str] = []
    cursor = ""
    async with real(storage, bell) as client:
        for round_ in range(4):
            async with opened(client, after=cursor) as socket:
                await socket.send_json(said(f"q{round_}", f"question-{round_}"))
                while f"q{round_}" not in shown:
                    frame = await socket.receive_json(timeout=HELD_SECONDS)
                    if frame["type"] == "line":
                        shown.append(frame["text"])
                        cursor = frame["cursor"]
            await answer_with(storage, f"a{round_}.1", f"a{round_}.2")
        async with opened(client, after=cursor) as socket:
            shown += [f["text"] for f in await until(socket, "ready") if f["type"] == "line"]
    assert shown == [text for n in range(4) for text in (f"q{n}", f"a{n}.1", f"a{n}.2")]


async def test_a_page_that_was_away_long_gets_everything_once(
    storage: Storage, bell: LocalBell
) -> None:
    async with real(storage, bell) as client:
        async with chatting(client) as socket:
            await ask(socket, said("q", "question-0"))
            first = (await until(socket, "line"))[-1]
        expected = [f"a{n:03d}" for n in range(150)]
        await answer_with(storage, *expected)
        shown: list[str] = []
        async with opened(client, after=first["cursor"]) as socket:
            while len(shown) < len(expected):
                frame = await socket.receive_json(timeout=HELD_SECONDS)
                if frame["type"] == "line":
                    shown.append(frame["text"])
    assert shown == expected


CURSORS = [
    "x",
    "1",
    "1.",
    ".1",
    "1.2.3",
    "-1.0",
    "1.1e3",
    "²:³",
    "9" * 40 + ".1",
    "1." + "9" * 5000,
]


async def test_whatever_cursor_a_page_gives_it_gets_its_lines(
    storage: Storage, bell: LocalBell
) -> None:
    async with real(storage, bell) as client:
        async with chatting(client) as socket:
            await ask(socket, said())
        for cursor in CURSORS:
            async with opened(client, after=cursor) as socket:
                frames = await until(socket, "ready")
            assert [frame.get("text") for frame in frames] == ["电梯坏了", None], cursor


async def test_two_pages_of_one_resident_show_the_same(storage: Storage, bell: LocalBell) -> None:
    async with (
        real(storage, bell) as client,
        chatting(client) as writing,
        chatting(client) as watching,
    ):
        await ask(writing, said())
        line = (await until(watching, "line"))[-1]
    assert (line["own"], line["text"], line["id"]) == (True, "电梯坏了", "message-1")
