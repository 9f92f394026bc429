"""Ballots until they are counted: found by a keyed hash of the voter, and sealed.

The database alone tells neither whose a ballot is nor what it says: both need the service's
secret. When they are counted the salt of the hash is destroyed, so that the secret does not help
any more either.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from bot.ports.votes import Vote
from bot.store import tables as t
from bot.store.ground.unit import Unit
from credits.vote_file import Ballot

_FIELD: Final = "ballot.sealed"
_CODES: Final = 10**12
_WIDTH: Final = 96
"""All are as long as the longest, or the length would tell what they say."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is sealed; `helper_id` is who entered it for the voter, 0 for nobody."""

    ballot: Ballot
    weight: int
    helper_id: int


class Ballots:
    """The ballots of votes that are open."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def own(self, vote: Vote, person_id: int, helper_id: int | None) -> Ballot | None:
        """Return hers; to a helper only what that helper entered."""
        mine = t.ballot.c.handle == self._handle(vote, person_id)
        sealed = self._unit.run(sa.select(t.ballot.c.sealed).where(mine)).scalar()
        if sealed is None:
            return None
        kept = self._opened(sealed)
        return kept.ballot if helper_id in {None, kept.helper_id} else None

    def put(
        self, vote: Vote, person_id: int, choice: str, weight: int, helper_id: int | None
    ) -> Ballot:
        """Keep hers, under a new code."""
        made = Ballot(f"{secrets.randbelow(_CODES):012d}", choice)
        text = f"{made.code} {made.choice} {weight} {helper_id or 0}".ljust(_WIDTH)
        values = {
            "handle": self._handle(vote, person_id),
            "vote_id": vote.id,
            "sealed": self._unit.personal.seal_undated(_FIELD, text),
            "until": vote.question.ends_at,
        }
        self._unit.put(t.ballot, ("handle",), values)
        return made

    def move(self, vote: Vote, old: int, into: int | None) -> None:
        """Let the ballot of one account be that of another, or of nobody."""
        hers = t.ballot.c.handle == self._handle(vote, old)
        if into is None:
            self._unit.run(t.ballot.delete().where(hers))
        else:
            handle = self._handle(vote, into)
            self._unit.run(t.ballot.update().where(hers).values(handle=handle))

    def open_all(self, vote: Vote) -> Sequence[tuple[Ballot, int]]:
        """Return all with their weights, in the order of their codes."""
        rows: Any = self._unit.run(
            sa.select(t.ballot.c.sealed).where(t.ballot.c.vote_id == vote.id)
        ).scalars()
        return sorted((kept.ballot, kept.weight) for kept in map(self._opened, rows))

    def destroy(self, vote: Vote) -> None:
        """Delete all."""
        self._unit.run(t.ballot.delete().where(t.ballot.c.vote_id == vote.id))

    def _opened(self, sealed: str) -> _Kept:
        code, choice, *numbers = self._unit.personal.open(_FIELD, sealed).split()
        weight, helper_id, *_ = (*map(int, numbers), 0, 0)  # those from before have fewer
        return _Kept(Ballot(code, choice), weight, helper_id)

    def _handle(self, vote: Vote, person_id: int) -> str:
        return self._unit.personal.fingerprint("ballot", f"{vote.id}:{vote.veil}:{person_id}")
