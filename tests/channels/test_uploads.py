"""Uploads of the chat page: what is taken, what is refused, and that both are said in time."""

import asyncio
import gzip
import io
import json
import logging
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.intake import Intake
from bot.mailbox import StoredMailbox
from bot.ports.media import MediaState
from bot.ports.storage import Storage, Tx
from bot.store.bell import LocalBell
from channels import body, uploads
from channels.base import Receive
from channels.frames import FrameError, position_of
from channels.lines import Lines
from channels.message import (
    AttachedState,
    AttachmentKind,
    ChatLine,
    Datum,
    PositionSource,
    ShownAttachment,
)
from channels.uploads import CAPTION_MOST, FILE_MOST, PATH, Uploads
from channels.webchat import VISITOR_COOKIE, Pace
from nlp.transcript import HeardWord, Transcript
from tests.bot.community import interpreter, rules
from tests.channels.speaking import pace, photo
from tests.channels.test_webchat import (
    ADDRESS,
    MORNING,
    VISITOR,
    Store,
    ask,
    chatting,
    opened,
    serving,
    until,
    words,
)

Client = TestClient[web.Request, web.Application]
COOKIE = {"Cookie": f"{VISITOR_COOKIE}={VISITOR}"}
VOICE = {"Content-Type": "audio/webm;codecs=opus"}
ASKED = {"id": "message-1", "kind": "voice", "seconds": "12.3"}


@asynccontextmanager
async def uploading(
    receive: Receive,
    slow: Pace | None = None,
    now: Callable[[], datetime] = lambda: MORNING,
) -> AsyncIterator[Client]:
    made = Uploads(
        receive=receive,
        words=words,
        pace=pace(),
        upload_pace=slow or pace(),
        now=now,
    )
    app = web.Application(client_max_size=64 * 1024)
    app.add_routes(made.routes())
    async with TestClient(TestServer(app)) as client:
        yield client


async def send(
    client: Client, content: Any = b"sound", headers: dict[str, str] | None = None, **query: str
) -> tuple[int, dict[str, Any]]:
    given = COOKIE | VOICE | (headers or {})
    answer = await client.post(PATH, params=ASKED | query, data=large(content), headers=given)
    return answer.status, await answer.json()


def large(content: Any) -> Any:
    return io.BytesIO(content) if isinstance(content, bytes) and content else content


async def test_a_recording_is_acknowledged_only_when_it_is_stored() -> None:
    store = Store()
    store.may_return.clear()
    async with uploading(store.receive) as client, asyncio.TaskGroup() as group:
        sending = group.create_task(send(client, b"x" * 200_000, text="楼上\0漏水"))
        while not store.asked:
            await asyncio.sleep(0.01)
        assert not sending.done()
        store.may_return.set()
        assert await sending == (200, {"type": "ack", "id": "message-1"})
        assert (await send(client))[0] == 200
    assert len(store.stored) == 1
    message = store.stored[0]
    assert (message.channel, message.address, message.text) == ("web", ADDRESS, "楼上漏水")
    attachment = message.attachments[0]
    assert (attachment.kind, attachment.media_type) == (AttachmentKind.VOICE, "audio/webm")
    assert (attachment.content, attachment.seconds) == (b"x" * 200_000, 12.3)


async def test_photos_of_an_album_stay_together() -> None:
    store, album = Store(), "album-of-two"
    async with uploading(store.receive) as client:
        for n in range(2):
            image = {"Content-Type": "image/jpeg"}
            about = {"id": f"photo-no-{n}", "kind": "photo", "album": album, "seconds": ""}
            assert (await send(client, photo(), image, **about))[0] == 200
    assert [one.album for one in store.stored] == [album, album]
    assert [one.attachments[0].seconds for one in store.stored] == [None, None]


