"""The lines that a chat page gets: what it does not have yet, all of it, and each once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.intake import Intake
from bot.mailbox import StoredMailbox
from bot.ports.bell import contact_topic
from bot.ports.outbox import Outgoing
from bot.ports.storage import Storage, Tx
from bot.store.engines.bell import LocalBell
from tests.bot.community import interpreter, rules
from tests.channels.sockets import (
    HELD_SECONDS,
    MORNING,
    Client,
    Letters,
    Socket,
    Store,
    ask,
    chatting,
    contact_of,
    opened,
    own_lines,
    said,
    serving,
    until,
)


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


@asynccontextmanager
async def real(storage: Storage, bell: LocalBell) -> AsyncIterator[Client]:
    """A page with the real mailbox, on both databases."""
    intake = Intake(storage=storage, rules=rules(), interpreter=interpreter())
    async with serving(intake.receive, StoredMailbox(storage, bell, "web")) as client:
        yield client


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
