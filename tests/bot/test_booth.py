"""A caller in the booth when the database takes its time, and how she comes out of it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest

from bot.booth import Booth
from bot.ports.storage import Storage, Tx
from channels.call import PHONE, Call, CallTurn, Heard, Listening, Say, SpokenWord
from tests.bot.community import Community
from tests.bot.dialogue.looking import RULES
from tests.bot.dialogue.phone.caller import NUMBER
from tests.bot.dialogue.phone.polling import PIN, may_vote, opened
from tests.fakes.clock import FakeClock

WAIT = RULES.texts.say("phone.trouble.wait")


class Slow:
    """Does what it is asked, and says so once it may; or breaks."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.may = asyncio.Event()
        self.may.set()
        self.breaks: Exception | None = None

    async def write(self, unit: Callable[[Tx], Any]) -> Any:
        if self.breaks is not None:
            raise self.breaks
        done = await self._storage.write(unit)
        await self.may.wait()
        return done


class Visitor:
    """She in the booth, after her number was right."""

    def __init__(self, booth: Booth, clock: FakeClock) -> None:
        self.booth = booth
        self._turn = CallTurn(
            call=Call(id="a call", began_at=clock.now()), number=2, heard=Heard.KEY, at=clock.now()
        )

    async def presses(self, keys: str) -> Say:
        return await self._say(replace(self._turn, keys=keys))

    async def waits(self) -> Say:
        return await self._say(replace(self._turn, heard=Heard.SILENCE))

    async def comes_out(self, heard: Heard, keys: str = "") -> CallTurn:
        """Whatever the line brings with it."""
        words = (SpokenWord("停车", 1.0, 0.0, 1.0),)
        turn = replace(self._turn, heard=heard, keys=keys, words=words, recording=b"RIFF")
        taken = await self.booth.turn(turn)
        assert isinstance(taken, CallTurn)
        return taken

    async def _say(self, turn: CallTurn) -> Say:
        said = await self.booth.turn(turn)
        assert isinstance(said, Say)
        return said


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough here: the booth is entered on both elsewhere."""
    return sqlite_url


@pytest.fixture
async def slow(storage: Storage) -> Slow:
    await Community(storage, RULES).fill()
    return Slow(storage)


async def visiting(slow: Slow, storage: Storage, clock: FakeClock) -> Visitor:
    await may_vote(storage)
    await opened(storage)

    def known(tx: Tx) -> int:
        contact = tx.people.find(PHONE, NUMBER)
        assert contact is not None
        return contact.id

    booth = Booth(
        storage=cast("Storage", slow),
        rules=RULES,
        contact_id=await storage.write(known),
        entering=Say(text="请按密码。", listening=Listening.KEYS),
        patience_seconds=0.05,
    )
    visitor = Visitor(booth, clock)
    for keys in (PIN, "1", "2"):
        said = await visitor.presses(keys)
        while said.text == WAIT:
            said = await visitor.waits()
    return visitor


async def test_a_ballot_that_takes_long_is_waited_for_and_its_receipt_read(
    slow: Slow, storage: Storage, clock: FakeClock
) -> None:
    visitor = await visiting(slow, storage, clock)
    slow.may.clear()
    said = await visitor.presses("1")
    assert (said.text, said.listening) == (WAIT, Listening.NOTHING)
    slow.may.set()
    while said.text == WAIT:
        said = await visitor.waits()
    assert said.text.startswith("投好了。")


async def test_after_long_waiting_nobody_knows(
    slow: Slow, storage: Storage, clock: FakeClock
) -> None:
    visitor = await visiting(slow, storage, clock)
    slow.may.clear()
    said = await visitor.presses("1")
    for _ in range(3):
        assert said.text == WAIT
        said = await visitor.waits()
    assert "后投的算数" in said.text
    out = await visitor.comes_out(Heard.SILENCE)
    assert (out.heard, out.keys, out.words, out.recording) == (Heard.RETURNED, "", (), b"")


async def test_what_breaks_in_the_booth_is_logged_by_its_kind_alone(
    slow: Slow, storage: Storage, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = await visiting(slow, storage, clock)
    slow.breaks = ValueError("invalid literal: '2'")
    said = await visitor.presses("1")
    assert "后投的算数" in said.text
    assert "ValueError" in caplog.text
    assert "literal" not in caplog.text


@pytest.mark.parametrize(
    ("heard", "keys", "kept"), [(Heard.HUNG_UP, "13", ""), (Heard.KEY, "0", "0")]
)
async def test_what_is_kept_when_she_comes_out(
    heard: Heard, keys: str, kept: str, slow: Slow, storage: Storage, clock: FakeClock
) -> None:
    visitor = await visiting(slow, storage, clock)
    out = await visitor.comes_out(heard, keys)
    assert (out.heard, out.keys, out.words, out.recording) == (heard, kept, (), b"")
