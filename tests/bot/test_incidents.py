"""What a process remembers of cases: made at the start, kept up to date, and never needed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.incidents import CaseMemory
from bot.intake import Intake
from bot.model.case import Case
from bot.ports.storage import Storage
from bot.store.engines.bell import LocalBell
from channels.message import InboundMessage
from nlp.places.grammar import Place
from tests.bot.community import Community, interpreter, meaning, rules
from tests.bot.proving import finish
from tests.fakes.clock import FakeClock

INTERPRETER = interpreter("幸福里小区", "和平家园")
LIFT = "幸福里小区3号楼2单元电梯坏了"
SENT_AT = datetime(2026, 11, 25, 2, tzinfo=UTC)


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


@pytest.fixture
def memory(storage: Storage, bell: LocalBell) -> CaseMemory:
    return CaseMemory(storage=storage, bell=bell, interpreter=INTERPRETER)


def like(case: Case) -> Case:
    """Return a case that nobody knows, with the same words and place."""
    return replace(case, id=999_999)


async def test_before_it_has_begun_it_knows_nothing(
    community: Community, memory: CaseMemory, clock: FakeClock
) -> None:
    case = await community.report()

    assert memory.alike(like(case), limit=3) == ()
    assert memory.hot(clock.now()) == ()


async def test_it_is_made_at_the_start_and_follows(
    community: Community, memory: CaseMemory
) -> None:
    first = await community.report()
    await memory.catch_up()
    second = await community.report(address="another")

    assert memory.alike(like(first), limit=3) == [first.id]

    await memory.catch_up()

    assert set(memory.alike(like(first), limit=3)) == {first.id, second.id}
    assert memory.alike(first, limit=3) == [second.id]  # never itself


async def test_a_case_that_changes_is_compared_anew(
    community: Community, memory: CaseMemory
) -> None:
    case = await community.report()
    await memory.catch_up()
    other = like(case)

    await community.storage.write(
        lambda tx: tx.cases.save(replace(tx.cases.get(case.id), description=""))
    )
    await community.report(address="another", heard=meaning("stair_light"))
    await memory.catch_up()

    assert case.id not in memory.alike(other, limit=3)


async def test_what_three_tell_of_is_hot_for_a_while(
    community: Community, memory: CaseMemory, clock: FakeClock
) -> None:
    for number in range(3):
        await community.report(address=f"neighbour {number}")
    elsewhere = meaning(place=Place(estate="和平家园", building="2"))
    await community.report(elsewhere, address="somebody else")
    await memory.catch_up()

    (topic,) = memory.hot(clock.now())
    assert len(topic.case_ids) == 3
    assert topic.case_ids == sorted(topic.case_ids, reverse=True)

    clock.move(minutes=60 * 24 * 4)
    assert not memory.hot(clock.now())


class Resident:
    """Writes through the real intake, and sees what came back."""

    def __init__(self, intake: Intake, storage: Storage, address: str) -> None:
        self._intake, self._storage, self._address = intake, storage, address
        self._said = 0

    async def say(self, text: str, choice: str | None = None) -> None:
        self._said += 1
        await self._intake.receive(
            InboundMessage(
                channel="web",
                address=self._address,
                external_id=f"{self._address}:{self._said}",
                text=text,
                sent_at=SENT_AT,
                choice=choice,
            )
        )
        async with asyncio.timeout(60):
            while await self._storage.read(lambda views: views.inbox.depth()):
                await asyncio.sleep(0.02)

    async def heard(self) -> list[str]:
        contact = await self._storage.write(lambda tx: tx.people.meet("web", self._address))
        lines = await self._storage.read(
            lambda views: views.chat.lines(contact.id, after=None, limit=50)
        )
        return [line.text for line in lines if not line.own]

    async def button(self, label: str) -> str:
        contact = await self._storage.write(lambda tx: tx.people.meet("web", self._address))
        lines = await self._storage.read(
            lambda views: views.chat.lines(contact.id, after=None, limit=50)
        )
        return next(
            button.choice for line in lines for button in line.buttons if button.label == label
        )


@asynccontextmanager
async def running(*parts: Intake | CaseMemory) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(part.run()) for part in parts]
        yield
        for task in tasks:
            task.cancel()


async def test_a_second_report_joins_a_known_incident_and_gets_its_news(
    community: Community, memory: CaseMemory
) -> None:
    storage = community.storage
    intake = Intake(
        storage=storage, rules=community.rules, interpreter=INTERPRETER, incidents=memory
    )
    first, second = (Resident(intake, storage, name) for name in ("first", "second"))
    async with running(intake, memory):
        await first.say(LIFT)
        case = (await _cases(storage))[0]
        async with asyncio.timeout(60):
            while not memory.alike(like(case), limit=1):
                await asyncio.sleep(0.02)
        await second.say("幸福里3号楼2单元电梯又不动了")
        assert (
            "您说的是不是这件事？幸福里小区3号楼，电梯故障，已有 1 人反映。"
            in (await second.heard())[-1]
        )
        await second.say("是这件事", await second.button("是这件事"))
        assert "现在有 2 人反映" in (await second.heard())[-1]
        handler = case.handler_id
        assert handler is not None
        await storage.write(
            lambda tx: finish(
                tx,
                community.rules,
                case.id,
                tx.staff.get(handler),
                "换了门锁",
                version=tx.cases.get(case.id).version,
            )
        )

    assert "说办好了" in (await first.heard())[-1]
    assert "说办好了" in (await second.heard())[-1]


async def _cases(storage: Storage) -> list[Case]:
    contact = await storage.write(lambda tx: tx.people.meet("web", "first"))
    return list(await storage.write(lambda tx: tx.cases.of_person(contact.person_id, limit=5)))
