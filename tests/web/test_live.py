"""Live news: each change reaches every page, and no page holds up another."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from aiohttp import ClientResponse, web
from markupsafe import Markup

from bot.flow.cases import handle
from bot.flow.telling.talk import hear, reply
from bot.ports.storage import Tx
from bot.store.engines.bell import LocalBell
from bot.web.live import Fresh, Region, Watcher
from bot.web.rendering import Piece
from bot.web.site import SITE
from channels.webchat import VISITOR_COOKIE, address_of, new_visitor
from tests.bot.community import reporter_of
from tests.web.conftest import Web


async def events(answer: ClientResponse) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    name = ""
    async for raw in answer.content:
        line = raw.decode().rstrip("\n")
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


async def until(stream: AsyncIterator[tuple[str, dict[str, Any]]], words: str) -> str:
    """Return the name of the region that says the words, within two seconds."""
    async with asyncio.timeout(2):
        async for name, data in stream:
            if words in data["html"]:
                return name
    raise AssertionError("the stream ended")


async def test_a_change_is_on_the_status_page_at_once(site: Web) -> None:
    case = await site.community.report()
    wang = await site.community.staff("wang")
    async with site.browser().get(f"/c/{case.token}/events") as answer:
        assert answer.content_type == "text/event-stream"
        stream = events(answer)
        await until(stream, "已经派给人了")
        await site.community.storage.write(
            lambda tx: handle.answer(tx, site.community.rules, case.id, wang, "带着零件来")
        )
        assert await until(stream, "带着零件来") == "case"


async def test_the_first_case_appears_on_the_open_home_page(site: Web) -> None:
    visitor = new_visitor()
    address = address_of(visitor) or ""
    headers = {"Cookie": f"{VISITOR_COOKIE}={visitor}"}
    async with site.browser().get("/mine/events", headers=headers) as answer:
        stream = events(answer)
        await until(stream, "还没有")
        case = await site.community.report(address=address)
        site.bell.ring([f"web:{address}"])  # what the intake does with a first message
        assert await until(stream, case.number) == "mine"
        wang = await site.community.staff("wang")
        await site.community.storage.write(
            lambda tx: handle.arrive(tx, site.community.rules, case.id, wang, version=case.version)
        )
        await until(stream, "正在现场办")


async def test_the_queue_and_the_case_live_in_one_stream(site: Web) -> None:
    case = await site.community.report()
    browser, _ = await site.seated("wang")
    async with browser.get(f"/desk/cases/{case.id}/events") as answer:
        stream = events(answer)
        seen = {(await anext(stream))[0] for _ in range(8)}
        regions = {"onlookers", "case", "media", "proofs", "referral", "history", "clocks"}
        assert seen == {"queue", *regions}
        other = await site.community.report(address="another")
        assert await until(stream, other.number) == "queue"


async def test_a_talk_lives(site: Web) -> None:
    lin = await site.community.staff("lin")

    def opening(tx: Tx) -> int:
        return hear(tx, tx.people.meet("web", "somebody"), "有人吗").id

    talk_id = await site.community.storage.write(opening)
    browser, _ = await site.seated("lin")
    async with browser.get(f"/desk/talks/{talk_id}/events") as answer:
        stream = events(answer)
        await until(stream, "有人吗")
        await site.community.storage.write(
            lambda tx: reply(tx, site.community.rules, talk_id, lin, "在的，您说")
        )
        assert await until(stream, "在的，您说") == "talk"


class Stuck:
    """A connection whose buffer never empties, and a stream that records."""

    def __init__(self, buffered: int = 0) -> None:
        self.buffered = buffered
        self.written: list[bytes] = []

    def get_write_buffer_size(self) -> int:
        return self.buffered

    async def write(self, data: bytes) -> None:
        self.written.append(data)


def watcher_on(stream: Stuck) -> Watcher:
    return Watcher(cast("web.StreamResponse", stream), cast("asyncio.WriteTransport", stream))


async def begun(watcher: Watcher) -> asyncio.Task[None]:
    feeding = asyncio.get_running_loop().create_task(watcher.feed())
    await asyncio.sleep(0.01)
    return feeding


async def test_a_page_that_does_not_read_keeps_only_the_newest() -> None:
    stream = Stuck(buffered=1)
    watcher = watcher_on(stream)
    for n in range(1000):
        await watcher.give("case", f"event {n}".encode())
        await watcher.give("queue", f"queue {n}".encode())
    assert watcher.waiting == 2
    assert stream.written == []
    feeding = await begun(watcher)
    assert stream.written[1:] == [b"event 999queue 999"]
    watcher.end()
    await feeding


async def test_a_page_that_reads_gets_each_event_at_once() -> None:
    stream = Stuck()
    watcher = watcher_on(stream)
    feeding = await begun(watcher)
    await watcher.give("case", b"one")
    await watcher.give("case", b"two")
    assert stream.written[1:] == [b"one", b"two"]
    await watcher.give("case", b"x" * 100_000)
    assert watcher.waiting == 1
    watcher.end()
    await feeding


async def test_a_piece_is_made_once_for_all_who_watch(site: Web, bell: LocalBell) -> None:
    made = 0

    async def make() -> Fresh:
        nonlocal made
        made += 1
        return Fresh(Piece(Markup(f"<p>{made}</p>"), str(made)), frozenset({"t"}))  # noqa: S704

    hub = site.app[SITE].hub
    region = Region("case", "k", make, frozenset({"t"}))
    streams = [Stuck() for _ in range(3)]
    watchers = [watcher_on(stream) for stream in streams]
    feeding = [await begun(watcher) for watcher in watchers]
    async with hub.watching(watchers[0], [region]), hub.watching(watchers[1], [region]):
        await asyncio.sleep(0.15)
        bell.ring(["t"])
        await asyncio.sleep(0.05)
        async with hub.watching(watchers[2], [region]):
            pass
    assert made == 2
    for stream in streams:
        assert b"<p>2</p>" in stream.written[-1]
    assert not hub._channels  # noqa: SLF001
    for watcher, task in zip(watchers, feeding, strict=True):
        watcher.end()
        await task


async def test_a_piece_that_fails_is_made_again_later(
    site: Web, bell: LocalBell, caplog: pytest.LogCaptureFixture
) -> None:
    calls = 0

    async def make() -> Fresh:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise OSError("away")
        return Fresh(Piece(Markup("<p>back</p>"), "1"), frozenset())

    hub, stream = site.app[SITE].hub, Stuck()
    watcher = watcher_on(stream)
    feeding = await begun(watcher)
    async with hub.watching(watcher, [Region("case", "k", make, frozenset({"t"}))]):
        await asyncio.sleep(0.15)
        bell.ring(["t"])
        await asyncio.sleep(0.05)
    assert b"back" in stream.written[-1]
    assert "could not be made" in caplog.text
    watcher.end()
    await feeding


async def test_open_streams_end_with_the_service(site: Web) -> None:
    case = await site.community.report()
    async with site.browser().get(f"/c/{case.token}/events") as answer:
        stream = events(answer)
        await anext(stream)
        async with asyncio.timeout(2):
            await site.server.close()
            assert [event async for event in stream] == []
    assert reporter_of(case).code
