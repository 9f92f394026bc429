"""What `doctor` says of the telephone's voice."""

import asyncio
import sys

import pytest

from bot.console import outside
from bot.console.finding import Finding
from bot.settings import Settings


def found(subject: str, level: str, key: str, **_: object) -> Finding:
    return Finding(subject, level, key)


async def looked(audiosocket: str) -> list[tuple[str, str]]:
    settings = Settings(phone_audiosocket=audiosocket)
    findings = await asyncio.to_thread(lambda: list(outside.phone(settings, found)))
    return [(one.level, one.words) for one in findings]


async def test_a_line_that_can_speak() -> None:
    assert ("ok", "speaks") in await looked("127.0.0.1:1")


async def test_a_line_that_is_mute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nothing/there")
    assert ("broken", "mute") in await looked("127.0.0.1:1")


async def test_without_a_line_nobody_needs_a_voice() -> None:
    assert await looked("") == [("ok", "no_phone")]
