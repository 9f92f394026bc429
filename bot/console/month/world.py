"""The simulated world: a clock that is moved, an agenda, and the real service behind them."""

import asyncio
import heapq
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, TypeVar

import sqlalchemy as sa

from bot.flow.cases.clocks import fire
from bot.flow.cases.duty import give_out_what_waits
from bot.intake import Intake
from bot.model.case import Case, RefusedError, State
from bot.model.staff import Staff
from bot.ports.bell import Bell, contact_topic
from bot.ports.outbox import Delivery
from bot.ports.rules import Rules
from bot.ports.storage import Storage, Tx
from bot.store import tables as t
from channels.message import InboundMessage

Result = TypeVar("Result")
Happening = Callable[[], Awaitable[None]]

_CHANNEL: Final = "web"
_LOOK_AGAIN_SECONDS: Final = 0.02
_PATIENCE_SECONDS: Final = 60.0
_SENDS_AT_ONCE: Final = 500


class VirtualClock:
    """Stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self.time = start

    def now(self) -> datetime:
        """Return the simulated time."""
        return self.time


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands, as far as the next thing that happens depends on it."""

    state: State
    version: int


@dataclass(slots=True, kw_only=True)
class World:
    """Everything that what happens may depend on. The same seed makes the same month."""

    seed: int
    clock: VirtualClock
    engine: sa.Engine
    storage: Storage
    bell: Bell
    rules: Rules
    intake: Intake
    plan: dict[str, Any]
    estates: Sequence[str]
    staff: Sequence[Staff]
    rng: random.Random
    """How often each kind of timer ran out while somebody was still due."""
    refused: Counter[str] = field(default_factory=Counter)
    people: dict[int, str] = field(default_factory=dict)
    """The addresses of those who raised cases."""
    written: int = 0
    changed: bool = True
    """Something happened since the cases were looked at."""
    _agenda: list[tuple[datetime, int, Happening]] = field(default_factory=list)
    _planned: int = 0

    def at(self, when: datetime, happening: Happening) -> None:
        """Let it happen then, or now if that has passed."""
        self._planned += 1
        heapq.heappush(self._agenda, (max(when, self.clock.time), self._planned, happening))

    async def run_until(self, end: datetime) -> None:
        """Let everything happen that is due before the end, in order."""
        while self._agenda and self._agenda[0][0] < end:
            when, _, happening = heapq.heappop(self._agenda)
            self.clock.time = max(self.clock.time, when)
            await happening()

    async def says(self, address: str, text: str, choice: str | None = None) -> None:
        """A resident writes, or presses a button; this returns when it was answered."""
        self.written += 1
        message = InboundMessage(
            channel=_CHANNEL,
            address=address,
            external_id=f"month-{self.written}",
            text=text,
            choice=choice,
            sent_at=self.clock.time,
        )
        receipt = await self.intake.receive(message)
        with self.bell.listen(contact_topic(receipt.contact_id)) as ear:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while await self.storage.read(lambda views: views.inbox.lanes(1)):
                    await ear.wait(_LOOK_AGAIN_SECONDS)
        self.changed = True

    async def does(self, unit: Callable[[Tx], Result]) -> Result:
        """Somebody of the staff takes a step."""
        self.changed = True
        return await self.storage.write(unit)

    async def case(self, case_id: int) -> Case:
        """Return the case as it stands."""
        page = await self.storage.read(lambda views: views.cases.page(case_id))
        if page is None:
            raise RefusedError("no_such_case")
        return page.case

    async def time_passes(self) -> None:
        """Fire the clocks that ran out, and let what was said go out."""
        while self._is_due(t.timer.c.due_at):
            await self.does(self._fire_one)
        if self._is_due(t.case_file.c.opened_at, t.case_waits):
            given = partial(give_out_what_waits, rules=self.rules)
            self.changed |= bool(await self.storage.write(given))
        if self._is_due(t.outbox.c.due_at, t.outbox.c.delivery == Delivery.WAITING.value):
            await self.storage.write(_deliver)

    def standings(self) -> dict[int, Standing]:
        """Return where every case stands."""
        c = t.case_file.c
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(c.id, c.state, c.version).order_by(c.id)).all()
        return {row.id: Standing(State(row.state), row.version) for row in rows}

    def standing(self, case_id: int) -> Standing:
        """Return where one case stands."""
        c = t.case_file.c
        with self.engine.connect() as connection:
            row = connection.execute(sa.select(c.state, c.version).where(c.id == case_id)).one()
        return Standing(State(row.state), row.version)

    def _is_due(self, due_at: sa.Column[datetime], *which: sa.ColumnElement[bool]) -> bool:
        """Look before a unit is begun: most of the time nothing is due."""
        query = sa.select(due_at).where(due_at <= self.clock.time, *which).limit(1)
        with self.engine.connect() as connection:
            return connection.execute(query).first() is not None

    def _fire_one(self, tx: Tx) -> None:
        """Fire the timer that is due first."""
        (timer,) = tx.timers.claim_due(1)
        fire(tx, self.rules, timer)


def _deliver(tx: Tx) -> None:
    """The residents' page reads what was said to it: it is sent by being there."""
    while claimed := tx.outbox.claim(
        limit=_SENDS_AT_ONCE, lease_until=tx.now + timedelta(minutes=1)
    ):
        tx.outbox.sent([one.id for one in claimed])


def later(rules: Rules, now: datetime, hours: float, *, urgent: bool) -> datetime:
    """Return when staff come to something after so many hours of work; at once when urgent."""
    return now + timedelta(minutes=hours * 10) if urgent else rules.hours.after(now, hours)
