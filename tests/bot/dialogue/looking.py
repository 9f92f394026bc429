"""What a resident of the tests has, and what staff do with it."""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from bot.flow.cases import handle
from bot.model.case import Case
from bot.ports.media import Media
from tests.bot.community import Community, interpreter, rules
from tests.bot.dialogue.talker import Talker
from tests.bot.proving import finish

INTERPRETER = interpreter("幸福里小区")
RULES = replace(rules(), editing=frozenset({"telegram"}))
LIFT = "幸福里小区3号楼2单元电梯坏了"


async def cases(talker: Talker) -> list[Case]:
    def query(views: object) -> list[Case]:
        contact = views.people.find(talker.channel, talker.address)  # type: ignore[attr-defined]
        rows = views.cases.rows_of_person(contact.person_id, 20)  # type: ignore[attr-defined]
        return [row.case for row in rows]

    return await talker.storage.read(query)


async def media_of(talker: Talker, case: Case) -> Sequence[Media]:
    return await talker.storage.read(lambda views: views.media.of_case(case.id))


async def history(talker: Talker, case: Case) -> str:
    page = await talker.storage.read(lambda views: views.cases.page(case.id))
    assert page is not None
    return "\n".join(event.words for event in page.events)


def rows(engine: sa.Engine, query: sa.Select[tuple[object]]) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


async def lines_of(talker: Talker, address: str) -> list[str]:
    def query(views: object) -> list[str]:
        contact = views.people.find(talker.channel, address)  # type: ignore[attr-defined]
        lines = views.chat.lines(contact.id, after=None, limit=50)  # type: ignore[attr-defined]
        return [line.text for line in lines]

    return await talker.storage.read(query)


async def take(talker: Talker) -> None:
    (case,) = await cases(talker)
    wang = await Community(talker.storage, RULES).staff("wang")
    await talker.storage.write(
        lambda tx: handle.take(tx, RULES, case.id, wang, version=case.version)
    )


async def solve(talker: Talker) -> None:
    await take(talker)
    (case,) = await cases(talker)
    wang = await Community(talker.storage, RULES).staff("wang")
    await talker.storage.write(
        lambda tx: finish(tx, RULES, case.id, wang, "换了控制板", version=case.version)
    )
