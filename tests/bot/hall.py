"""Confirmed residents, staff of whom two agree, and votes between them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bot.flow.votes import steps as vote_steps
from bot.flow.votes.voting import cast
from bot.model.case import RefusedError
from bot.model.people import Verification
from bot.model.staff import Staff
from bot.ports.storage import Storage, Tx
from bot.ports.votes import Question, Vote
from credits.ballots import Method
from credits.vote_file import Ballot
from tests.bot.community import Community, rules
from tests.fakes.clock import FakeClock

RULES = rules()


@dataclass(slots=True)
class Hall:
    """Confirmed residents a to d, a stranger e; lin asks for votes, the second agrees."""

    storage: Storage
    clock: FakeClock
    people: dict[str, int]
    lin: Staff
    second: Staff
    community: Community

    async def do(self, unit: Callable[..., Any], *args: Any, **named: Any) -> Any:
        return await self.storage.write(lambda tx: unit(tx, *args, **named))

    async def refused(self, unit: Callable[..., Any], *args: Any, **named: Any) -> str:
        with pytest.raises(RefusedError) as refused:
            await self.do(unit, *args, **named)
        return refused.value.reason

    async def question(self, **named: Any) -> Question:
        now = await self.storage.read(lambda views: views.now)
        told: dict[str, Any] = {
            "title": "楼下空地做什么", "options": ("种花", "停车", "健身"),
            "method": Method.SINGLE, "ends_at": now + timedelta(days=3), "quorum": 50,
        }  # fmt: skip
        return Question(**told | named)

    async def opened(self, **named: Any) -> int:
        made: int = await self.do(vote_steps.prepare, self.lin, await self.question(**named))
        await self.do(vote_steps.offer, self.lin, made)
        await self.do(vote_steps.open_it, RULES, self.second, made)
        return made

    async def cast(self, who: str, vote_id: int, *numbers: int) -> Ballot:
        made: Ballot = await self.do(cast, self.people[who], vote_id, numbers)
        return made

    async def find(self, vote_id: int) -> Vote:
        found = await self.storage.read(lambda views: views.votes.find(vote_id))
        assert found is not None
        return found

    async def counted(self, vote_id: int) -> tuple[Vote, list[Ballot]]:
        """The time is up, and the worker looks twice."""
        self.clock.move(days=3)
        for _ in range(2):
            due = await self.storage.read(lambda views: views.votes.due())
            assert due == vote_id
            await self.do(vote_steps.wind_up, due)
        assert await self.storage.read(lambda views: views.votes.due()) is None
        ballots = await self.storage.read(lambda views: views.votes.counted(vote_id))
        return await self.find(vote_id), list(ballots)


async def open_hall(storage: Storage, clock: FakeClock) -> Hall:
    community = Community(storage, RULES)
    await community.fill()

    def unit(tx: Tx) -> dict[str, int]:
        people = {name: tx.people.meet("web", name).person_id for name in "abcde"}
        for name in "abcd":
            tx.people.verify(people[name], Verification.RESIDENT_CONFIRMED)
        tx.log.publish("community.example/ledger")
        return people

    people = await storage.write(unit)
    lin, second = await community.staff("lin"), await community.staff("admin")
    return Hall(storage, clock, people, lin, second, community)
