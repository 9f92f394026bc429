"""Somebody who talks and sends positions, and where she may be."""

from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa

from bot.flow.check_in import ACTIVITY
from bot.ports.positions import Mark
from bot.ports.storage import Storage
from channels.message import Datum, Position, PositionSource
from credits.ledger import resident
from tests.bot.community import interpreter, rules
from tests.bot.dialogue.talker import Answer, Talker
from tests.fakes.clock import FakeClock

RULES = rules()
INTERPRETER = interpreter("幸福里小区", "和平家园", "纺织厂宿舍")
EAST_GATE = (33.5801, 114.0203)
OLD_MARKET = (33.5833, 114.0251)
GRID_TWO = (33.5850, 114.0190)
ABROAD = (6.45, 3.39)
METRE = 1 / 111_195


@dataclass(slots=True)
class Courier:
    """Somebody who talks, and sends positions."""

    talker: Talker
    storage: Storage
    clock: FakeClock
    answers: list[str] = field(default_factory=list)

    async def say(self, text: str) -> Answer:
        return await self.talker.say(text)

    async def at(
        self,
        pair: tuple[float, float],
        source: PositionSource = PositionSource.PIN,
        *,
        share: str = "",
        text: str = "",
        ago: float = 0.0,
        datum: Datum = Datum.WGS84,
        accuracy: float | None = 10.0,
    ) -> str:
        """Send a position; '' when nothing is said to it."""
        before = len(await self.news())
        position = Position(
            latitude=pair[0],
            longitude=pair[1],
            datum=datum,
            source=source,
            at=self.clock.now() - timedelta(seconds=ago),
            accuracy_m=accuracy,
            share=share,
        )
        await self.talker.send(text, position=position)
        news = await self.news()
        self.answers.append(news[-1] if len(news) > before else "")
        return self.answers[-1]

    async def live(self, pair: tuple[float, float], share: str = "s-1") -> str:
        self.clock.move(seconds=20)
        return await self.at(pair, PositionSource.LIVE, share=share)

    async def news(self, channel: str = "web") -> list[str]:
        def query(views: object) -> list[str]:
            contact = views.people.find(channel, self.talker.address)  # type: ignore[attr-defined]
            if contact is None:
                return []
            lines = views.chat.lines(contact.id, after=None, limit=999)  # type: ignore[attr-defined]
            return [line.text for line in lines if not line.own]

        return await self.storage.read(query)

    async def person(self) -> int:
        contact = await self.storage.read(lambda views: views.people.find("web", "resident"))
        assert contact is not None
        return contact.person_id

    async def points(self) -> int:
        account = resident(await self.person())
        entries = await self.storage.read(lambda views: views.journal.entries(account))
        return sum(entry.amount for entry in entries if entry.activity == ACTIVITY)

    async def marks(self) -> dict[str, Mark]:
        return {m.code: m for m in await self.storage.read(lambda views: views.grids.marks())}

    async def code(self, place: str, *, changing: bool = False) -> str:
        mark = (await self.marks())[place]
        return await self.storage.read(lambda views: views.grids.code_of(mark, changing=changing))


def rows(engine: sa.Engine, table: sa.Table) -> list[dict[str, object]]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(sa.select(table)).mappings()]


def way(
    start: tuple[float, float], end: tuple[float, float], steps: int
) -> list[tuple[float, float]]:
    return [
        (start[0] + (end[0] - start[0]) * n / steps, start[1] + (end[1] - start[1]) * n / steps)
        for n in range(1, steps + 1)
    ]
