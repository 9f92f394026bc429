"""Initiatives, their history, and pledges."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from bot.model.initiative import (
    OPEN_FOR_PLEDGES,
    PUBLIC,
    TO_REVIEW,
    Initiative,
    InitiativeEvent,
    InitiativeState,
    Move,
    Pledge,
    PledgeKind,
    PledgeState,
    Progress,
    Report,
    Wish,
    progress_of,
)
from bot.store import tables as t
from bot.store.ground.unit import Unit, columns_of
from bot.store.initiatives.cards import mark_changed

_MERGED_MOST: Final = 20
_WISH: Final = tuple(Wish.__dataclass_fields__)
_SEALED: Final = ("title", "place", "reason", "things", "result")


class SqlInitiatives:
    """See `bot.ports.initiatives.Initiatives`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def find(self, initiative_id: int) -> Initiative | None:
        """Return it if there is one."""
        return next(iter(self._some(t.initiative.c.id == initiative_id)), None)

    def get(self, initiative_id: int) -> Initiative:
        """Return it, locked."""
        query = sa.select(t.initiative).where(t.initiative.c.id == initiative_id)
        row = self._unit.run(query.with_for_update()).first()
        if row is None:
            raise KeyError(initiative_id)
        return self._initiative(row)

    def in_states(self, states: Collection[InitiativeState], limit: int) -> Sequence[Initiative]:
        """Return those in these states."""
        return self._some(t.initiative.c.state.in_([one.value for one in states]), limit)

    def public(self, limit: int) -> Sequence[Initiative]:
        """Return those in public states that are not hidden."""
        shown = t.initiative.c.state.in_([one.value for one in PUBLIC])
        return self._some(shown & ~t.initiative.c.hidden, limit)

    def merged_into(self, initiative_id: int) -> Sequence[Initiative]:
        """Return those of which it is the main one."""
        there = t.initiative.c.merged_into == initiative_id
        return self._some(there & ~t.initiative.c.hidden, _MERGED_MOST)

    def of_author(self, person_id: int, limit: int) -> Sequence[Initiative]:
        """Return the person's own."""
        return self._some(t.initiative.c.author_id == person_id, limit)

    def make(self, initiative: Initiative) -> Initiative:
        """Insert it."""
        return replace(initiative, id=self._unit.insert(t.initiative, self._row(initiative)))

    def save(self, initiative: Initiative) -> Initiative:
        """Change it."""
        kept = replace(initiative, version=initiative.version + 1)
        change = t.initiative.update().where(t.initiative.c.id == initiative.id)
        self._unit.run(change.values(**self._row(kept)))
        self._changed(kept.id)
        return kept

    def note(self, event: InitiativeEvent) -> None:
        """Add to the history."""
        sealed = self._unit.personal.seal("initiative_event.words", event.words)
        values = columns_of(event) | {"words": sealed}
        self._unit.insert(
            t.initiative_event,
            values | {"move": event.move.value, "state": event.state.value},
        )

    def events(self, initiative_id: int) -> Sequence[InitiativeEvent]:
        """Return the history."""
        table = t.initiative_event
        query = sa.select(table).where(table.c.initiative_id == initiative_id).order_by(table.c.id)
        return [
            InitiativeEvent(
                initiative_id=row.initiative_id,
                move=Move(row.move),
                state=InitiativeState(row.state),
                actor=row.actor,
                words=self._unit.personal.open("initiative_event.words", row.words),
                at=row.at,
            )
            for row in self._unit.run(query)
        ]

    def pledges(self, initiative_id: int) -> Sequence[Pledge]:
        """Return all for it."""
        query = sa.select(t.pledge).where(t.pledge.c.initiative_id == initiative_id)
        return self._pledges(query.order_by(t.pledge.c.id))

    def pledges_of(self, person_id: int) -> Sequence[Pledge]:
        """Return all of the person."""
        query = sa.select(t.pledge).where(t.pledge.c.person_id == person_id)
        return self._pledges(query.order_by(t.pledge.c.id.desc()))

    def progress(self, initiatives: Collection[Initiative]) -> Mapping[int, Progress]:
        """Add up the pledges of each."""
        among = t.pledge.c.initiative_id.in_([one.id for one in initiatives])
        found: dict[int, list[Pledge]] = {one.id: [] for one in initiatives}
        for one in self._pledges(sa.select(t.pledge).where(among)):
            found[one.initiative_id].append(one)
        return {one.id: progress_of(found[one.id], one.author_id) for one in initiatives}

    def reports(self, initiative_id: int) -> Sequence[Report]:
        """Return what staff have not looked at."""
        table = t.initiative_report
        query = sa.select(table).where(table.c.initiative_id == initiative_id, ~table.c.seen)
        return [
            Report(
                initiative_id=row.initiative_id,
                person_id=row.person_id,
                words=self._unit.personal.open("initiative_report.words", row.words),
                at=row.at,
                seen=row.seen,
            )
            for row in self._unit.run(query.order_by(table.c.id))
        ]

    def report(self, report: Report) -> bool:
        """Insert it once for each person."""
        sealed = self._unit.personal.seal("initiative_report.words", report.words)
        unique = ("initiative_id", "person_id")
        values = columns_of(report) | {"words": sealed}
        return self._unit.insert_if_absent(t.initiative_report, unique, values) is not None

    def reports_seen(self, initiative_id: int) -> None:
        """Mark them."""
        change = t.initiative_report.update()
        self._unit.run(
            change.where(t.initiative_report.c.initiative_id == initiative_id).values(seen=True)
        )

    def by_key(self, key: str) -> Pledge | None:
        """Return the pledge of that wish."""
        query = sa.select(t.pledge).where(t.pledge.c.key == key)
        return next(iter(self._pledges(query)), None)

    def pledge(self, key: str, pledge: Pledge) -> Pledge:
        """Insert it."""
        values = columns_of(pledge)
        del values["id"]
        sealed = self._unit.personal.seal("pledge.words", pledge.words)
        values |= {"key": key, "kind": pledge.kind.value, "words": sealed}
        made = self._unit.insert(t.pledge, values | {"state": pledge.state.value})
        self._changed(pledge.initiative_id)
        return replace(pledge, id=made)

    def settle(self, pledge_ids: Collection[int], state: PledgeState) -> None:
        """Write what became of them."""
        these = t.pledge.c.id.in_(list(pledge_ids))
        self._unit.run(t.pledge.update().where(these).values(state=state.value))
        theirs = sa.select(t.pledge.c.initiative_id).where(these)
        mark_changed(self._unit, t.initiative_card.c.initiative_id.in_(theirs))

    def carry_over(self, pledge_id: int, into: int, hold_id: str) -> None:
        """Put it to another initiative."""
        change = t.pledge.update().where(t.pledge.c.id == pledge_id)
        self._unit.run(change.values(initiative_id=into, hold_id=hold_id))
        self._changed(into)

    def lapsed(self, limit: int) -> Sequence[int]:
        """Look by the clock of the support."""
        return self._due(OPEN_FOR_PLEDGES, t.initiative.c.gather_until <= self._unit.now, limit)

    def rested(self, limit: int) -> Sequence[int]:
        """Look by the rest of a changed text."""
        rested = (t.initiative.c.rests_until <= self._unit.now) & ~t.initiative.c.hidden
        return self._due(OPEN_FOR_PLEDGES, rested, limit)

    def late(self, limit: int) -> Sequence[int]:
        """Look by the clock of the review."""
        late = (t.initiative.c.look_by < self._unit.now) & ~t.initiative.c.late_told
        return self._due(TO_REVIEW | PUBLIC, late, limit)

    def count_to_look(self, *, due_before: datetime | None = None) -> int:
        """Count by the clock of the review, which only stands while somebody is to look."""
        look_by = t.initiative.c.look_by
        due = look_by.is_not(None) if due_before is None else look_by < due_before
        return self._count(TO_REVIEW | PUBLIC, due)

    def count_ready(self) -> int:
        """Count by state."""
        return self._count({InitiativeState.READY}, sa.true())

    def absorb(self, *, old: int, into: int) -> None:
        """Let all of it be the other's."""
        self._unit.run(
            t.initiative.update().where(t.initiative.c.author_id == old).values(author_id=into)
        )
        self._unit.run(t.pledge.update().where(t.pledge.c.person_id == old).values(person_id=into))
        theirs = t.initiative_report.c.person_id == old
        both = sa.select(t.initiative_report.c.initiative_id).where(
            t.initiative_report.c.person_id == into
        )
        table = t.initiative_report
        self._unit.run(table.delete().where(theirs, table.c.initiative_id.in_(both)))
        self._unit.run(table.update().where(theirs).values(person_id=into))

    def _changed(self, initiative_id: int) -> None:
        mark_changed(self._unit, t.initiative_card.c.initiative_id == initiative_id)

    def _count(self, states: Collection[InitiativeState], where: sa.ColumnElement[bool]) -> int:
        among = t.initiative.c.state.in_([one.value for one in states])
        query = sa.select(sa.func.count()).select_from(t.initiative).where(among, where)
        return int(self._unit.run(query).scalar_one())

    def _due(
        self, states: Collection[InitiativeState], due: sa.ColumnElement[bool], limit: int
    ) -> Sequence[int]:
        among = t.initiative.c.state.in_([one.value for one in states])
        query = sa.select(t.initiative.c.id).where(among, due).order_by(t.initiative.c.id)
        return list(self._unit.run(query.limit(limit)).scalars())

    def _some(self, where: sa.ColumnElement[bool], limit: int = 1) -> list[Initiative]:
        query = sa.select(t.initiative).where(where).order_by(t.initiative.c.id.desc())
        return [self._initiative(row) for row in self._unit.run(query.limit(limit))]

    def _pledges(self, query: sa.Select[Any]) -> list[Pledge]:
        return [
            Pledge(
                id=row.id,
                initiative_id=row.initiative_id,
                person_id=row.person_id,
                kind=PledgeKind(row.kind),
                amount=row.amount,
                words=self._unit.personal.open("pledge.words", row.words),
                hold_id=row.hold_id,
                state=PledgeState(row.state),
                at=row.at,
            )
            for row in self._unit.run(query)
        ]

    def _row(self, initiative: Initiative) -> dict[str, Any]:
        values = columns_of(initiative) | columns_of(initiative.wish)
        del values["id"], values["wish"]
        values["state"] = initiative.state.value
        seal = self._unit.personal.seal
        return values | {name: seal(f"initiative.{name}", values[name]) for name in _SEALED}

    def _initiative(self, row: Any) -> Initiative:
        values = {column.name: getattr(row, column.name) for column in t.initiative.c}
        for name in _SEALED:
            values[name] = self._unit.personal.open(f"initiative.{name}", values[name])
        wish = Wish(**{name: values.pop(name) for name in _WISH})
        return Initiative(**values | {"wish": wish, "state": InitiativeState(row.state)})
