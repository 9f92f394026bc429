"""From the inbox through the lanes: in order for each contact, once, whatever stumbles."""

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import TypeVar

import pytest
import sqlalchemy as sa

from bot.intake import Intake
from bot.ports.storage import Storage, StorageError, Tx, Views
from bot.store import tables as t
from bot.store.engines.bell import LocalBell
from bot.store.engines.database import make_engine, parse_url
from bot.store.engines.postgres import PostgresStorage
from bot.store.ground.personal import PersonalData
from channels.message import InboundMessage
from nlp.meaning import Interpreter, Meaning
from tests.bot.community import Community, interpreter, rules
from tests.fakes.clock import FakeClock

Result = TypeVar("Result")
POISON = "这句话谁也读不了"
INTERPRETER = interpreter("幸福里小区")
SENT_AT = datetime(2026, 11, 25, 2, tzinfo=UTC)
_ids = itertools.count()


class Stumbling(Interpreter):
    """Reads as the real one does, but one text."""

    def __init__(self) -> None:
        vars(self).update(vars(INTERPRETER))
        self.tried = 0

    def interpret(self, text: str) -> Meaning:
        if text == POISON:
            self.tried += 1
            raise RecursionError("too deep for me")
        return super().interpret(text)


class Moody:
    """A storage that is away for so many writes, as it is while a disk is full."""

    def __init__(self, storage: Storage, away: int) -> None:
        self._storage = storage
        self.away = away

    async def write(self, unit: Callable[[Tx], Result]) -> Result:
        if self.away:
            self.away -= 1
            raise StorageError("database or disk is full")
        return await self._storage.write(unit)

    async def read(self, query: Callable[[Views], Result]) -> Result:
        return await self._storage.read(query)


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


def intake_on(storage: Storage, interpreter: Interpreter = INTERPRETER) -> Intake:
    return Intake(storage=storage, rules=rules(), interpreter=interpreter)


@asynccontextmanager
async def running(*intakes: Intake) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(intake.run()) for intake in intakes]
        yield
        for task in tasks:
            task.cancel()


def message(text: str, address: str = "resident", external_id: str = "") -> InboundMessage:
    return InboundMessage(
        channel="web",
        address=address,
        external_id=external_id or f"id-{next(_ids)}",
        text=text,
        sent_at=SENT_AT,
    )


async def handled(storage: Storage, *, but: int = 0) -> None:
    """Wait until no message waits, or only so many."""
    async with asyncio.timeout(30):
        while await storage.read(lambda views: views.inbox.depth()) > but:
            await asyncio.sleep(0.01)


def effects(engine: sa.Engine) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return (contact, message) in the order of their coming, and of their answers' coming.

    Both sorted by contact; within one they stand as they were stored.
    """
    said = sa.select(t.inbox.c.contact_id, t.inbox.c.id).order_by(t.inbox.c.id)
    answered = (
        sa.select(t.outbox.c.contact_id, t.outbox.c.key)
        .where(t.outbox.c.key.like("inbox:%"))
        .order_by(t.outbox.c.id)
    )
    with engine.connect() as connection:
        came = [(contact, number) for contact, number in connection.execute(said)]
        went = [
            (contact, int(key.partition(":")[2])) for contact, key in connection.execute(answered)
        ]
    return sorted(came, key=lambda one: one[0]), sorted(went, key=lambda one: one[0])


def states(engine: sa.Engine) -> list[str]:
    with engine.connect() as connection:
        query = sa.select(t.inbox.c.state).order_by(t.inbox.c.id)
        return list(connection.execute(query).scalars())


def cases(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        query = sa.select(sa.func.count()).select_from(t.case_file)
        return int(connection.execute(query).scalar_one())


@contextmanager
def hushed(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What is logged of a failure is not this test's subject."""
    with caplog.at_level(logging.CRITICAL, "bot.intake"):
        yield


TEXTS = ["你好", "幸福里小区3号楼2单元电梯坏了", "我的工单怎么样了", "不是3号楼，是5号楼", "谢谢"]


async def test_a_contacts_messages_are_handled_in_order(
    community: Community, engine: sa.Engine
) -> None:
    intake = intake_on(community.storage)
    async with running(intake):
        for text in TEXTS * 4:
            await intake.receive(message(text))
        await handled(community.storage)
    came, went = effects(engine)
    assert (len(came), went) == (20, came)


async def test_many_contacts_at_once_are_each_handled_in_order(
    community: Community, engine: sa.Engine
) -> None:
    intake = intake_on(community.storage)

    async def talk(address: str) -> None:
        for text in TEXTS[:3]:
            await intake.receive(message(text, address))

    async with running(intake):
        await asyncio.gather(*[talk(f"resident-{n}") for n in range(80)])
        await handled(community.storage)
    came, went = effects(engine)
    assert (len(came), went) == (240, came)
    assert cases(engine) == 80


async def test_a_message_that_comes_again_takes_effect_once(
    community: Community, engine: sa.Engine
) -> None:
    intake = intake_on(community.storage)
    report = message(TEXTS[1], external_id="the same")
    async with running(intake):
        receipts = await asyncio.gather(*[intake.receive(report) for _ in range(10)])
        await handled(community.storage)
        receipts.append(await intake.receive(report))
        await handled(community.storage)
    assert [receipt.fresh for receipt in receipts].count(True) == 1
    assert len({receipt.contact_id for receipt in receipts}) == 1
    assert (cases(engine), len(effects(engine)[1])) == (1, 1)


