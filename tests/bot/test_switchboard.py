"""The switchboard: turns are kept, answers said once, and trouble is told in words."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from bot.intake import Intake
from bot.ports.storage import Storage, StorageError, Tx, Views
from bot.store.engines.bell import LocalBell
from bot.switchboard import as_message
from channels.base import Receive
from channels.call import After, CallTurn, Heard, Listening, Say
from tests.bot.community import Community
from tests.bot.dialogue.looking import INTERPRETER, RULES
from tests.bot.dialogue.phone.caller import A_SECOND, Caller, switchboard
from tests.fakes.clock import FakeClock

WAIT = RULES.texts.say("phone.trouble.wait")
PROMISE = RULES.texts.say("phone.trouble.promise")


@pytest.fixture
async def filled(storage: Storage) -> Storage:
    await Community(storage, RULES).fill()
    return storage


class Away:
    """Storage that is away while `away`."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.away = False

    async def write(self, unit: Callable[[Tx], Any]) -> Any:
        if self.away:
            raise StorageError("away")
        return await self._storage.write(unit)

    async def read(self, query: Callable[[Views], Any]) -> Any:
        if self.away:
            raise StorageError("away")
        return await self._storage.read(query)


class Storing:
    """A line whose process dies when the turn is stored: nobody says the answer."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive

    async def turn(self, turn: CallTurn) -> Say:
        await self._receive(as_message(turn))
        return Say(text="")


@asynccontextmanager
async def taking(storage: Storage) -> AsyncIterator[Intake]:
    """An intake at work."""
    intake = Intake(storage=storage, rules=RULES, interpreter=INTERPRETER)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(intake.run())
        yield intake
        running.cancel()


async def answered(caller: Caller, said: Say) -> Say:
    """Wait as she is asked to."""
    while said.text == WAIT:
        said = await caller.waits()
    return said


async def connected(caller: Caller) -> None:
    """Call, on a machine that may be slow at first."""
    said = await answered(caller, await caller.calls())
    while said.text == PROMISE:
        caller.uuid += "-again"
        said = await answered(caller, await caller.calls())


async def settled(storage: Storage) -> None:
    """Wait until every message was taken."""
    async with asyncio.timeout(10):
        while await storage.read(lambda views: views.inbox.depth()):
            await asyncio.sleep(0.01)


async def test_an_answer_is_said_in_the_call_and_counts_as_sent(
    filled: Storage, bell: LocalBell, clock: FakeClock
) -> None:
    async with switchboard(filled, bell, RULES) as board:
        said = await Caller(board, filled, clock).calls()
    assert "这个电话会录音" in said.text
    assert said.listening is Listening.DICTATION
    counts = await filled.read(lambda views: views.outbox.counts())
    assert not counts


async def test_an_answer_that_no_call_said_is_never_carried_but_in_doubt(
    filled: Storage, clock: FakeClock
) -> None:
    async with taking(filled) as intake:
        caller = Caller(Storing(intake.receive), filled, clock)
        await caller.calls()
        await caller.says("幸福里小区", "电梯", "坏了")
        await settled(filled)
    lease = clock.now()
    assert await filled.write(lambda tx: tx.outbox.claim(limit=9, lease_until=lease)) == []
    clock.move(minutes=2)
    assert await filled.write(lambda tx: tx.outbox.expire_leases()) == 2


async def test_the_words_of_a_turn_are_kept_and_not_listened_to_again(
    filled: Storage, clock: FakeClock
) -> None:
    async with taking(filled) as intake:
        caller = Caller(Storing(intake.receive), filled, clock)
        await caller.calls()
        await caller.says("电梯", "坏了")
        await settled(filled)
    later = clock.now()

    def look(tx: Tx) -> None:
        assert tx.media.claim_due(9, later) == []
        contact = tx.people.find("phone", caller.number)
        assert contact is not None
        long_ago = later - timedelta(hours=1)
        (media,) = tx.media.of_contact(contact.id, since=long_ago, until=None)
        assert media.transcript.text == "电梯坏了"
        assert tx.media.content(media.id) == A_SECOND

    await filled.write(look)


async def test_while_the_database_is_away_she_is_asked_to_wait_and_nothing_is_lost(
    filled: Storage, bell: LocalBell, clock: FakeClock
) -> None:
    storage = Away(filled)
    async with switchboard(storage, bell, RULES, patience_seconds=0.3) as board:
        caller = Caller(board, filled, clock)
        await connected(caller)
        storage.away = True
        said = await caller.says("幸福里小区", "三号楼", "电梯", "坏了")
        assert (said.text, said.listening) == (WAIT, Listening.NOTHING)
        storage.away = False
        said = await answered(caller, await caller.waits())
    assert "3号楼" in said.text
    assert await caller.state() == "confirm"


async def test_if_it_stays_away_she_has_a_promise_and_it_is_kept(
    filled: Storage, bell: LocalBell, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.switchboard._RETRY_SECONDS", 0.1)
    storage = Away(filled)
    async with switchboard(storage, bell, RULES, patience_seconds=0.1) as board:
        caller = Caller(board, filled, clock)
        await connected(caller)
        storage.away = True
        said = [await caller.says("幸福里小区", "三号楼", "电梯", "坏了")]
        said += [await caller.waits() for _ in range(3)]
        assert [one.text for one in said] == [WAIT, WAIT, WAIT, PROMISE]
        assert said[-1].after is After.HANG_UP
        await caller.line.turn(caller.as_turn(Heard.HUNG_UP))
        storage.away = False
        async with asyncio.timeout(20):
            while not await caller.cases():
                await asyncio.sleep(0.05)
    (case,) = await caller.cases()
    assert case.description == "幸福里小区三号楼电梯坏了"
    assert case.service_code == "other"


async def test_two_calls_from_one_number_do_not_mix(
    filled: Storage, bell: LocalBell, clock: FakeClock
) -> None:
    async with switchboard(filled, bell, RULES) as board:
        one = Caller(board, filled, clock, uuid="one")
        two = Caller(board, filled, clock, uuid="two")
        await asyncio.gather(one.calls(), two.calls())
        await asyncio.gather(
            one.says("幸福里小区", "三号楼", "电梯", "坏了"),
            two.says("幸福里小区", "五号楼", "水管", "漏水"),
        )
        assert "电梯坏了" in one.heard[-1]
        assert "水管漏水" in two.heard[-1]
        await asyncio.gather(one.says("对"), two.says("对"))
        await one.hangs_up()
        await two.hangs_up()
    descriptions = {case.description for case in await one.cases()}
    assert descriptions == {"幸福里小区三号楼电梯坏了", "幸福里小区五号楼水管漏水"}


async def test_a_turn_that_cannot_be_handled_has_its_apology_and_the_call_goes_on(
    filled: Storage, bell: LocalBell, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.intake._PAUSE_SECONDS", 0.01)
    async with switchboard(filled, bell, RULES, patience_seconds=20.0) as board:
        caller = Caller(board, filled, clock)
        await caller.calls()
        with monkeypatch.context() as broken:
            broken.setattr("bot.dialogue.phone.answering.way_of", None)
            said = await caller.says("电梯坏了")
        assert said.text == RULES.texts.say("talk.set_aside")
        assert said.listening is Listening.DICTATION
        assert "电梯坏了" in (await caller.says("幸福里小区三号楼电梯坏了")).text
