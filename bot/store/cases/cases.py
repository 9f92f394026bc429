"""Cases and their history."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, Final

import sqlalchemy as sa

from bot.model.case import (
    DUTIES,
    OPEN_STATES,
    Case,
    CaseEvent,
    EventKind,
    RefusedError,
    State,
    Trigger,
)
from bot.model.number import case_id, case_number
from bot.ports.cases import CasePage, CaseRow, NewCase
from bot.store import tables as t
from bot.store.cases.load import shift_load
from bot.store.ground.unit import Unit, columns_of
from bot.store.prepared import Prepared
from nlp.text.search import pieces_in

_BY_ID: Final = Prepared(
    sa.select(t.case_file).where(t.case_file.c.id == sa.bindparam("case")).with_for_update()
)
_SAVE: Final = Prepared(
    t.case_file.update().where(
        t.case_file.c.id == sa.bindparam("case"),
        t.case_file.c.version == sa.bindparam("seen_version"),
    )
)
_NEXT: Final = Prepared(
    sa.select(t.case_file)
    .where(
        t.case_waits,
        t.case_file.c.agency == sa.bindparam("for_agency"),
        t.case_file.c.urgent == sa.bindparam("is_urgent"),
        t.case_file.c.id > sa.bindparam("beyond"),
    )
    .order_by(t.case_file.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_AGENCIES: Final = Prepared(
    sa.select(t.case_file.c.agency).where(t.case_waits).distinct().order_by(t.case_file.c.agency)
)
_UNCHANGING: Final = frozenset({"id", "number", "version"})
_CHANGING: Final = ("due_at", *(f.name for f in fields(Case) if f.name not in _UNCHANGING))
CASE_ROWS: Final = sa.select(t.case_file, t.staff.c.name.label("handler_name")).outerjoin(
    t.staff, t.staff.c.id == t.case_file.c.handler_id
)
_PERSONAL: Final = ("description", "place")
_COLUMNS: Final = [name for name in t.case_file.c.keys() if name != "due_at"]  # noqa: SIM118  a column collection
_UNFIND: Final = Prepared(t.case_word.delete().where(t.case_word.c.case_id == sa.bindparam("case")))
_CHARGED: Final = tuple(state.value for state in DUTIES)


class SqlCases:
    """See `bot.ports.cases.Cases` and `CaseViews`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._read: dict[tuple[int, int], Case] = {}

    def add(self, new: NewCase) -> Case:
        """Open the case in state FOUND."""
        values = self._sealed(
            columns_of(new)
            | {
                "state": State.FOUND.value,
                "opened_at": self._unit.now,
                "handler_id": None,
                "answered_at": None,
                "solved_at": None,
                "closed_at": None,
                "times_reopened": 0,
                "times_urged": 0,
                "urged_at": None,
                "version": 1,
            }
        )
        values["due_at"] = new.answer_due
        values["id"] = self._unit.insert(t.case_file, values)
        case = self._case(values)
        self._find_by_words(case)
        return case

    def get(self, case_id: int) -> Case:
        """Return the case, locked until the unit ends."""
        row = self._unit.run(_BY_ID, case=case_id).first()
        if row is None:
            raise KeyError(case_id)
        return self._case(row._asdict())

    def by_number(self, number: str) -> Case | None:
        """Return the case with that number, if there is one."""
        identifier = case_id(number)
        if identifier is None:
            return None
        try:
            return self.get(identifier)
        except KeyError:
            return None

    def of_person(self, person_id: int, *, limit: int) -> Sequence[Case]:
        """Return the newest cases that the person raised."""
        return [row.case for row in self.rows_of_person(person_id, limit)]

    def rows_of_person(self, person_id: int, limit: int) -> Sequence[CaseRow]:
        """Return the newest cases that the person raised, with their handlers."""
        return self.rows(
            CASE_ROWS.where(t.case_file.c.reporter_id == person_id)
            .order_by(t.case_file.c.id.desc())
            .limit(limit)
        )

    def carried_by(self, staff_id: int) -> Sequence[int]:
        """Return the ids of the member's open cases."""
        states = [state.value for state in sorted(OPEN_STATES)]
        theirs = (t.case_file.c.handler_id == staff_id) & t.case_file.c.state.in_(states)
        rows = self._unit.run(sa.select(t.case_file.c.id).where(theirs).order_by(t.case_file.c.id))
        return [row.id for row in rows]

    def solvers(self, case_id: int) -> frozenset[int]:
        """Return who had the case each time it was closed as done."""
        c = t.case_event.c
        done = (c.case_id == case_id) & (c.trigger == Trigger.RESOLVE.value)
        found = sa.select(c.handler_id).where(done, c.handler_id.is_not(None)).distinct()
        return frozenset(row.handler_id for row in self._unit.run(found))

    def save(self, case: Case) -> Case:
        """Store the case if nobody else has changed it since it was read.

        Only what changed is written: every column that is named costs its indexes.
        """
        before = self._read.get((case.id, case.version)) or self.get(case.id)
        values = {name: getattr(case, name) for name in _CHANGING}
        changed = {name: values[name] for name in values if values[name] != getattr(before, name)}
        changed = self._sealed(changed) | {"version": case.version + 1}
        result = self._unit.run(_SAVE, case=case.id, seen_version=case.version, **changed)
        if result.rowcount != 1:
            raise RefusedError("changed_meanwhile")
        saved = replace(case, version=case.version + 1)
        shift_load(self._unit, before, saved)
        if (before.description, before.place) != (saved.description, saved.place):
            self._unit.run(_UNFIND, case=saved.id)
            self._find_by_words(saved)
        self._read[saved.id, saved.version] = saved
        return saved

    def urged(self, case: Case) -> Case:
        """Count once more, now."""
        urged = {"times_urged": case.times_urged + 1, "urged_at": self._unit.now}
        self._unit.run(t.case_file.update().where(t.case_file.c.id == case.id).values(**urged))
        return replace(case, times_urged=case.times_urged + 1, urged_at=self._unit.now)

    def record(self, case_id: int, event: CaseEvent) -> int:
        """Add a line to the history."""
        words = self._unit.personal.seal("case_event.words", event.words)
        values = columns_of(event) | {"case_id": case_id, "words": words}
        return self._unit.insert(t.case_event, values)

    def next_waiting(self, agency: str, after: Case | None) -> Case | None:
        """Return the next case that nobody has, locked; those that another unit has are passed."""
        levels = [True, False] if after is None or after.urgent else [False]
        for urgent in levels:
            beyond = after.id if after is not None and after.urgent == urgent else 0
            values = {"for_agency": agency, "is_urgent": urgent, "beyond": beyond}
            row = self._unit.run(_NEXT, **values).first()
            if row is not None:
                return self._case(row._asdict())
        return None

    def agencies_waiting(self) -> Sequence[str]:
        """Return the agencies for which cases wait."""
        return [row.agency for row in self._unit.run(_AGENCIES)]

    def by_token(self, token: str) -> CasePage | None:
        """Return the page of the case behind an unguessable token."""
        return self._page(CASE_ROWS.where(t.case_file.c.token == token))

    def page(self, case_id: int) -> CasePage | None:
        """Return the page of a case."""
        return self._page(CASE_ROWS.where(t.case_file.c.id == case_id))

    def of_ids(self, ids: Sequence[int]) -> Sequence[CaseRow]:
        """Return these cases."""
        return self.rows(CASE_ROWS.where(t.case_file.c.id.in_(ids))) if ids else []

    def counts(self) -> dict[str, int]:
        """Count cases by state, where somebody has to act."""
        state = t.case_file.c.state
        rows = self._unit.run(
            sa.select(state, sa.func.count().label("n")).where(state.in_(_CHARGED)).group_by(state)
        )
        return {row.state: row.n for row in rows}

    def _find_by_words(self, case: Case) -> None:
        words = pieces_in(f"{case.place} {case.description}")
        rows = [{"word": word, "case_id": case.id} for word in sorted(words)]
        self._unit.insert_many(t.case_word, rows)

    def _page(self, query: sa.Select[Any]) -> CasePage | None:
        rows = self.rows(query)
        if not rows:
            return None
        case = rows[0].case
        events = self._events(case.id)
        return CasePage(
            case=case,
            handler_name=rows[0].handler_name,
            events=events,
            names=self._names({event.actor for event in events}),
        )

    def _events(self, case_id: int) -> Sequence[CaseEvent]:
        rows = self._unit.run(
            sa.select(t.case_event)
            .where(t.case_event.c.case_id == case_id)
            .order_by(t.case_event.c.id)
        )
        return [
            CaseEvent(
                kind=EventKind(row.kind),
                trigger=Trigger(row.trigger) if row.trigger else None,
                state=State(row.state),
                actor=row.actor,
                words=self._unit.personal.open("case_event.words", row.words),
                at=row.at,
                handler_id=row.handler_id,
            )
            for row in rows
        ]

    def last_trigger(self, case_id: int) -> Trigger | None:
        """Return the one of the newest line that has one."""
        c = t.case_event.c
        moves = sa.select(c.trigger).where(c.case_id == case_id, c.trigger.is_not(None))
        found = self._unit.run(moves.order_by(c.id.desc()).limit(1)).scalar()
        return None if found is None else Trigger(found)

    def last_words(self, case_id: int, kind: EventKind) -> str:
        """Return the words of the newest line of that kind."""
        row = self._unit.run(
            sa.select(t.case_event.c.words)
            .where(t.case_event.c.case_id == case_id, t.case_event.c.kind == kind.value)
            .order_by(t.case_event.c.id.desc())
            .limit(1)
        ).first()
        return "" if row is None else self._unit.personal.open("case_event.words", row.words)

    def _names(self, actors: set[str]) -> dict[str, str]:
        return self._named(actors, "staff", t.staff) | self._named(
            actors, "organisation", t.organisation
        )

    def _named(self, actors: set[str], kind: str, table: sa.Table) -> dict[str, str]:
        prefix = f"{kind}:"
        ids = [int(one.removeprefix(prefix)) for one in actors if one.startswith(prefix)]
        if not ids:
            return {}
        rows = self._unit.run(sa.select(table.c.id, table.c.name).where(table.c.id.in_(ids)))
        return {f"{prefix}{row.id}": row.name for row in rows}

    def rows(self, query: sa.Select[Any]) -> Sequence[CaseRow]:
        """Return what a query of CASE_ROWS finds."""
        return [
            CaseRow(case=self._case(row), handler_name=row["handler_name"] or "")
            for row in self._unit.run(query).mappings()
        ]

    def _sealed(self, values: dict[str, Any]) -> dict[str, Any]:
        seal = self._unit.personal.seal
        return values | {
            name: seal(f"case_file.{name}", values[name]) for name in _PERSONAL if name in values
        }

    def _case(self, row: Any) -> Case:
        values = {name: row[name] for name in _COLUMNS}
        for name in _PERSONAL:
            values[name] = self._unit.personal.open(f"case_file.{name}", values[name])
        values["state"] = State(values["state"])
        case = Case(number=case_number(values["id"]), **values)
        self._read[case.id, case.version] = case
        return case
