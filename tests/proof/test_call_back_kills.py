"""Calls of ours while the service is killed: none is answered twice, and none is forgotten."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from bot.app import open_storage
from bot.ports.by_hand import ToTell
from bot.ports.outbox import Delivery, Outgoing
from bot.ports.storage import Tx
from bot.settings import Settings
from bot.store import tables as t
from bot.store.engines.database import make_engine, parse_url
from channels.call import PHONE
from channels.phone.caller import calling
from tests.fakes.ari.server import Answer, FakeExchange, Line
from tests.proof.inside import SECRET
from tests.proof.service import ServiceProcess, free_port

_ANY_HOUR = """
quiet = ["0:00", "0:00"]
calls = ["0:00", "23:59"]
nap = ["0:00", "0:00"]
"""
_NEWS, _KILLS = 8, 3
_SECONDS = 120.0


def number(n: int) -> str:
    return f"138{n:08}"


_TOLD = sa.select(t.outbox.c.key).where(
    t.outbox.c.key.startswith("news:"), t.outbox.c.delivery == "sent"
)
_WAITING = sa.select(t.outbox.c.key).where(
    t.outbox.c.key.startswith("news:"), t.outbox.c.key != "news:0", t.outbox.c.delivery == "waiting"
)
BUSY = f"PJSIP/{number(0)}@trunk"


def owe(tx: Tx) -> None:
    for n in range(_NEWS):
        contact = tx.people.meet(PHONE, f"+86{number(n)}")
        tx.outbox.put(Outgoing(key=f"news:{n}", contact_id=contact.id, text="修好了"), tx.now)


class Town:
    """Telephones that are taken at once, but for one that is busy, and what they heard."""

    def __init__(self, fake: FakeExchange, port: int) -> None:
        self.answered = Counter[str]()
        self.fake = fake
        self.port = port
        fake.telephones[BUSY] = Answer(cause=17)
        fake.dialplan = self.takes

    async def takes(self, line: Line) -> None:
        """The line has her, as long as the service lives."""
        self.answered[self.fake.endpoints[line.id]] += 1
        try:
            async with (
                calling("127.0.0.1", self.port, UUID(line.id)) as caller,
                asyncio.timeout(5),
            ):
                await caller.over.wait()
        except* (OSError, TimeoutError):
            pass
        await self.fake.leave(line.id)

    def settings(self, calendar: Path) -> dict[str, str]:
        """Return how the service reaches them."""
        access = self.fake.access()
        return {
            "GONGZHI_PHONE_AUDIOSOCKET": f"127.0.0.1:{self.port}",
            "GONGZHI_PHONE_ENDPOINT": "PJSIP/{number}@trunk",
            "GONGZHI_PHONE_LINES": "3",
            "GONGZHI_ARI_URL": access.url,
            "GONGZHI_ARI_USER": access.user,
            "GONGZHI_ARI_PASSWORD": access.password,
            "GONGZHI_CALENDAR_FILE": str(calendar),
            "GONGZHI_SECRET_KEY": SECRET,
        }


async def test_at_most_one_answered_call_for_one_message(database_url: str, tmp_path: Path) -> None:
    calendar = tmp_path / "calendar.toml"
    calendar.write_text(_ANY_HOUR)
    async with FakeExchange() as fake:
        town = Town(fake, free_port())
        service = ServiceProcess(database_url, tmp_path, settings=town.settings(calendar))
        engine = make_engine(parse_url(database_url))
        await service.start()
        try:
            settings = Settings(database_url=database_url, secret_key=SECRET)
            async with open_storage(settings, engine) as (storage, _):
                await storage.write(owe)
                await _amid_kills(service, random.Random(7))
                await _tried(engine)
                service.kill()
                to_call = await storage.write(_come_to_rest)
            with engine.connect() as connection:
                told = connection.execute(_TOLD).scalars().all()
        finally:
            service.kill()
            engine.dispose()
    assert max(town.answered.values()) == 1, "somebody was called twice for one message"
    assert BUSY not in town.answered
    known = {*told, *(one.key for one in to_call)}
    assert known | {"news:0"} == {f"news:{n}" for n in range(_NEWS)}, "a message is forgotten"
    assert len(known) == len(told) + len(to_call), "a message is told and on the list"
    assert {one.delivery for one in to_call} <= {Delivery.UNCERTAIN}


async def _amid_kills(service: ServiceProcess, rng: random.Random) -> None:
    for _ in range(_KILLS):
        await asyncio.sleep(rng.uniform(0.5, 2.5))
        service.kill()
        await service.start()


async def _tried(engine: sa.Engine) -> None:
    """Wait until each was called: only the busy one waits, or is on its way again."""
    async with asyncio.timeout(_SECONDS):
        while await asyncio.to_thread(_others_wait, engine):
            await asyncio.sleep(0.5)


def _others_wait(engine: sa.Engine) -> bool:
    with engine.connect() as connection:
        return bool(connection.execute(_WAITING).scalars().all())


def _come_to_rest(tx: Tx) -> Sequence[ToTell]:
    """End the leases of the killed; return the list of whom people call."""
    tx.outbox.expire_leases(all_=True)
    return tx.by_hand.waiting(99)
