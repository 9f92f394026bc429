"""What the workbench keeps for itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from bot.store import tables as t
from bot.store.ground.unit import Unit

_KEPT: Final = timedelta(days=60)


class SqlSentForms:
    """See `bot.ports.desk.SentForms`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def first(self, staff_id: int, form: str) -> bool:
        """Note the form; false when it was noted before."""
        values = {"staff_id": staff_id, "form": form, "at": self._unit.now}
        return self._unit.insert_if_absent(t.sent_form, ("staff_id", "form"), values) is not None


class SqlOnlookers:
    """See `bot.ports.desk.Onlookers`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def come(self, case_id: int, staff_id: int, page: str, until: datetime) -> None:
        """Note that the page is open."""
        values = {"case_id": case_id, "staff_id": staff_id, "page": page, "until": until}
        self._unit.insert(t.onlooker, values)

    def go(self, page: str) -> None:
        """Note that the page is closed."""
        self._unit.run(t.onlooker.delete().where(t.onlooker.c.page == page))

    def others(self, case_id: int, staff_id: int) -> Sequence[str]:
        """Return the names of who else has the case open."""
        onlooker = t.onlooker.c
        rows = self._unit.run(
            sa.select(t.staff.c.name)
            .join(t.onlooker, onlooker.staff_id == t.staff.c.id)
            .where(
                onlooker.case_id == case_id,
                onlooker.staff_id != staff_id,
                onlooker.until > self._unit.now,
            )
            .distinct()
            .order_by(t.staff.c.name)
        )
        return [row.name for row in rows]


def drop_what_is_over(unit: Unit) -> None:
    """Remove forms that nobody sends any more, and pages that nobody closed."""
    unit.run(t.sent_form.delete().where(t.sent_form.c.at <= unit.now - _KEPT))
    unit.run(t.onlooker.delete().where(t.onlooker.c.until <= unit.now))
