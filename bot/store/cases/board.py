"""Lists of cases: each begins at the index that fits best, and looks at a bounded part of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from bot.model.case import OPEN_STATES, State
from bot.model.relation import Await
from bot.ports.board import LOOKED_MOST, Sieve, Slice, Tally
from bot.ports.cases import CaseRow
from bot.store import tables as t
from bot.store.cases.cases import CASE_ROWS, SqlCases
from bot.store.ground.unit import Unit

_CASE: Final = t.case_file.c
_WORD: Final = t.case_word.c
_SKEW: Final = timedelta(hours=1)
"""Ids are given in the order of opening, but for units that ran side by side."""

_ASKED: Final = sa.exists().where(
    t.awaited.c.case_id == _CASE.id, t.awaited.c.kind == Await.QUESTION.value
)
_NOBODY: Final = _CASE.handler_id.is_(None)

Lead = tuple[sa.ColumnElement[int], sa.ColumnElement[bool]]


class SqlBoard:
    """See `bot.ports.board.BoardViews`."""

    def __init__(self, unit: Unit, cases: SqlCases) -> None:
        self._unit = unit
        self._cases = cases

    def slice(self, sieve: Sieve, *, before: int | None, limit: int) -> Slice:
        """Return the newest cases that pass."""
        window = self._window(sieve, before)
        rows = self._cases.rows(
            CASE_ROWS.join(window, window.c.id == _CASE.id)
            .where(*self._conditions(sieve))
            .order_by(window.c.id.desc())
            .limit(limit + 1)
        )
        if len(rows) > limit:
            return Slice(rows[:limit], rows[limit - 1].case.id, cut=False)
        looked = self._looked(window)
        is_cut = looked.n == LOOKED_MOST
        return Slice(rows, looked.last if is_cut else None, is_cut)

    def tallies(self, sieve: Sieve) -> Mapping[State, Tally]:
        """Return how many pass in each state, whatever states the sieve asks for."""
        sieve = replace(sieve, states=())
        if sieve == Sieve():
            return self._all_tallies()
        window = self._window(sieve, None)
        more = self._looked(window).n == LOOKED_MOST
        rows = self._unit.run(
            sa.select(_CASE.state, sa.func.count().label("n"))
            .select_from(t.case_file.join(window, window.c.id == _CASE.id))
            .where(*self._conditions(sieve))
            .group_by(_CASE.state)
        )
        found = {State(row.state): row.n for row in rows}
        return {state: Tally(found.get(state, 0), more) for state in State}

    def _all_tallies(self) -> Mapping[State, Tally]:
        counted = []
        for state in State:
            some = sa.select(_CASE.id).where(_CASE.state == state.value).limit(LOOKED_MOST)
            looked = some.subquery()
            name = sa.literal(state.value).label("state")
            counted.append(sa.select(name, sa.func.count().label("n")).select_from(looked))
        rows = self._unit.run(sa.union_all(*counted))
        return {State(row.state): Tally(row.n, row.n == LOOKED_MOST) for row in rows}

    def matches(self, case_id: int, words: frozenset[str]) -> bool:
        """Say whether all words are in the case."""
        query = sa.select(sa.func.count()).where(_WORD.case_id == case_id, _WORD.word.in_(words))
        return int(self._unit.run(query).scalar_one()) == len(words)

    def first_due(self, sieve: Sieve, *, limit: int) -> Slice:
        """Return open cases that pass by their limit; where all pass, no more are looked at."""
        states = OPEN_STATES.intersection(sieve.states or OPEN_STATES)
        sifts = self._conditions(replace(sieve, states=()))
        parts = [
            sa.select(
                sa.select(_CASE.id)
                .where(self._open_in(state, urgent))
                .order_by(_CASE.due_at, _CASE.id)
                .limit(LOOKED_MOST if sifts else limit + 1)
                .subquery()
            )
            for state in sorted(states)
            for urgent in (sa.true(), sa.false())
        ]
        looked = sa.union_all(*parts).subquery()
        rows = self._cases.rows(
            CASE_ROWS.join(looked, looked.c.id == _CASE.id)
            .where(*sifts)
            .order_by(_CASE.urgent.desc(), _CASE.due_at, _CASE.id)
            .limit(limit + 1)
        )
        return Slice(rows[:limit], None, cut=len(rows) > limit)

    def carried_by(self, staff_id: int) -> Sequence[CaseRow]:
        """Return all open cases of a member."""
        states = [state.value for state in sorted(OPEN_STATES)]
        return self._cases.rows(
            CASE_ROWS.where(_CASE.handler_id == staff_id, _CASE.state.in_(states)).order_by(
                _CASE.due_at
            )
        )

    def free(self, agency: str, limit: int) -> Sequence[CaseRow]:
        """Return open cases for the agency that nobody has."""
        return self._cases.rows(
            CASE_ROWS.where(t.case_open, _NOBODY, _CASE.agency == agency)
            .order_by(_CASE.urgent.desc(), _CASE.due_at, _CASE.id)
            .limit(limit)
        )

    def _looked(self, window: sa.Subquery) -> Any:
        query = sa.select(
            sa.func.count().label("n"), sa.func.min(window.c.id).label("last")
        ).select_from(window)
        return self._unit.run(query).one()

    def _window(self, sieve: Sieve, before: int | None) -> sa.Subquery:
        """Return the ids that are looked at: the newest of the rows that one index gives."""
        bounds = self._bounds(sieve, before)
        parts = [
            sa.select(
                sa.select(key.label("id"))
                .where(lead, *(bound(key) for bound in bounds))
                .order_by(key.desc())
                .limit(LOOKED_MOST)
                .subquery()
            )
            for key, lead in self._leads(sieve)
        ]
        if len(parts) == 1:
            return parts[0].subquery("looked")
        merged = sa.union_all(*parts).subquery()
        return (
            sa.select(merged.c.id)
            .order_by(merged.c.id.desc())
            .limit(LOOKED_MOST)
            .subquery("looked")
        )

    def _leads(self, sieve: Sieve) -> Sequence[Lead]:
        """Return the key and the condition of each stretch of an index, the most telling first."""
        if sieve.words:
            return [(_WORD.case_id, _WORD.word == self._rarest(sieve.words))]
        open_ones = bool(sieve.states) and OPEN_STATES.issuperset(sieve.states)
        held = _CASE.handler_id == sieve.handler_id
        choices: tuple[tuple[object, Callable[[], Sequence[sa.ColumnElement[bool]]]], ...] = (
            (sieve.handler_id and open_ones, lambda: _each(_CASE.state, sieve.states, held)),
            (sieve.handler_id, lambda: [held]),
            (sieve.late, self._over),
            (open_ones, lambda: _each(_CASE.state, sieve.states)),
            (sieve.services, lambda: _each(_CASE.service_code, sieve.services)),
            (sieve.grid_id, lambda: [_CASE.grid_id == sieve.grid_id]),
            (sieve.agency, lambda: [_CASE.agency == sieve.agency]),
            (sieve.states, lambda: _each(_CASE.state, sieve.states)),
            (True, lambda: [sa.true()]),
        )
        conditions = next(make for fits, make in choices if fits)()
        return [(_CASE.id, condition) for condition in conditions]

    def _over(self) -> Sequence[sa.ColumnElement[bool]]:
        return [
            sa.and_(self._open_in(state, urgent), _CASE.due_at < self._unit.now)
            for state in sorted(OPEN_STATES)
            for urgent in (sa.true(), sa.false())
        ]

    def _open_in(self, state: State, urgent: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
        """Return a stretch of the index of limits.

        SQLite sees only by the words of its condition that it serves; PostgreSQL sees it by the
        literal, would count both as telling, and take another index for all that is open.
        """
        stretch = sa.and_(
            _CASE.state == sa.literal_column(f"'{state.value}'", sa.Text), _CASE.urgent.is_(urgent)
        )
        return stretch if self._unit.shared else sa.and_(t.case_open, stretch)

    def _rarest(self, words: frozenset[str]) -> str:
        """Return the word that the fewest cases have, as far as that is counted."""
        counts: dict[str, int] = {}
        for word in words:
            some = sa.select(_WORD.case_id).where(_WORD.word == word).limit(LOOKED_MOST).subquery()
            query = sa.select(sa.func.count()).select_from(some)
            counts[word] = int(self._unit.run(query).scalar_one())
        return min(sorted(words), key=counts.__getitem__)

    def _bounds(self, sieve: Sieve, before: int | None) -> list[Any]:
        """Return conditions on the key: older than `before`, and about in the time asked for."""
        bounds: list[Any] = []
        if before is not None:
            bounds.append(lambda key: key < before)
        if sieve.since is not None:
            first = self._edge(_CASE.opened_at < sieve.since - _SKEW, _CASE.opened_at.desc())
            bounds.append(lambda key: key > first)
        if sieve.until is not None:
            last = self._edge(_CASE.opened_at >= sieve.until + _SKEW, _CASE.opened_at)
            if last:
                bounds.append(lambda key: key < last)
        return bounds

    def _edge(self, beyond: sa.ColumnElement[bool], order: sa.ColumnElement[Any]) -> int:
        query = sa.select(_CASE.id).where(beyond).order_by(order).limit(1)
        return int(self._unit.run(query).scalar() or 0)

    def _conditions(self, sieve: Sieve) -> list[sa.ColumnElement[bool]]:
        """Return what each of the rows that are looked at has to be."""
        choices: tuple[tuple[object, Callable[[], sa.ColumnElement[bool]]], ...] = (
            (sieve.states, lambda: _CASE.state.in_([state.value for state in sieve.states])),
            (sieve.services, lambda: _CASE.service_code.in_(sieve.services)),
            (sieve.agency, lambda: _CASE.agency == sieve.agency),
            (sieve.grid_id, lambda: _CASE.grid_id == sieve.grid_id),
            (sieve.handler_id, lambda: _CASE.handler_id == sieve.handler_id),
            (sieve.late, lambda: sa.and_(_CASE.due_at < self._unit.now, sa.not_(_ASKED))),
            (sieve.urgent, lambda: _CASE.urgent.is_(sa.true())),
            (sieve.since, lambda: _CASE.opened_at >= sieve.since),
            (sieve.until, lambda: _CASE.opened_at < sieve.until),
        )
        words = [
            sa.exists().where(_WORD.word == word, _WORD.case_id == _CASE.id)
            for word in sorted(sieve.words)
        ]
        return [make() for wanted, make in choices if wanted] + words


def _each(
    column: sa.ColumnElement[str], values: Sequence[str], *besides: sa.ColumnElement[bool]
) -> list[sa.ColumnElement[bool]]:
    """Return a condition for each value: every one is a stretch of an index of its own."""
    return [sa.and_(column == str(value), *besides) for value in values]
