"""Somebody who telephones: each turn through the real storage, intake and switchboard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.dialogue.phone.standing import Standing, read_calls
from bot.intake import Intake
from bot.model.case import Case
from bot.ports.bell import Bell
from bot.ports.rules import Rules
from bot.ports.storage import Storage, Tx, Views
from bot.switchboard import Switchboard
from channels.base import Conversation
from channels.call import PHONE, Call, CallTurn, Heard, Say, SpokenWord
from tests.bot.dialogue.looking import INTERPRETER
from tests.fakes.clock import FakeClock

NUMBER = "13800000001"
A_SECOND = b"RIFF" + bytes(32_000)


@dataclass(slots=True)
class Caller:
    """One call."""

    line: Conversation
    storage: Storage
    clock: FakeClock
    number: str = NUMBER
    uuid: str = "call-1"
    about: str = ""
    turns: int = 0
    heard: list[str] = field(default_factory=list)

    async def calls(self) -> Say:
        """The line is open."""
        return await self.turn(Heard.BEGAN)

    async def says(self, *words: str, recording: bytes = A_SECOND) -> Say:
        """Speak, each word with the recogniser's full confidence."""
        return await self.turn(Heard.WORDS, words=words, recording=recording)

    async def presses(self, keys: str) -> Say:
        return await self.turn(Heard.KEY, keys=keys)

    async def waits(self) -> Say:
        """Say nothing."""
        return await self.turn(Heard.SILENCE)

    async def mumbles(self) -> Say:
        """Make sounds of which no word is understood."""
        return await self.turn(Heard.UNCLEAR, recording=A_SECOND)

    async def hangs_up(self) -> Say:
        """Hang up; nobody waits for that to be taken, so the test does."""
        said = await self.turn(Heard.HUNG_UP)
        async with asyncio.timeout(10):
            while await self.standing() is not None:
                await asyncio.sleep(0.01)
        return said

    async def turn(
        self, heard: Heard, *, words: tuple[str, ...] = (), keys: str = "", recording: bytes = b""
    ) -> Say:
        self.clock.move(seconds=5)
        said = await self.line.turn(self.as_turn(heard, words, keys, recording))
        self.heard.append(said.text)
        return said

    def as_turn(
        self,
        heard: Heard,
        words: tuple[str, ...] = (),
        keys: str = "",
        recording: bytes = b"",
    ) -> CallTurn:
        """What the line would tell."""
        call = Call(id=self.uuid, began_at=self.clock.now(), caller=self.number, about=self.about)
        self.turns += 1
        return CallTurn(
            call=call,
            number=self.turns - 1,
            heard=heard,
            at=self.clock.now(),
            words=tuple(SpokenWord(word, 1.0, 0.0, 1.0) for word in words),
            keys=keys,
            recording=recording,
        )

    @property
    def address(self) -> str:
        return self.number or f"call:{self.uuid}"

    async def standing(self) -> Standing | None:
        """Where the call stands."""

        def query(tx: Tx) -> Standing | None:
            contact = tx.people.find(PHONE, self.address)
            assert contact is not None
            return read_calls(tx.dialogues.get(contact.id).notes).get(self.uuid)

        return await self.storage.write(query)

    async def state(self) -> str:
        standing = await self.standing()
        return "" if standing is None else standing.state

    async def cases(self) -> list[Case]:
        """All cases of the telephone, the newest first."""

        def query(views: Views) -> list[Case]:
            contact = views.people.find(PHONE, self.address)
            assert contact is not None
            return [row.case for row in views.cases.rows_of_person(contact.person_id, 20)]

        return await self.storage.read(query)


@asynccontextmanager
async def switchboard(
    storage: Storage, bell: Bell, rules: Rules, **more: float
) -> AsyncIterator[Switchboard]:
    """A switchboard on an intake that works."""
    intake = Intake(storage=storage, rules=rules, interpreter=INTERPRETER)
    board = Switchboard(storage=storage, bell=bell, receive=intake.receive, rules=rules, **more)
    async with asyncio.TaskGroup() as group:
        working = [group.create_task(intake.run()), group.create_task(board.run())]
        try:
            yield board
        finally:
            for task in working:
                task.cancel()
