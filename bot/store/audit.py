"""The audit log."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

import sqlalchemy as sa

from bot.ports.audit import AuditEntry, AuditRow
from bot.store import tables as t
from bot.store.ground.unit import Unit

_ENTRIES: Final = (
    sa.select(t.audit, t.staff.c.name)
    .join(t.staff, t.staff.c.id == t.audit.c.staff_id)
    .order_by(t.audit.c.id.desc())
)


class SqlAudit:
    """See `bot.ports.audit.Audit`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def record(self, entry: AuditEntry) -> None:
        """Write the entry down."""
        self._unit.insert(t.audit, asdict(entry))

    def entries(
        self, *, staff_id: int | None, subject: str | None, before: int | None, limit: int
    ) -> Sequence[AuditRow]:
        """Return the newest entries that fit."""
        query = _ENTRIES.limit(limit)
        if staff_id is not None:
            query = query.where(t.audit.c.staff_id == staff_id)
        if subject is not None:
            query = query.where(t.audit.c.subject == subject)
        if before is not None:
            query = query.where(t.audit.c.id < before)
        return [
            AuditRow(
                id=row.id,
                name=row.name,
                entry=AuditEntry(
                    staff_id=row.staff_id, deed=row.deed, subject=row.subject, at=row.at
                ),
            )
            for row in self._unit.run(query)
        ]
