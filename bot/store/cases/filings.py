"""What the program made of cases when they came, and what a person said of those drawn."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from bot.ports.filings import Filed, Filing, Lot
from bot.store import tables as t
from bot.store.ground.unit import Unit

_WHOLE: Final = 100
_ROWS: Final = sa.select(t.filing, t.case_file.c.description).join(
    t.case_file, t.case_file.c.id == t.filing.c.case_id
)
_TO_JUDGE: Final = t.filing_waits & (t.case_file.c.description != "")


class SqlFilings:
    """See `bot.ports.filings.Filings`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def roll(self, case_id: int) -> int:
        """Return the roll, which lies in no table."""
        mark = self._unit.personal.fingerprint("filing draw", str(case_id))
        return int(mark, 16) % _WHOLE

    def keep(self, case_id: int, service_code: str, lot: Lot) -> None:
        """Keep it once."""
        values = {
            "case_id": case_id,
            "service_code": service_code,
            "lot": lot.value,
            "at": self._unit.now,
            "judged_as": "",
        }
        self._unit.insert_if_absent(t.filing, ("case_id",), values)

    def find(self, case_id: int) -> Filing | None:
        """Return it, locked."""
        query = _ROWS.where(t.filing.c.case_id == case_id).with_for_update(of=t.filing)
        return next(iter(self._filings(query)), None)

    def judge(self, case_id: int, service_code: str, staff_id: int) -> None:
        """Keep it."""
        values = {
            "lot": Lot.JUDGED.value,
            "judged_as": service_code,
            "judge_id": staff_id,
            "judged_at": self._unit.now,
        }
        self._unit.run(t.filing.update().where(t.filing.c.case_id == case_id).values(**values))

    def to_judge(self, limit: int) -> Sequence[Filing]:
        """Return them."""
        return self._filings(_ROWS.where(_TO_JUDGE).order_by(t.filing.c.id).limit(limit))

    def to_judge_count(self) -> int:
        """Count them."""
        query = sa.select(sa.func.count()).select_from(t.filing).join(t.case_file)
        return int(self._unit.run(query.where(_TO_JUDGE)).scalar_one())

    def filed(self, since: datetime) -> Filed:
        """Count, all at once."""
        filing = t.filing.c
        counts = (
            filing.lot != Lot.ASKED.value,
            filing.lot == Lot.ASKED.value,
            filing.lot.in_([Lot.DRAWN.value, Lot.JUDGED.value]),
            filing.lot == Lot.JUDGED.value,
            filing.judged_as == filing.service_code,
        )
        query = sa.select(*(sa.func.count(sa.case((one, 1))) for one in counts))
        counted = self._unit.run(query.where(filing.at >= since)).one()
        return Filed(*map(int, counted))

    def _filings(self, query: sa.Select[Any]) -> Sequence[Filing]:
        return [
            Filing(
                case_id=row.case_id,
                service_code=row.service_code,
                lot=Lot(row.lot),
                at=row.at,
                words=self._unit.personal.open("case_file.description", row.description),
            )
            for row in self._unit.run(query)
        ]
