"""Timers are rows."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

import sqlalchemy as sa

from bot.ports.timers import Timer
from bot.store import tables as t
from bot.store.ground.unit import Unit
from bot.store.prepared import Prepared


@cache
def _clear(keep: tuple[str, ...]) -> Prepared:
    kept = [sa.literal_column(f"'{kind}'", sa.Text) for kind in keep]
    of_case = t.timer.c.case_id == sa.bindparam("of_case")
    return Prepared(t.timer.delete().where(of_case, t.timer.c.kind.not_in(kept)))


class SqlTimers:
    """See `bot.ports.timers.Timers`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def set(self, kind: str, case_id: int, due_at: datetime) -> None:
        """Start the timer, or move it."""
        self._unit.put(
            t.timer, ("case_id", "kind"), {"kind": kind, "case_id": case_id, "due_at": due_at}
        )

    def clear(self, case_id: int, *, keep: Sequence[str] = ()) -> None:
        """Stop all timers of the case, but for those kinds."""
        self._unit.run(_clear(tuple(keep)), of_case=case_id)

    def claim_due(self, limit: int) -> Sequence[Timer]:
        """Take due timers: they are gone when the unit commits, and back if it fails."""
        due = self._unit.run(
            sa.select(t.timer)
            .where(t.timer.c.due_at <= self._unit.now)
            .order_by(t.timer.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        if due:
            self._unit.run(t.timer.delete().where(t.timer.c.id.in_([row.id for row in due])))
        return [Timer(row.id, row.kind, row.case_id, row.due_at) for row in due]
