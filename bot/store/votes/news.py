"""Who is to be told of votes, and was."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from bot.ports.votes import Vote, Voted
from bot.store import tables as t
from bot.store.ground.unit import Unit
from bot.store.votes.votes import vote_of
from credits.voting import ENDED, VoteState

_ROLL: Final = t.vote_roll.c
_OF_VOTE: Final = _ROLL.vote_id == t.vote.c.id
_ENDED: Final = t.vote.c.state.in_([one.value for one in ENDED])
_UNTHANKED: Final = _ROLL.voted & ~_ROLL.thanked
_END_UNTOLD: Final = sa.and_(_ROLL.told_at.is_not(None), ~_ROLL.end_told)


class SqlVoteNews:
    """See `bot.ports.votes.VoteNews`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def untold(
        self, since: datetime, *, soon: datetime, ends_after: datetime, limit: int
    ) -> Sequence[int]:
        """Look along the open votes."""
        other = t.vote_roll.alias()
        lately = sa.exists().where(other.c.person_id == _ROLL.person_id, other.c.told_at > since)
        query = (
            sa.select(_ROLL.person_id)
            .where(_OF_VOTE, _open(ends_after), _ROLL.told_at.is_(None))
            .where(sa.or_(t.vote.c.ends_at < soon, ~lately))
        )
        return self._people(query, limit)

    def tell_opened(self, person_id: int, *, ends_after: datetime) -> list[Vote]:
        """Mark them."""
        which = sa.and_(_open(ends_after), _ROLL.told_at.is_(None))
        return self._mark(person_id, which, told_at=self._unit.now)

    def end_untold(self, limit: int) -> Sequence[int]:
        """Look along those that have ended."""
        query = sa.select(_ROLL.person_id).where(_OF_VOTE, _ENDED, _END_UNTOLD)
        return self._people(query, limit)

    def tell_ended(self, person_id: int) -> list[Vote]:
        """Mark them."""
        return self._mark(person_id, sa.and_(_ENDED, _END_UNTOLD), end_told=True)

    def unthanked(self, limit: int) -> Sequence[Voted]:
        """Look along those that are counted."""
        query = (
            sa.select(_ROLL.vote_id, _ROLL.person_id, t.vote.c.ends_at)
            .where(_OF_VOTE, t.vote.c.state == VoteState.COUNTED.value, _UNTHANKED)
            .order_by(_ROLL.person_id, _ROLL.vote_id)
        )
        rows = self._unit.run(query.limit(limit))
        return [Voted(row.vote_id, row.person_id, row.ends_at) for row in rows]

    def note_thanked(self, one: Voted) -> bool:
        """Mark her place."""
        place = (_ROLL.vote_id == one.vote_id) & (_ROLL.person_id == one.person_id)
        marked = t.vote_roll.update().where(place, _UNTHANKED).values(thanked=True)
        return self._unit.run(marked).rowcount == 1

    def _people(self, query: sa.Select[tuple[int]], limit: int) -> Sequence[int]:
        found = self._unit.run(query.distinct().order_by(_ROLL.person_id).limit(limit))
        return list(found.scalars())

    def _mark(self, person_id: int, which: sa.ColumnElement[bool], **marks: object) -> list[Vote]:
        hers = _ROLL.person_id == person_id
        query = sa.select(t.vote, _ROLL.id.label("place")).where(_OF_VOTE, hers, which)
        rows = self._unit.run(query.order_by(t.vote.c.ends_at, t.vote.c.id)).all()
        places = _ROLL.id.in_([row.place for row in rows])
        self._unit.run(t.vote_roll.update().where(places).values(**marks))
        return [vote_of(row) for row in rows]


def _open(ends_after: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(t.vote.c.state == VoteState.OPEN.value, t.vote.c.ends_at > ends_after)
