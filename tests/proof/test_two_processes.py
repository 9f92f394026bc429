"""Two services on one PostgreSQL: each contact's order is kept, and nothing is done twice."""

import asyncio
from pathlib import Path

import sqlalchemy as sa

from bot.store import tables as t
from bot.store.engines.database import make_engine, parse_url
from channels.webchat import new_visitor
from tests.proof.service import Said, ServiceProcess, say_all

RESIDENTS = 15
WORDS = (
    "你好",
    "幸福里小区3号楼2单元电梯坏了",
    "我的工单怎么样了",
    "不是3号楼，是5号楼",
    "谢谢",
    "2号楼楼道灯不亮",
)


async def test_two_processes_share_the_work(tmp_path: Path, postgres_url: str) -> None:
    services = [ServiceProcess(postgres_url, tmp_path) for _ in range(2)]
    try:
        await asyncio.gather(*[service.start() for service in services])
        visitors = [new_visitor() for _ in range(RESIDENTS)]
        for n, text in enumerate(WORDS):  # each resident's next goes through the other service
            said = [Said(visitor, f"message-{n:03d}", text) for visitor in visitors]
            await asyncio.gather(
                *[
                    say_all(services[half].url, said[(half + n) % 2 :: 2])
                    for half in range(len(services))
                ]
            )
        await _handled(postgres_url)
        assert [service.stop() for service in services] == [0, 0]
    finally:
        for service in services:
            service.kill()
    _check(postgres_url)


async def _handled(url: str) -> None:
    engine = make_engine(parse_url(url))
    waits = sa.select(sa.func.count()).select_from(t.inbox).where(t.inbox_waits)
    unsent = sa.select(sa.func.count()).select_from(t.outbox)
    unsent = unsent.where(t.outbox.c.key.like("inbox:%"), t.outbox.c.delivery != "sent")
    async with asyncio.timeout(60):
        while True:
            with engine.connect() as connection:
                if not any(connection.execute(query).scalar_one() for query in (waits, unsent)):
                    break
            await asyncio.sleep(0.1)
    engine.dispose()


def _check(url: str) -> None:
    engine = make_engine(parse_url(url))
    with engine.connect() as connection:
        inbox = connection.execute(sa.select(t.inbox).order_by(t.inbox.c.id)).all()
        answers = connection.execute(
            sa.select(t.outbox).where(t.outbox.c.key.like("inbox:%")).order_by(t.outbox.c.id)
        ).all()
        cases = connection.execute(sa.select(t.case_file.c.reporter_id)).scalars().all()
        found = connection.execute(
            sa.select(t.case_event.c.case_id).where(t.case_event.c.kind == "found")
        ).all()
    engine.dispose()
    assert len(inbox) == RESIDENTS * len(WORDS)
    assert {row.state for row in inbox} == {"handled"}
    assert {row.attempts for row in inbox} == {0}
    assert {row.attempts for row in answers} == {1}
    for contact_id in {row.contact_id for row in inbox}:
        came = [row for row in inbox if row.contact_id == contact_id]
        numbers = [row.external_id.partition(":")[2] for row in came]
        assert numbers == [f"message-{n:03d}" for n in range(len(WORDS))]
        went = [row.key for row in answers if row.contact_id == contact_id]
        assert went == [f"inbox:{row.id}" for row in came]
        done = [row.done_at for row in answers if row.contact_id == contact_id]
        assert done == sorted(done)
    assert len(found) == len(cases) == 2 * RESIDENTS
