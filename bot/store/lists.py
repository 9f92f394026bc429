"""Lists of cases as staff filter them."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from bot.model.case import OPEN_STATES
from bot.ports.cases import CaseRow
from bot.ports.lists import CaseFilter
from bot.store import tables as t
from bot.store.cases import CASE_ROWS, SqlCases
from bot.store.unit import Unit

_c = t.case_file.c
_DUE = sa.case((_c.answered_at.is_(None), _c.answer_due), else_=_c.solve_due)
_OPEN = _c.state.in_([state.value for state in OPEN_STATES])


class SqlCaseLists:
    """See `bot.ports.lists.CaseLists`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._cases = SqlCases(unit)

    def newest(self, wanted: CaseFilter, *, before: int | None, limit: int) -> Sequence[CaseRow]:
        """Return the newest cases that fit."""
        query = CASE_ROWS.where(*self._conditions(wanted)).order_by(_c.id.desc()).limit(limit)
        return self._cases.rows(query if before is None else query.where(_c.id < before))

    def first_due(self, wanted: CaseFilter, *, limit: int) -> Sequence[CaseRow]:
        """Return the cases that fit, by clock."""
        query = CASE_ROWS.where(*self._conditions(wanted))
        return self._cases.rows(query.order_by(_c.urgent.desc(), _DUE, _c.id).limit(limit))

    def count(self, wanted: CaseFilter, *, most: int) -> int:
        """Count those that fit, up to `most`."""
        some = sa.select(_c.id).where(*self._conditions(wanted)).limit(most).subquery()
        return int(self._unit.run(sa.select(sa.func.count()).select_from(some)).scalar_one())

    def _conditions(self, wanted: CaseFilter) -> Iterator[sa.ColumnElement[Any]]:
        yield _c.state.in_([state.value for state in wanted.states])
        if wanted.services:
            yield _c.service_code.in_(wanted.services)
        if wanted.grid_id is not None:
            yield _c.grid_id == wanted.grid_id
        if wanted.handler_id is not None:
            yield _c.handler_id == wanted.handler_id
        if wanted.since is not None:
            yield _c.opened_at >= wanted.since
        if wanted.urgent:
            yield _c.urgent
        if wanted.late:
            yield sa.and_(_OPEN, self._unit.now > _DUE)
        for word in wanted.words:
            yield sa.or_(
                _c.description.contains(word, autoescape=True),
                _c.place.contains(word, autoescape=True),
            )
