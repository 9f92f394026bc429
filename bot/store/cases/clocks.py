"""The clocks of cases."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from bot.model.clock import CaseClock, Clock, Ended, OnTime, Step
from bot.store import tables as t
from bot.store.ground.unit import Unit
from bot.store.prepared import Prepared

_RUNNING: Final = Prepared(
    sa.select(t.case_clock)
    .where(t.case_clock.c.case_id == sa.bindparam("of_case"), t.clock_runs)
    .order_by(t.case_clock.c.id)
)
_BEGUN: Final = (
    "case_id", "kind", "party", "round", "started_at", "due_at", "paused_at", "step", "next_at",
)  # fmt: skip
_CHANGE: Final = Prepared(t.case_clock.update().where(t.case_clock.c.id == sa.bindparam("which")))


class SqlClocks:
    """See `bot.ports.clocks.CaseClocks`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def running(self, case_id: int) -> Sequence[CaseClock]:
        """Return the case's clocks that have not stopped."""
        return [_clock(row) for row in self._unit.run(_RUNNING, of_case=case_id)]

    def start(self, clocks: Sequence[CaseClock]) -> None:
        """Keep clocks that have begun."""
        rows = [{name: getattr(clock, name) for name in _BEGUN} for clock in clocks]
        self._unit.insert_many(t.case_clock, rows)

    def save(self, clock: CaseClock) -> None:
        """Keep its limit, its rest, and how far it has come."""
        self._unit.run(
            _CHANGE,
            which=clock.id,
            due_at=clock.due_at,
            paused_at=clock.paused_at,
            step=int(clock.step),
            next_at=clock.next_at,
        )

    def stop(self, clock: CaseClock, ended: Ended) -> None:
        """Stop it; what became of the promise stays."""
        self._unit.run(_CHANGE, which=clock.id, stopped_at=self._unit.now, ended=ended.value)

    def on_time(self, since: datetime, until: datetime) -> Sequence[OnTime]:
        """Count by kind; a clock that rests is not overdue."""
        c = t.case_clock.c
        overdue = sa.and_(t.clock_runs, c.paused_at.is_(None), c.due_at < self._unit.now)

        def count(what: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
            return sa.func.coalesce(sa.func.sum(sa.case((what, 1), else_=0)), 0)

        rows = self._unit.run(
            sa.select(
                c.kind,
                count(c.ended == Ended.KEPT.value).label("kept"),
                count(c.ended == Ended.LATE.value).label("late"),
                count(overdue).label("overdue"),
            )
            .where(c.started_at >= since, c.started_at < until)
            .group_by(c.kind)
            .order_by(c.kind)
        )
        return [
            OnTime(kind=Clock(row.kind), kept=row.kept, late=row.late, overdue=row.overdue)
            for row in rows
        ]


def _clock(row: sa.Row[tuple[Any, ...]]) -> CaseClock:
    return CaseClock(
        id=row.id,
        case_id=row.case_id,
        kind=Clock(row.kind),
        party=row.party,
        round=row.round,
        started_at=row.started_at,
        due_at=row.due_at,
        paused_at=row.paused_at,
        step=Step(row.step),
        next_at=row.next_at,
    )