async def test_what_an_earlier_process_left_is_handled_at_the_start(
    community: Community, engine: sa.Engine
) -> None:
    ended = intake_on(community.storage)
    for n in range(40):
        await ended.receive(message(TEXTS[1], f"resident-{n % 20}"))
    async with running(intake_on(community.storage)):
        await handled(community.storage)
    came, went = effects(engine)
    assert (len(came), went) == (40, came)


async def test_a_message_that_nobody_can_read_is_set_aside_and_the_lane_goes_on(
    community: Community, engine: sa.Engine, caplog: pytest.LogCaptureFixture
) -> None:
    interpreter = Stumbling()
    intake = intake_on(community.storage, interpreter)
    with hushed(caplog):
        async with running(intake):
            for text in ("你好", POISON, TEXTS[1]):
                receipt = await intake.receive(message(text))
            await intake.receive(message(TEXTS[1], "somebody else"))
            await handled(community.storage)
    assert interpreter.tried == 3
    assert states(engine) == ["handled", "set_aside", "handled", "handled"]
    came, went = effects(engine)
    assert went == came  # the apology is the answer, at its place
    assert cases(engine) == 2
    lines = await community.storage.read(
        lambda views: views.chat.lines(receipt.contact_id, after=None, limit=50)
    )
    assert [line.text for line in lines if not line.own][1] == rules().texts.say("talk.set_aside")
    aside = await community.storage.read(lambda views: views.inbox.set_aside_since(SENT_AT))
    assert [(one.message.text, one.attempts) for one in aside] == [(POISON, 3)]


async def test_while_the_storage_is_away_messages_wait_and_none_is_set_aside(
    community: Community, engine: sa.Engine, caplog: pytest.LogCaptureFixture
) -> None:
    moody = Moody(community.storage, away=0)
    intake = intake_on(moody)
    for text in TEXTS[:2]:
        await intake.receive(message(text))
    moody.away = 5
    with hushed(caplog):
        async with running(intake):
            await handled(community.storage)
    assert (moody.away, states(engine)) == (0, ["handled"] * 2)
    came, went = effects(engine)
    assert went == came


async def test_a_lane_that_can_not_be_read_holds_up_no_other(
    community: Community, engine: sa.Engine, caplog: pytest.LogCaptureFixture
) -> None:
    ended = intake_on(community.storage)
    await ended.receive(message(TEXTS[1], "damaged"))
    await ended.receive(message(TEXTS[1], "whole"))
    with engine.begin() as connection:
        connection.execute(t.inbox.update().where(t.inbox.c.id == 1).values(text="damaged"))
    intake = intake_on(community.storage)
    with hushed(caplog):
        async with running(intake):
            await handled(community.storage, but=1)
            await intake.receive(message("你好", "whole"))
            await handled(community.storage, but=1)
    assert states(engine) == ["waiting", "handled", "handled"]


async def test_a_storage_that_fails_oddly_ends_no_intake(
    community: Community, engine: sa.Engine, caplog: pytest.LogCaptureFixture
) -> None:
    intake = intake_on(Odd(community.storage), Stumbling())
    with hushed(caplog):
        async with running(intake):
            await intake.receive(message("你好"))
            await handled(community.storage)
    assert states(engine) == ["handled"]


class Odd(Moody):
    """Its first units, after the message is stored, fail as nobody foresaw."""

    def __init__(self, storage: Storage) -> None:
        super().__init__(storage, away=3)

    async def write(self, unit: Callable[[Tx], Result]) -> Result:
        self.away -= 1
        if self.away in (0, 1):
            raise ZeroDivisionError("nobody foresaw it")
        return await self._storage.write(unit)


@contextmanager
def storages(
    url: str, clock: FakeClock, personal: PersonalData, count: int
) -> Iterator[Sequence[PostgresStorage]]:
    """Storages as separate processes have them; each hears only its own bell."""
    with ExitStack() as stack:
        made = []
        for _ in range(count):
            engine = make_engine(parse_url(url))
            stack.callback(engine.dispose)
            made.append(PostgresStorage(engine, clock=clock, personal=personal, bell=LocalBell()))
        yield made


async def test_two_intakes_share_the_lanes_and_keep_their_order(
    postgres_url: str, clock: FakeClock, personal: PersonalData
) -> None:
    with storages(postgres_url, clock, personal, 2) as (one, other):
        await Community(one, rules()).fill()
        intakes = [intake_on(one), intake_on(other)]

        async def talk(number: int) -> None:
            for n, text in enumerate(TEXTS):
                mine = message(text, f"resident-{number}")
                await intakes[(number + n) % 2].receive(mine)
                if n == 1:  # and once more, through the other
                    receipt = await intakes[(number + n + 1) % 2].receive(mine)
                    assert not receipt.fresh

        async with running(*intakes):
            await asyncio.gather(*[talk(n) for n in range(20)])
            await handled(one)
        engine = make_engine(parse_url(postgres_url))
        came, went = effects(engine)
        assert (len(came), went) == (100, came)
        assert (cases(engine), set(states(engine))) == (20, {"handled"})
        engine.dispose()
        await one.close()
        await other.close()
