"""Calls in real time: real sockets, the real recogniser, a service that is killed."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import psycopg
import pytest
import sqlalchemy as sa

from bot.app import SystemClock, make_rules, open_storage
from bot.dialogue.phone.lost import take_up_lost_calls
from bot.dialogue.phone.standing import read_calls
from bot.model.case import Case
from bot.ports.storage import Storage, Tx, Views
from bot.settings import Settings
from bot.store import tables as t
from bot.store.engines.database import make_engine, parse_url
from channels.call import PHONE
from channels.phone.caller import Caller, calling
from channels.phone.sound import HEARD_RATE, SPOKEN_RATE, Resampler
from nlp.meaning import build_interpreter
from nlp.sound.audio import decode
from nlp.speech.process import CHILD
from tests.fakes.clock import FakeClock
from tests.proof.inside import SECRET, running
from tests.proof.service import ServiceProcess, free_port
from tests.proof.spoken import MODEL, uttered

DRAIN, LAMP, UNIT = "clip09.ogg", "clip01.ogg", "clip12.wav"
YES, FIRE = "dui4", "zhao2huo3 le5"


_CALLS_MOST: Final = 4


class Telephone:
    """A telephone at a line, and where its call stands."""

    def __init__(self, storage: Storage, caller: Caller, number: str, uuid: UUID) -> None:
        self.storage = storage
        self.caller = caller
        self.number = number
        self._uuid = str(uuid)

    async def says(self, clip: str) -> None:
        """Speak, over the prompt if need be."""
        await self._speaks(decode((MODEL / "clips" / clip).read_bytes(), most_seconds=60))

    async def utters(self, pinyin: str) -> None:
        """Speak words of which there is no clip."""
        await self._speaks(uttered(pinyin))

    async def _speaks(self, sound: bytes) -> None:
        await self.caller.speak(Resampler(HEARD_RATE, SPOKEN_RATE).convert(sound))

    async def reaches(self, state: str, seconds: float = 40.0) -> None:
        """Wait until the call stands there."""
        async with asyncio.timeout(seconds):
            while await self.stands() != state:
                await asyncio.sleep(0.1)
        await asyncio.sleep(0.5)  # the line has begun to say it

    async def is_done(self) -> None:
        """Press 3 until the call ends: on a busy machine one may come before the line listens."""
        for _ in range(_CALLS_MOST):
            self.caller.press("3")
            with suppress(TimeoutError):
                async with asyncio.timeout(15):
                    await self.caller.over.wait()
                return
        pytest.fail("the call never ended")

    async def stands(self) -> str:
        """Return the state of the call; '' before it began."""
        return await self.storage.write(self._state)

    async def cases(self) -> list[Case]:
        return await self.storage.read(self._cases)

    def _state(self, tx: Tx) -> str:
        contact = tx.people.find(PHONE, self.number)
        notes = {} if contact is None else tx.dialogues.get(contact.id).notes
        call = read_calls(notes).get(self._uuid)
        return "" if call is None else call.state

    def _cases(self, views: Views) -> list[Case]:
        contact = views.people.find(PHONE, self.number)
        rows = [] if contact is None else views.cases.rows_of_person(contact.person_id, 9)
        return [row.case for row in rows]


@asynccontextmanager
async def ringing(storage: Storage, port: int, number: str) -> AsyncIterator[Telephone]:
    """Call from that number, which the exchange has told.

    On a busy machine a number may be looked up too late, and the call is anonymous: call again.
    """
    for _ in range(_CALLS_MOST):
        uuid = uuid4()
        await storage.write(partial(registered, str(uuid), number))
        async with calling("127.0.0.1", port, uuid) as caller:
            telephone = Telephone(storage, caller, number, uuid)
            try:
                await telephone.reaches("matter", 15.0)
            except TimeoutError:
                continue
            yield telephone
            return
    pytest.fail(f"{number} was never known")


def registered(uuid: str, number: str, tx: Tx) -> None:
    assert tx.calls.register(uuid, caller=number, called="")


async def _short(storage: Storage, port: int) -> None:
    async with ringing(storage, port, "+8613800000011") as telephone:
        await telephone.says(DRAIN)
        await telephone.reaches("confirm")
        await telephone.utters(YES)
        await telephone.reaches("more")
        await telephone.is_done()
        (case,) = await telephone.cases()
        assert (case.service_code, case.place) == ("drain", "纺织厂宿舍12号楼")


async def _asked_where(storage: Storage, port: int) -> None:
    async with ringing(storage, port, "+8613800000012") as telephone:
        await telephone.says(LAMP)
        await telephone.reaches("place")
        await telephone.says(UNIT)
        await telephone.reaches("confirm")
        telephone.caller.press("1")
        await telephone.reaches("more")
    (case,) = await telephone.cases()
    assert (case.service_code, case.description) == ("street_light", "我们小区路灯不亮了")
    assert case.place.startswith("5单元")


async def _in_danger(storage: Storage, port: int) -> None:
    """While a yes or no is waited for."""
    async with ringing(storage, port, "+8613800000013") as telephone:
        await telephone.says(DRAIN)
        await telephone.reaches("confirm")
        await telephone.utters(FIRE)
        await telephone.reaches("danger")
        (case,) = await telephone.cases()
        assert case.urgent
        assert case.description.endswith("着火了")


async def test_three_calls_at_once(sqlite_url: str) -> None:
    port = free_port()
    async with running(sqlite_url, _line(port)) as house, asyncio.TaskGroup() as group:
        await listening(port)
        for call in (_short, _asked_where, _in_danger):
            group.create_task(call(house.storage, port))


async def test_what_was_said_before_a_kill_is_there_afterwards(
    sqlite_url: str, tmp_path: Path
) -> None:
    port = free_port()
    service = ServiceProcess(
        sqlite_url,
        tmp_path,
        settings={**_line(port), "GONGZHI_SECRET_KEY": SECRET},
    )
    settings = Settings(database_url=sqlite_url, secret_key=SECRET)
    engine = make_engine(parse_url(sqlite_url))
    await service.start()
    try:
        async with open_storage(settings, engine) as (storage, _):
            await listening(port)
            async with ringing(storage, port, "+8613800000014") as telephone:
                await telephone.says(DRAIN)
                await telephone.reaches("confirm")
                service.kill()
            await service.start()
            await listening(port)
            async with ringing(storage, port, telephone.number):
                pass  # she is answered as ever
    finally:
        service.kill()
    clock = FakeClock()
    clock.time = SystemClock().now() + timedelta(minutes=5)
    sweep = partial(take_up_lost_calls, rules=make_rules(settings), interpreter=build_interpreter())
    async with open_storage(settings, engine, clock) as (storage, _):
        assert await storage.write(sweep) == 1
        telephone.storage = storage
        (case,) = await telephone.cases()
    assert (case.service_code, case.description) == ("other", "十二号楼下水道堵了")


async def test_a_recogniser_that_is_killed_while_she_speaks_loses_nothing(sqlite_url: str) -> None:
    port = free_port()
    async with running(sqlite_url, _line(port)) as house:
        await listening(port)
        async with ringing(house.storage, port, "+8613800000015") as telephone:
            await _heard_once()
            async with asyncio.TaskGroup() as group:
                group.create_task(telephone.says(DRAIN))
                await asyncio.sleep(1.0)
                for child in _recognisers():
                    os.kill(child, signal.SIGKILL)
            await _answered(telephone)
        await house.until(lambda: bool(house.rows(_CASES)), 20)
        recordings = house.rows(sa.select(sa.func.length(t.media_content.c.content)))
        assert max(size for (size,) in recordings) > _A_SECOND


async def test_a_database_that_is_away_while_she_speaks_loses_nothing(postgres_url: str) -> None:
    port = free_port()
    async with running(postgres_url, _line(port)) as house:
        await listening(port)
        async with ringing(house.storage, port, "+8613800000016") as telephone:
            speaking = asyncio.ensure_future(telephone.says(DRAIN))
            await asyncio.sleep(1.0)
            async with _away(postgres_url):
                await speaking
                await asyncio.sleep(6.0)
            await telephone.reaches("confirm")
            telephone.caller.press("1")
            await telephone.reaches("more")
            (case,) = await telephone.cases()
            assert case.service_code == "drain"


_CASES: Final = sa.select(t.case_file.c.id)
_A_SECOND: Final = 32_000


def _line(port: int) -> dict[str, str]:
    return {
        "GONGZHI_PHONE_AUDIOSOCKET": f"127.0.0.1:{port}",
        "GONGZHI_VOSK_MODEL": str(MODEL),
    }


async def _heard_once() -> None:
    """Wait until there is a recogniser."""
    async with asyncio.timeout(20):
        while not _recognisers():
            await asyncio.sleep(0.1)


async def _answered(telephone: Telephone) -> None:
    """Wait until what she said was taken, understood or not."""
    async with asyncio.timeout(40):
        while not await telephone.storage.read(_has_recordings):
            await asyncio.sleep(0.1)


def _has_recordings(views: Views) -> bool:
    contact = views.people.find(PHONE, "+8613800000015")
    assert contact is not None
    long_ago = views.now - timedelta(hours=1)
    return bool(views.media.of_contact(contact.id, since=long_ago, until=None))


def _recognisers() -> list[int]:
    """The processes of this one that recognise speech."""
    tasks = Path("/proc/self/task").glob("*/children")
    children = {int(child) for task in tasks for child in task.read_text("ascii").split()}
    return [one for one in children if CHILD in Path(f"/proc/{one}/cmdline").read_text("utf-8")]


@asynccontextmanager
async def _away(url: str) -> AsyncIterator[None]:
    """Let nobody into the database, and throw out who is there."""
    address, _, query = url.partition("?")
    base, _, name = address.rpartition("/")
    allow = f"ALTER DATABASE {name} ALLOW_CONNECTIONS"
    with psycopg.connect(f"{base}/postgres?{query}", autocommit=True) as link:
        link.execute(f"{allow} false")
        everybody = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        link.execute(everybody, [name])
        yield
        link.execute(f"{allow} true")


async def listening(port: int) -> None:
    """Wait until somebody listens there."""
    async with asyncio.timeout(30):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                writer.close()
                return
