"""Texts of initiatives, questions, proposals, and statements of offices."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from bot.model.remark import (
    Remark,
    RemarkKind,
    RemarkState,
    Statement,
    TextVersion,
    Wording,
)
from bot.store import tables as t
from bot.store.ground.unit import Unit, columns_of

_LATELY: Final = timedelta(days=1)


class SqlRemarks:
    """See `bot.ports.remarks.Remarks`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def texts(self, initiative_id: int) -> Sequence[TextVersion]:
        """Return the versions."""
        table = t.initiative_text
        query = sa.select(table).where(table.c.initiative_id == initiative_id)
        return [
            TextVersion(
                initiative_id=row.initiative_id,
                number=row.number,
                wording=self._wording("initiative_text.wording", row.wording) or _GONE,
                remark_id=row.remark_id,
                at=row.at,
            )
            for row in self._unit.run(query.order_by(table.c.number))
        ]

    def of_initiative(self, initiative_id: int) -> Sequence[Remark]:
        """Return all of one."""
        return self._some(t.remark.c.initiative_id == initiative_id)

    def reported(self) -> Sequence[Remark]:
        """Return the hidden ones that say something still."""
        return self._some(t.remark_hidden & (t.remark.c.words != ""))

    def find(self, remark_id: int) -> Remark | None:
        """Return it if there is one."""
        return next(iter(self._some(t.remark.c.id == remark_id)), None)

    def statements(self, initiative_id: int) -> Sequence[Statement]:
        """Return what offices said."""
        table = t.statement
        query = sa.select(table).where(table.c.initiative_id == initiative_id)
        return [
            Statement(
                initiative_id=row.initiative_id,
                staff_id=row.staff_id,
                office=row.office,
                words=row.words,
                at=row.at,
            )
            for row in self._unit.run(query.order_by(table.c.id))
        ]

    def make(self, remark: Remark) -> Remark:
        """Insert it."""
        return replace(remark, id=self._unit.insert(t.remark, self._row(remark)))

    def save(self, remark: Remark) -> Remark:
        """Change it."""
        change = t.remark.update().where(t.remark.c.id == remark.id)
        self._unit.run(change.values(**self._row(remark)))
        return remark

    def move(self, remark_id: int, initiative_id: int) -> None:
        """Change what it is about."""
        change = t.remark.update().where(t.remark.c.id == remark_id)
        self._unit.run(change.values(initiative_id=initiative_id))

    def lately(self, person_id: int) -> int:
        """Count those of the last day."""
        since = self._unit.now - _LATELY
        return self._count((t.remark.c.person_id == person_id) & (t.remark.c.at > since))

    def open_count(self, initiative_id: int, kind: RemarkKind) -> int:
        """Count those that wait."""
        return self._count(
            (t.remark.c.initiative_id == initiative_id)
            & (t.remark.c.kind == kind.value)
            & (t.remark.c.state == RemarkState.OPEN.value)
        )

    def keep_text(self, version: TextVersion) -> None:
        """Insert it."""
        sealed = self._sealed("initiative_text.wording", version.wording)
        self._unit.insert(t.initiative_text, columns_of(version) | {"wording": sealed})

    def state(self, statement: Statement) -> None:
        """Insert it."""
        self._unit.insert(t.statement, columns_of(statement))

    def report(self, remark_id: int, person_id: int) -> int:
        """Insert it once for each person, and count."""
        values = {"remark_id": remark_id, "person_id": person_id, "at": self._unit.now}
        unique = ("remark_id", "person_id")
        self._unit.insert_if_absent(t.remark_report, unique, values | {"seen": False})
        query = sa.select(sa.func.count()).select_from(t.remark_report)
        unseen = (t.remark_report.c.remark_id == remark_id) & ~t.remark_report.c.seen
        return int(self._unit.run(query.where(unseen)).scalar_one())

    def reports_seen(self, remark_id: int) -> None:
        """Mark them."""
        change = t.remark_report.update().where(t.remark_report.c.remark_id == remark_id)
        self._unit.run(change.values(seen=True))

    def absorb(self, *, old: int, into: int) -> None:
        """Let all of it be the other's."""
        self._unit.run(t.remark.update().where(t.remark.c.person_id == old).values(person_id=into))
        table = t.remark_report
        both = sa.select(table.c.remark_id).where(table.c.person_id == into)
        theirs = table.c.person_id == old
        self._unit.run(table.delete().where(theirs, table.c.remark_id.in_(both)))
        self._unit.run(table.update().where(theirs).values(person_id=into))

    def _count(self, where: sa.ColumnElement[bool]) -> int:
        query = sa.select(sa.func.count()).select_from(t.remark).where(where)
        return int(self._unit.run(query).scalar_one())

    def _some(self, where: sa.ColumnElement[bool]) -> list[Remark]:
        query = sa.select(t.remark).where(where).order_by(t.remark.c.id)
        return [self._remark(row) for row in self._unit.run(query)]

    def _row(self, remark: Remark) -> dict[str, Any]:
        values = columns_of(remark)
        del values["id"]
        seal = self._unit.personal.seal
        return values | {
            "kind": remark.kind.value,
            "state": remark.state.value,
            "words": seal("remark.words", remark.words),
            "answer": seal("remark.answer", remark.answer),
            "wording": self._sealed("remark.wording", remark.wording),
        }

    def _remark(self, row: Any) -> Remark:
        values = {column.name: getattr(row, column.name) for column in t.remark.c}
        for name in ("words", "answer"):
            values[name] = self._unit.personal.open(f"remark.{name}", values[name])
        values["wording"] = self._wording("remark.wording", row.wording)
        kind, state = RemarkKind(row.kind), RemarkState(row.state)
        return Remark(**values | {"kind": kind, "state": state})

    def _sealed(self, field: str, wording: Wording | None) -> str:
        plain = "" if wording is None else json.dumps(asdict(wording), ensure_ascii=False)
        return self._unit.personal.seal(field, plain)

    def _wording(self, field: str, sealed: str) -> Wording | None:
        plain = self._unit.personal.open(field, sealed)
        return Wording(**json.loads(plain)) if plain else None


_GONE: Final = Wording(title="", place="", reason="", things="")
"""What was blanked when its time was over, or its author left."""
