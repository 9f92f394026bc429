"""A resident votes: once, changeable until the end, and nobody is told how."""

from collections.abc import Sequence
from typing import Final

from bot.model.case import RefusedError
from bot.ports.bell import VOTES
from bot.ports.storage import Tx
from bot.ports.votes import Vote
from credits.ballots import BallotError, write
from credits.vote_file import Ballot
from credits.voting import VoteState

TURNOUT_STEP: Final = 5


def cast(tx: Tx, person_id: int, vote_id: int, numbers: Sequence[int]) -> Ballot:
    """Keep her ballot in place of her earlier one; no numbers are an abstention.

    Raises RefusedError for a vote that isn't open, a person who isn't on its roll, and a ballot
    that couldn't be counted. The vote is held, so that it isn't counted meanwhile.
    """
    tx.people.hold(person_id)
    try:
        vote = tx.votes.hold(vote_id, share=True)
    except KeyError:
        raise RefusedError("vote_unknown") from None
    check_open(tx, vote)
    if tx.votes.has_voted(vote_id, person_id) is None:
        raise RefusedError("vote_not_yours")
    try:
        choice = write(vote.question.paper, numbers)
    except BallotError as wrong:
        raise RefusedError(f"vote_{wrong.reason}") from None
    made = tx.votes.cast(vote, person_id, choice)
    tx.ring(VOTES)
    return made


def shown_turnout(vote: Vote, voted: int) -> int:
    """Return what is told of how many have voted.

    Until it is counted only every fifth moves it: whoever watches the number and the neighbour's
    door learns nothing.
    """
    if vote.result is not None:
        return vote.result.cast
    return voted - voted % TURNOUT_STEP


def check_open(tx: Tx, vote: Vote) -> None:
    """Raise RefusedError unless it can be voted on now."""
    if vote.state in {VoteState.PLANNED, VoteState.OFFERED}:
        raise RefusedError("vote_unknown")
    if vote.state is VoteState.CANCELLED:
        raise RefusedError("vote_cancelled")
    if vote.state is not VoteState.OPEN or tx.now >= vote.question.ends_at:
        raise RefusedError("vote_over")
