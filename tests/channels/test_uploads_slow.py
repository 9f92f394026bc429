"""Uploads that break off, crawl, or come in floods: each keeps its bounds."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from channels import body, uploads
from channels.uploads import PATH
from channels.webchat import VISITOR_COOKIE
from tests.channels.sending import COOKIE, VOICE, ZIPPED, break_off, send, told, uploading
from tests.channels.sockets import MORNING, Store
from tests.channels.speaking import pace


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