GARBLED, KIND, BIG = "chat.garbled", "chat.wrong_kind", "chat.too_big"
ZIPPED = {"Content-Encoding": "gzip"}
REFUSED = [
    ("no id", {"id": ""}, {}, b"x", 400, GARBLED),
    ("an id too short", {"id": "short"}, {}, b"x", 400, GARBLED),
    ("an id in Chinese", {"id": "消息消息消息消息"}, {}, b"x", 400, GARBLED),
    ("another kind", {"kind": "video"}, {}, b"x", 400, GARBLED),
    ("no kind", {"kind": ""}, {}, b"x", 400, GARBLED),
    ("an album that is none", {"album": "a b"}, {}, b"x", 400, GARBLED),
    ("a caption too long", {"text": "长" * (CAPTION_MOST + 1)}, {}, b"x", 400, GARBLED),
    ("seconds of no number", {"seconds": "nan"}, {}, b"x", 400, GARBLED),
    ("seconds without end", {"seconds": "99999"}, {}, b"x", 400, GARBLED),
    ("a photo as voice", {}, {"Content-Type": "image/jpeg"}, b"x", 415, KIND),
    ("voice as a photo", {"kind": "photo"}, {}, b"x", 415, KIND),
    ("a page", {}, {"Content-Type": "text/html"}, b"x", 415, KIND),
    ("nothing", {}, {}, b"", 400, "chat.empty"),
    ("no zip", {}, ZIPPED, b"no zip", 400, GARBLED),
    ("too large", {}, {}, b"x" * (FILE_MOST + 1), 413, BIG),
    ("a bomb", {}, ZIPPED, gzip.compress(bytes(FILE_MOST + 1)), 413, BIG),
    ("a foreign page", {}, {"Origin": "https://evil.example"}, b"x", 403, "chat.wrong_origin"),
    ("a page of nowhere", {}, {"Origin": "null"}, b"x", 403, "chat.wrong_origin"),
    ("no visitor", {}, {"Cookie": ""}, b"x", 403, "chat.no_visitor"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("label", "query", "headers", "content", "status", "reason"),
    REFUSED,
    ids=[row[0] for row in REFUSED],
)
async def test_what_can_not_be_taken_is_refused_with_the_reason(
    label: str,
    query: dict[str, str],
    headers: dict[str, str],
    content: bytes,
    status: int,
    reason: str,
) -> None:
    store = Store()
    async with uploading(store.receive) as client:
        answer = await send(client, content, headers, **query)
        assert (answer[0], answer[1]["type"], answer[1]["text"]) == (status, "refused", reason)
        assert answer[1]["retry_seconds"] is None, label
    assert store.stored == []


async def test_a_body_of_unknown_length_ends_at_the_bound() -> None:
    store, sent = Store(), 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 3 * FILE_MOST:
            sent += 1 << 20
            yield bytes(1 << 20)

    async with uploading(store.receive) as client:
        assert (await send(client, endless()))[0] == 413
    assert store.stored == []


async def test_a_page_that_goes_away_in_the_middle_leaves_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = Store()
    head = f"POST {PATH}?id=message-1&kind=voice HTTP/1.1\r\nHost: x\r\nContent-Type: audio/ogg\r\n"
    async with uploading(store.receive) as client:
        _, writer = await asyncio.open_connection(client.host, client.port)
        writer.write(f"{head}Cookie: {COOKIE['Cookie']}\r\nContent-Length: 99\r\n\r\nx".encode())
        await writer.drain()
        await asyncio.sleep(0.1)
        writer.close()
        await asyncio.sleep(0.2)
        assert (await send(client, id="message-2"))[0] == 200
    assert [one.external_id[-9:] for one in store.stored] == ["message-2"]
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


LENGTHS = ["Content-Length: 99\r\n\r\nx", "Transfer-Encoding: chunked\r\n\r\n63\r\nx"]


async def break_off(client: Client, path: str, headers: dict[str, str]) -> None:
    """Begin bodies in each way and go away in each way: in good order, and with a reset."""
    runner = client.server.runner
    assert runner is not None
    assert runner.server is not None
    runner.server.handler_cancellation = False  # as it is outside of tests
    lines = [f"POST {path} HTTP/1.1", "Host: x", *(f"{k}: {v}" for k, v in headers.items())]
    for length in LENGTHS:
        for linger in (None, struct.pack("ii", 1, 0)):
            _, writer = await asyncio.open_connection(client.host, client.port)
            writer.write("\r\n".join([*lines, length]).encode())
            await writer.drain()
            await asyncio.sleep(0.05)
            if linger:
                made = writer.get_extra_info("socket")
                made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.close()
            await asyncio.sleep(0.05)


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """Return what was logged, without the lines of requests that were served."""
    return [(one.levelname, one.name) for one in caplog.records if one.name != "aiohttp.access"]


async def test_each_body_that_breaks_off_is_one_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = Store()
    with caplog.at_level(logging.INFO):
        async with uploading(store.receive) as client:
            await break_off(client, f"{PATH}?id=message-1&kind=voice", COOKIE | VOICE)
    assert told(caplog) == [("INFO", "channels.body")] * 4
    assert store.stored == []


async def drop_by_drop() -> AsyncIterator[bytes]:
    for _ in range(100):
        yield b"x"
        await asyncio.sleep(0.05)


async def stalling() -> AsyncIterator[bytes]:
    yield b"x" * 100_000
    await asyncio.sleep(5)


SLOW = [
    ("drop by drop", "_BEGIN_SECONDS", drop_by_drop),
    ("then nothing more", "_STALL_SECONDS", stalling),
]


@pytest.mark.parametrize(("label", "patience", "sending"), SLOW, ids=[row[0] for row in SLOW])
async def test_who_sends_too_slowly_keeps_no_place(
    label: str, patience: str, sending: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, patience, 0.3)
    store = Store()
    async with uploading(store.receive) as client, asyncio.timeout(3):
        status, answer = await send(client, sending())
        assert (status, answer["text"]) == (408, "chat.too_slow"), label
        assert (await send(client))[0] == 200
    assert len(store.stored) == 1


async def test_one_visitor_takes_no_more_than_two_places() -> None:
    store = Store()
    store.may_return.clear()
    async with uploading(store.receive) as client, asyncio.TaskGroup() as group:
        two = [group.create_task(send(client, id=f"message-{n}")) for n in range(2)]
        while store.asked < 2:
            await asyncio.sleep(0.01)
        status, answer = await send(client, id="message-2")
        assert (status, answer["text"], answer["retry_seconds"]) == (429, "chat.too_fast", 5)
        other = {"Cookie": f"{VISITOR_COOKIE}={'cd' * 32}"}
        another = group.create_task(send(client, headers=other))
        while store.asked < 3:
            await asyncio.sleep(0.01)
        store.may_return.set()
        assert [(await one)[0] for one in (*two, another)] == [200, 200, 200]
        assert (await send(client, id="message-2"))[0] == 200


async def test_all_visitors_together_store_so_much_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uploads, "_BYTES_A_MINUTE", 1000)
    store, now = Store(), MORNING
    async with uploading(store.receive, now=lambda: now) as client:
        assert (await send(client, b"x" * 900, ZIPPED | {"Connection": "close"}))[0] == 400
        for n in range(2):
            assert (await send(client, b"x" * 600, id=f"message-{n}"))[0] == 200
        status, answer = await send(client, b"x", id="message-2")
        assert (status, answer["text"], answer["retry_seconds"]) == (503, "chat.full", 12.0)
        now += timedelta(seconds=12)
        assert (await send(client, b"x", id="message-2"))[0] == 200
    assert len(store.stored) == 3


