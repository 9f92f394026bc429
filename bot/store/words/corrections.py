"""Words of recordings that staff put right: kept beside what was heard."""

from collections.abc import Sequence

import sqlalchemy as sa

from bot.ports.corrections import Correction
from bot.store import tables as t
from bot.store.ground.unit import Unit


class SqlCorrections:
    """See `bot.ports.corrections.Corrections`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def add(self, media_id: int, words: str, staff_id: int) -> None:
        """Insert a row; the last one counts."""
        sealed = self._unit.personal.seal("media_correction.words", words)
        row = {"media_id": media_id, "words": sealed, "staff_id": staff_id, "at": self._unit.now}
        self._unit.insert(t.media_correction, row)

    def of(self, media_ids: Sequence[int]) -> Sequence[Correction]:
        """Return all of these recordings, the oldest first."""
        table = t.media_correction
        query = sa.select(table).where(table.c.media_id.in_(list(media_ids))).order_by(table.c.id)
        return [
            Correction(
                media_id=row.media_id,
                words=self._unit.personal.open("media_correction.words", row.words),
                staff_id=row.staff_id,
                at=row.at,
            )
            for row in self._unit.run(query)
        ]
