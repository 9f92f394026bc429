"""People call while something is killed: what was said is there, and all are answered."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa

from bot.app import SystemClock, make_rules, open_storage
from bot.dialogue.phone.lost import take_up_lost_calls
from bot.ports.storage import Storage, StorageError
from bot.settings import Settings
from bot.store import tables as t
from bot.store.engines.database import make_engine, parse_url
from channels.phone.caller import calling
from nlp.meaning import build_interpreter
from tests.fakes.clock import FakeClock
from tests.proof.inside import SECRET
from tests.proof.service import ServiceProcess, free_port
from tests.proof.spoken import MODEL
from tests.proof.test_phone import DRAIN, Telephone, listening, registered

WORDS = "十二号楼下水道堵了"
_TURN_SECONDS = 15.0
_CALLS_SECONDS = 180.0
_CALM_SECONDS = 60.0

Hurt = Callable[[ServiceProcess], Awaitable[None]]
"""What is killed, and how it comes back."""


async def prove(
    database_url: str, folder: Path, hurt: Hurt, *, callers: int, times: int, seed: int = 1
) -> tuple[int, int]:
    """Let them call until each was heard to the end; return cases and recordings.

    AssertionError names what was lost.
    """
    port, rng = free_port(), random.Random(seed)
    service = ServiceProcess(
        database_url,
        folder,
        settings={
            "GONGZHI_PHONE_AUDIOSOCKET": f"127.0.0.1:{port}",
            "GONGZHI_VOSK_MODEL": str(MODEL),
            "GONGZHI_SECRET_KEY": SECRET,
        },
    )
    settings = Settings(database_url=database_url, secret_key=SECRET)
    engine = make_engine(parse_url(database_url))
    numbers = [f"+86138000001{n:02}" for n in range(callers)]
    await service.start()
    try:
        async with open_storage(settings, engine) as (storage, _):
            await listening(port)
            async with asyncio.timeout(_CALLS_SECONDS), asyncio.TaskGroup() as group:
                for number in numbers:
                    group.create_task(_until_heard(storage, port, number))
                for _ in range(times):
                    await asyncio.sleep(rng.uniform(3.0, 7.0))
                    await hurt(service)
        service.kill()
        await service.start()  # nobody calls now: what is stored is all there is
        await _calm(engine)
    finally:
        service.kill()
    await _take_up(settings, engine)
    try:
        return _check(engine, callers)
    finally:
        engine.dispose()


async def _until_heard(storage: Storage, port: int, number: str) -> None:
    """Call again and again, as somebody does who was cut off."""
    while not await _heard(storage, port, number):
        await asyncio.sleep(0.5)


async def _heard(storage: Storage, port: int, number: str) -> bool:
    """Call once; say whether it went well to the end."""
    heard = False
    try:
        async with _ringing(storage, port, number) as telephone:
            await _stands(telephone, "matter")
            await telephone.says(DRAIN)
            await _stands(telephone, "confirm")
            telephone.caller.press("1")
            await _stands(telephone, "more")
            heard = True
    except* (OSError, TimeoutError, StorageError):
        pass
    return heard


@asynccontextmanager
async def _ringing(storage: Storage, port: int, number: str) -> AsyncIterator[Telephone]:
    uuid = uuid4()
    await storage.write(partial(registered, str(uuid), number))
    async with calling("127.0.0.1", port, uuid) as caller:
        yield Telephone(storage, caller, number, uuid)


async def _stands(telephone: Telephone, state: str) -> None:
    """Wait until the call stands there; ConnectionError when it was cut off."""
    async with asyncio.timeout(_TURN_SECONDS):
        while await telephone.stands() != state:
            if telephone.caller.over.is_set():
                raise ConnectionError
            await asyncio.sleep(0.1)
    await asyncio.sleep(0.5)  # the line has begun to say it


async def _calm(engine: sa.Engine) -> None:
    """Wait until every turn that is stored has taken effect."""
    waiting = sa.select(sa.func.count()).select_from(t.inbox).where(t.inbox_waits)
    async with asyncio.timeout(_CALM_SECONDS):
        while True:
            with engine.connect() as connection:
                if not connection.execute(waiting).scalar_one():
                    return
            await asyncio.sleep(0.2)


async def _take_up(settings: Settings, engine: sa.Engine) -> None:
    """Let some minutes pass: what nobody confirmed becomes a case to be listened to."""
    clock = FakeClock()
    clock.time = SystemClock().now() + timedelta(minutes=6)
    sweep = partial(take_up_lost_calls, rules=make_rules(settings), interpreter=build_interpreter())
    async with open_storage(settings, engine, clock) as (storage, _):
        while await storage.write(sweep):
            pass


def _check(engine: sa.Engine, callers: int) -> tuple[int, int]:
    with engine.connect() as connection:
        states = set(connection.execute(sa.select(t.inbox.c.state)).scalars())
        assert states == {"handled"}, f"turns that nobody handled: {states}"
        media = connection.execute(sa.select(t.media.c.case_id)).scalars().all()
        assert None not in media, f"{media.count(None)} of {len(media)} recordings lead nowhere"
        told = connection.execute(
            sa.select(t.case_file.c.contact_id).where(t.case_file.c.description.contains(WORDS))
        ).scalars()
        assert len(set(told)) == callers, "somebody was not heard"
        cases = connection.execute(sa.select(sa.func.count()).select_from(t.case_file))
        return int(cases.scalar_one()), len(media)
