"""Counted votes as files that anybody counts again, and the check of all that lie here."""

from collections.abc import Iterator, Sequence
from typing import Final

import sqlalchemy as sa

from bot.ports.votes import Vote
from bot.store import tables as t
from bot.store.exports.ledger import published
from bot.store.votes.votes import vote_of
from credits.recount import recount
from credits.verify import BrokenError
from credits.vote_file import Ballot, lines
from credits.voting import VoteState

CHECKED: Final = "votes"
"""The name of what is checked: `console.ledger.check` says it."""


def counted_votes(connection: sa.Connection) -> Iterator[tuple[Vote, Sequence[str]]]:
    """Yield each vote that was counted, with the lines of its file."""
    query = sa.select(t.vote).where(t.vote.c.state == VoteState.COUNTED.value)
    for row in connection.execute(query.order_by(t.vote.c.id)).all():
        vote = vote_of(row)
        yield vote, _lines(connection, vote)


def check_votes(connection: sa.Connection) -> str:
    """Count every vote again; raise BrokenError for the first that doesn't fit."""
    keys = {key for key, _, _ in published(connection)}
    for vote, written in counted_votes(connection):
        try:
            found = recount(line.encode() for line in written)
        except BrokenError as error:
            raise BrokenError(f"vote {vote.id}, {error.where}", error.what) from error
        if found.key not in keys:
            raise BrokenError(f"vote {vote.id}", "it is signed with a key that was never ours")
        _check_roll(connection, vote, found.tally.cast)
    return CHECKED


def _lines(connection: sa.Connection, vote: Vote) -> Sequence[str]:
    table = t.counted_ballot
    query = sa.select(table.c.code, table.c.choice).where(table.c.vote_id == vote.id)
    rows = connection.execute(query.order_by(table.c.place))
    ballots = [Ballot(row.code, row.choice) for row in rows]
    if vote.result is None:
        raise BrokenError(f"vote {vote.id}", "the result is missing")
    return list(
        lines(vote.header(len(ballots)), ballots, vote.result, vote.signed, vote.key, vote.bands)
    )


def _check_roll(connection: sa.Connection, vote: Vote, cast: int) -> None:
    """There are as many ballots as people who voted, less accounts that became one since."""
    table = t.vote_roll
    count = sa.select(sa.func.count()).where(table.c.vote_id == vote.id)
    listed = connection.execute(count).scalar_one()
    voted = connection.execute(count.where(table.c.voted)).scalar_one()
    if voted > cast or (listed == vote.roll and voted != cast):
        raise BrokenError(f"vote {vote.id}", f"{voted} people voted, and {cast} ballots are here")
