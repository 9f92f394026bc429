"""Uploads of the chat page: what is taken, what is refused, and that both are said."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.frames import FrameError, position_of
from channels.message import (
    AttachmentKind,
    Datum,
    PositionSource,
)
from channels.uploads import CAPTION_MOST, FILE_MOST, PATH
from tests.channels.sending import BIG, COOKIE, GARBLED, KIND, ZIPPED, send, uploading
from tests.channels.sockets import ADDRESS, MORNING, Store, ask, chatting, serving
from tests.channels.speaking import photo


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
