"""What a memory of incidents is made of: cases that go on, and which have changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from bot.model.case import OPEN_STATES, Case
from bot.store import tables as t
from bot.store.cases.cases import CASE_ROWS, SqlCases
from bot.store.ground.unit import Unit

_OPEN: Final = sorted(state.value for state in OPEN_STATES)


class SqlIncidents:
    """See `bot.ports.incidents.IncidentViews`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def newest_event(self) -> int:
        """Return the id of the newest line of any history."""
        row = self._unit.run(sa.select(sa.func.max(t.case_event.c.id).label("newest"))).first()
        return 0 if row is None else row.newest or 0

    def changed_since(self, event: int) -> Sequence[int]:
        """Return the cases whose history goes on after that line."""
        case = t.case_event.c.case_id
        rows = self._unit.run(sa.select(case).where(t.case_event.c.id > event).distinct())
        return [row.case_id for row in rows]

    def going_on(self, since: datetime, *, before: int | None, limit: int) -> Sequence[Case]:
        """Return cases that are open or new, the newest first."""
        case = t.case_file.c
        query = CASE_ROWS.where(sa.or_(case.state.in_(_OPEN), case.opened_at >= since))
        if before is not None:
            query = query.where(case.id < before)
        rows = SqlCases(self._unit).rows(query.order_by(case.id.desc()).limit(limit))
        return [row.case for row in rows]
