"""What others bring in for a voter: entries from paper, and helpers."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from bot.ports.votes import Helped, Helping, PaperEntry
from bot.store import tables as t
from bot.store.ground.unit import Unit

_FIELD: Final = "vote_paper.choice"


_helper: Final = t.person.alias("helper")
_HELPING: Final = (
    sa.select(
        *(t.vote_helper.c[name] for name in ("id", "person_id", "helper_id", "since")),
        t.person.c.name.label("person_name"),
        _helper.c.name.label("helper_name"),
        t.staff.c.name.label("recorded_by"),
    )
    .join(t.person, t.person.c.id == t.vote_helper.c.person_id)
    .join(_helper, _helper.c.id == t.vote_helper.c.helper_id)
    .join(t.staff, t.staff.c.id == t.vote_helper.c.recorded_by)
)


class OthersEntries:
    """See `bot.ports.votes.Votes`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def papers(self, vote_id: int) -> Sequence[PaperEntry]:
        """Return who entered them, and when."""
        table = t.vote_paper
        query = sa.select(sa.literal("").label("choice"), table.c.entered_by, table.c.entered_at)
        rows = self._unit.run(query.where(table.c.vote_id == vote_id).order_by(table.c.id))
        return [PaperEntry(**row._asdict()) for row in rows]

    def paper(self, vote_id: int, person_id: int) -> PaperEntry | None:
        """Open it."""
        table = t.vote_paper
        query = sa.select(table.c.choice, table.c.entered_by, table.c.entered_at)
        row = self._unit.run(query.where(_paper(vote_id, person_id))).first()
        if row is None:
            return None
        choice = self._unit.personal.open(_FIELD, row.choice)
        return PaperEntry(choice, row.entered_by, row.entered_at)

    def keep_paper(self, vote_id: int, person_id: int, choice: str, staff_id: int) -> None:
        """Insert or replace it."""
        values = {
            "vote_id": vote_id,
            "person_id": person_id,
            "choice": self._unit.personal.seal_undated(_FIELD, choice),
            "entered_by": staff_id,
            "entered_at": self._unit.now,
        }
        self._unit.put(t.vote_paper, ("vote_id", "person_id"), values)

    def drop_paper(self, vote_id: int, person_id: int) -> None:
        """Delete it."""
        self._unit.run(t.vote_paper.delete().where(_paper(vote_id, person_id)))

    def helped_by(self, helper_id: int) -> Sequence[Helped]:
        """Return them by their number."""
        query = sa.select(t.person.c.id, t.person.c.name).join(
            t.vote_helper, t.vote_helper.c.person_id == t.person.c.id
        )
        rows = self._unit.run(
            query.where(t.vote_helper.c.helper_id == helper_id).order_by(t.person.c.id)
        )
        return [Helped(row.id, self._unit.personal.open("person.name", row.name)) for row in rows]

    def set_helper(self, person_id: int, helper_id: int, staff_id: int) -> int:
        """Insert or replace it."""
        values = {
            "person_id": person_id,
            "helper_id": helper_id,
            "recorded_by": staff_id,
            "since": self._unit.now,
        }
        self._unit.put(t.vote_helper, ("person_id",), values)
        query = sa.select(t.vote_helper.c.id).where(t.vote_helper.c.person_id == person_id)
        return int(self._unit.run(query).scalar_one())

    def drop_helper(self, record: Helping) -> bool:
        """Delete it."""
        same = (t.vote_helper.c.id == record.id) & (t.vote_helper.c.since == record.since)
        return self._unit.run(t.vote_helper.delete().where(same)).rowcount > 0

    def helping(self, record_id: int) -> Helping | None:
        """Return it if it is on record."""
        return next(iter(self._helpings(_HELPING.where(t.vote_helper.c.id == record_id))), None)

    def helpings_of(self, person_id: int) -> Sequence[Helping]:
        """Look at both sides."""
        helped, helps = t.vote_helper.c.person_id, t.vote_helper.c.helper_id
        hers = _HELPING.where((helped == person_id) | (helps == person_id))
        found = self._helpings(hers.order_by(t.vote_helper.c.id))
        return sorted(found, key=lambda one: one.person_id != person_id)

    def helpings(self, before: int | None, limit: int) -> Sequence[Helping]:
        """Return some of them."""
        query = _HELPING.order_by(t.vote_helper.c.id.desc()).limit(limit)
        return self._helpings(query if before is None else query.where(t.vote_helper.c.id < before))

    def _helpings(self, query: sa.Select[Any]) -> list[Helping]:
        opened = self._unit.personal.open
        names = ("person_name", "helper_name")
        return [
            Helping(**row | {name: opened("person.name", row[name]) for name in names})
            for row in map(dict, self._unit.run(query).mappings())
        ]

    def absorb_entries(self, *, old: int, into: int) -> None:
        """Drop what was entered for the old account; who helps keeps helping as the new one."""
        self._unit.run(t.vote_paper.delete().where(t.vote_paper.c.person_id == old))
        helper = t.vote_helper
        self._unit.run(helper.delete().where(helper.c.person_id == old))
        self._unit.run(helper.delete().where(helper.c.person_id == into, helper.c.helper_id == old))
        self._unit.run(helper.update().where(helper.c.helper_id == old).values(helper_id=into))


def _paper(vote_id: int, person_id: int) -> sa.ColumnElement[bool]:
    return (t.vote_paper.c.vote_id == vote_id) & (t.vote_paper.c.person_id == person_id)
