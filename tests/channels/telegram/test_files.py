"""Files: fetched whole, bounded, and each failure told apart."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from channels.base import FetchError
from channels.message import AttachmentKind
from channels.telegram.channel import Telegram
from tests.channels.telegram.parts import Store, channel, running, until
from tests.fakes.botapi import BotApi

ANNA = 11
MOST = 20_000_000
SOUND = bytes(range(256)) * 1000


@pytest.fixture
async def telegram(server: BotApi, store: Store) -> AsyncIterator[Telegram]:
    async with running(channel(server, store)) as opened:
        yield opened


async def test_a_recording_arrives_as_it_was_sent(
    server: BotApi, store: Store, telegram: Telegram
) -> None:
    await server.people.voice(ANNA, SOUND, seconds=7)
    await until(lambda: store.stored)
    (voice,) = store.stored[0].attachments
    assert (voice.kind, voice.size, voice.seconds) == (AttachmentKind.VOICE, len(SOUND), 7)
    assert await telegram.fetch(voice.reference, most=len(SOUND)) == SOUND


async def test_an_album_is_one_album(server: BotApi, store: Store, telegram: Telegram) -> None:
    await server.people.album(ANNA, b"one", b"two", caption="墙")
    await until(lambda: len(store.stored) == 2)
    assert len({one.album for one in store.stored}) == 1
    assert store.texts == ["墙", ""]
    files = [await telegram.fetch(one.attachments[0].reference, most=99) for one in store.stored]
    assert files == [b"one", b"two"]


async def test_over_the_limit_it_is_too_big(server: BotApi, telegram: Telegram) -> None:
    reference = server.methods.keep(b"x" * 1001, "voice")["file_id"]
    error = await failure(telegram, reference, most=1000)
    assert (error.code, error.retryable) == ("too_big", False)


async def test_over_twenty_megabytes_the_server_refuses(server: BotApi, telegram: Telegram) -> None:
    reference = server.methods.keep(bytes(20 * 1024 * 1024 + 1), "video")["file_id"]
    error = await failure(telegram, reference)
    assert (error.code, error.retryable) == ("too_big", False)


async def test_a_file_that_is_gone(server: BotApi, telegram: Telegram) -> None:
    reference = server.methods.keep(b"x", "voice")["file_id"]
    server.methods.files[reference] = ("voice/gone", None)
    for missing in (reference, "never-was", "", "../../etc/passwd"):
        error = await failure(telegram, missing)
        assert (error.code, error.retryable) == ("gone", False), missing


FAULTS: list[tuple[str, str, dict[str, Any], tuple[str, bool]]] = [
    ("no file, 500", "getFile", {"status": 500, "description": "no"}, ("unclear", True)),
    ("no file, flood", "getFile", {"status": 429, "description": ""}, ("too_many", True)),
    ("no file, cut", "getFile", {"cut": "before"}, ("unclear", True)),
    ("no bytes, 500", "file", {"status": 500}, ("unclear", True)),
    ("half the bytes", "file", {"cut": "before"}, ("unclear", True)),
]


@pytest.mark.parametrize(("label", "method", "fault", "expected"), FAULTS)
async def test_trouble_on_the_way_is_worth_another_attempt(
    server: BotApi,
    telegram: Telegram,
    label: str,
    method: str,
    fault: dict[str, Any],
    expected: tuple[str, bool],
) -> None:
    reference = server.methods.keep(SOUND, "voice")["file_id"]
    server.fail(method, **fault)
    error = await failure(telegram, reference)
    assert (error.code, error.retryable) == expected, label
    assert server.token not in str(error)
    assert await telegram.fetch(reference, most=MOST) == SOUND


async def test_a_server_that_is_not_there() -> None:
    async with BotApi() as server:
        telegram = channel(server, Store())
    async with running(telegram):
        error = await failure(telegram, "file-0")
    assert (error.code, error.retryable) == ("unreachable", True)


async def test_cancelled_downloads_leave_nothing_behind(server: BotApi, telegram: Telegram) -> None:
    reference = server.methods.keep(SOUND, "voice")["file_id"]
    server.fail("file", delay_seconds=0.3)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await telegram.fetch(reference, most=MOST)
    assert await telegram.fetch(reference, most=MOST) == SOUND


async def failure(telegram: Telegram, reference: str, most: int = MOST) -> FetchError:
    with pytest.raises(FetchError) as error:
        await telegram.fetch(reference, most=most)
    return error.value
