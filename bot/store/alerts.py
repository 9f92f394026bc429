"""Alerts to staff."""

from collections.abc import Iterable, Sequence
from typing import Final

import sqlalchemy as sa

from bot.ports.alerts import Alert, AlertKind
from bot.store import tables as t
from bot.store.ground.unit import Unit

_WORDS: Final = "alert.words"
_RENEW: Final = t.alert.update().where(
    t.alert.c.staff_id == sa.bindparam("whose"),
    t.alert.c.case_id == sa.bindparam("about"),
    t.alert.c.kind == sa.bindparam("why"),
    t.alert_unseen,
)
_UNSEEN_OF: Final = (
    sa.select(t.alert)
    .where(t.alert.c.staff_id == sa.bindparam("whose"), t.alert_unseen)
    .order_by(t.alert.c.at.desc(), t.alert.c.id.desc())
    .limit(sa.bindparam("most"))
)


class SqlAlerts:
    """See `bot.ports.alerts.Alerts`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def raise_for(
        self, staff_ids: Iterable[int], case_id: int, kind: AlertKind, words: str
    ) -> None:
        """Alert each member once; what they have not seen of that kind yet is renewed."""
        sealed = self._unit.personal.seal(_WORDS, words)
        news = {"words": sealed, "at": self._unit.now}
        for staff_id in sorted(set(staff_ids)):
            known = {"whose": staff_id, "about": case_id, "why": kind.value}
            if self._unit.run(_RENEW, **known, **news).rowcount == 0:
                row = {"staff_id": staff_id, "case_id": case_id, "kind": kind.value}
                self._unit.insert(t.alert, row | news)

    def seen(self, alert_id: int, staff_id: int) -> None:
        """Let the member's alert be seen."""
        theirs = (t.alert.c.id == alert_id) & (t.alert.c.staff_id == staff_id) & t.alert_unseen
        self._unit.run(t.alert.update().where(theirs).values(seen_at=self._unit.now))

    def unseen_of(self, staff_id: int, limit: int) -> Sequence[Alert]:
        """Return what the member has not seen, the newest first."""
        return [
            Alert(
                id=row.id,
                case_id=row.case_id,
                kind=AlertKind(row.kind),
                words=self._unit.personal.open(_WORDS, row.words),
                at=row.at,
            )
            for row in self._unit.run(_UNSEEN_OF, whose=staff_id, most=limit)
        ]