async def test_a_flood_and_a_full_disk_are_told_when_to_come_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = Store(failures=[OSError("the disk is full")])
    with caplog.at_level(logging.CRITICAL, "channels.uploads"):
        async with uploading(store.receive, pace(2)) as client:
            status, answer = await send(client)
            assert (status, answer["text"], answer["retry_seconds"]) == (503, "chat.not_stored", 5)
            assert (await send(client))[0] == 200
            status, answer = await send(client, id="message-2")
            assert (status, answer["text"], answer["retry_seconds"]) == (429, "chat.too_fast", 1)
            assert answer["id"] == "message-2"
    assert len(store.stored) == 1


LETTERS = st.text(st.characters(codec="utf-8"), max_size=30)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    query=st.dictionaries(
        st.sampled_from(["id", "kind", "seconds", "text", "album", "more"]),
        st.one_of(LETTERS, st.sampled_from(["message-1", "photo", "voice", "1.5", "1e9", "-1"])),
    ),
    kind=st.sampled_from(["audio/ogg", "image/png", "image/svg+xml", "", "x", "a/b/c", "*/*"]),
    content=st.binary(max_size=300),
)
def test_whatever_is_uploaded_is_answered(query: Any, kind: str, content: bytes) -> None:
    async def once() -> None:
        store = Store()
        async with uploading(store.receive) as client:
            headers = COOKIE | ({"Content-Type": kind} if kind else {})
            answer = await client.post(PATH, params=query, data=content, headers=headers)
            said = json.loads(await answer.text())
            assert answer.status in {200, 400, 415}
            assert said["type"] == ("ack" if answer.status == 200 else "refused")
            assert len(store.stored) == (answer.status == 200)

    asyncio.run(once())


# Positions, over the socket.


async def test_a_position_is_what_the_browser_measured() -> None:
    store = Store()
    here = {"latitude": 31.2304, "longitude": 121.4737, "accuracy": 15, "at": 1_795_000_000_000}
    frame = {"type": "message", "id": "message-1", "text": "", "position": here}
    async with serving(store.receive) as client, chatting(client) as socket:
        assert (await ask(socket, frame))["type"] == "ack"
    position = store.stored[0].position
    assert position is not None
    assert (position.latitude, position.longitude, position.accuracy_m) == (31.2304, 121.4737, 15)
    assert (position.datum, position.source) == (Datum.WGS84, PositionSource.BROWSER)
    assert position.at.timestamp() == 1_795_000_000


NOWHERE = [
    "here",
    [31.2, 121.4],
    {},
    {"latitude": 31.2},
    {"latitude": "31.2", "longitude": "121.4"},
    {"latitude": True, "longitude": False},
    {"latitude": 91, "longitude": 121.4},
    {"latitude": 31.2, "longitude": -181},
    {"latitude": float("nan"), "longitude": 0},
    {"latitude": float("inf"), "longitude": 0},
    {"latitude": 10**400, "longitude": 0},
    {"latitude": 31.2, "longitude": 121.4, "datum": "bd09"},
    {"latitude": 31.2, "longitude": 121.4, "datum": ["gcj02"]},
]


@pytest.mark.parametrize("value", NOWHERE, ids=str)
def test_what_is_no_position_is_refused(value: object) -> None:
    with pytest.raises(FrameError, match=GARBLED):
        position_of(value, MORNING)


@pytest.mark.parametrize("datum", [None, "wgs84", "gcj02"])
def test_a_page_says_the_datum_of_its_pair(datum: str | None) -> None:
    found = position_of({"latitude": 31.2, "longitude": 121.4, "datum": datum}, MORNING)
    assert found.datum == Datum(datum or "wgs84")


@pytest.mark.parametrize("at", [None, "now", -1, 10**30, float("nan"), True])
def test_a_moment_that_is_none_is_now(at: object) -> None:
    assert position_of({"latitude": 1, "longitude": 2, "at": at}, MORNING).at == MORNING


# Lines that become complete after they were shown.


def shown(state: AttachedState, heard: str = "") -> ShownAttachment:
    return ShownAttachment(id=1, kind=AttachmentKind.VOICE, state=state, seconds=3, words=heard)


def own(number: int, *attached: ShownAttachment) -> ChatLine:
    return ChatLine(
        cursor=f"{number}",
        own=True,
        text="",
        at=MORNING,
        external_id=f"a:{number}",
        attached=attached,
    )


class Box:
    """A mailbox whose lines the test changes; the cursor is the number."""

    def __init__(self, *lines: ChatLine) -> None:
        self.all = list(lines)

    async def lines(self, after: str | None) -> list[ChatLine]:
        return [line for line in self.all if int(line.cursor) > int(after or 0)]

    async def wait(self, seconds: float) -> bool:
        return seconds > 0


async def test_a_line_comes_again_when_its_words_are_there() -> None:
    box = Box(own(1), own(2, shown(AttachedState.COMING)), own(3))
    lines = Lines(box, None)
    assert [line.cursor for line in await lines.next()] == ["1", "2", "3"]
    assert await lines.next() == []
    box.all[1] = own(2, shown(AttachedState.THERE, "电梯坏了"))
    box.all.append(own(4))
    again, new = await lines.next()
    assert (again.external_id, again.cursor) == ("a:2", "3")
    assert again.attached[0].words == "电梯坏了"
    assert new.cursor == "4"
    assert await lines.next() == []


async def test_a_line_that_is_gone_is_not_waited_for() -> None:
    box = Box(own(1, shown(AttachedState.COMING)))
    lines = Lines(box, None)
    await lines.next()
    box.all.clear()
    assert [await lines.next() for _ in range(2)] == [[], []]


async def test_the_page_shows_what_was_sent_and_what_was_heard(
    storage: Storage, bell: LocalBell
) -> None:
    intake = Intake(storage=storage, rules=rules(), interpreter=interpreter())

    def hear(tx: Tx) -> None:
        tx.media.heard(1, Transcript((HeardWord("电梯"), HeardWord("坏了", 0.2))))
        tx.media.settle(2, MediaState.LOST, "no_photo")

    async with (
        uploading(intake.receive) as page,
        serving(intake.receive, StoredMailbox(storage, bell, "web")) as client,
    ):
        assert (await send(page))[0] == 200
        image = {"Content-Type": "image/png"}
        assert (await send(page, b"x", image, id="message-2", kind="photo"))[0] == 200
        await storage.write(hear)
        async with opened(client, after="0.0") as socket:
            lines = (await until(socket, "ready"))[:-1]
    voice, picture = (line["attached"][0] for line in lines)
    assert (voice["kind"], voice["state"], voice["words"]) == ("voice", "there", "电梯坏了（？）")
    assert (voice["label"], picture["label"]) == ("chat.attached.voice_seconds", "chat.lost.photo")
