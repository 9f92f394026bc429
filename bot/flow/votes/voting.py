"""A resident votes: once, changeable until the end, and nobody is told how."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from bot.model.case import RefusedError
from bot.ports.bell import VOTES
from bot.ports.storage import Tx
from bot.ports.votes import Vote, Way
from credits.ballots import BallotError, write
from credits.vote_file import Ballot
from credits.voting import VoteState

TURNOUT_STEP: Final = 5
_ABOUT: Final = "initiative:"
_STANDS_BEFORE: Final[Mapping[Way, frozenset[Way]]] = MappingProxyType(
    {
        Way.OWN: frozenset(),
        Way.PHONE: frozenset(),
        Way.PAPER: frozenset({Way.OWN, Way.PHONE, Way.PAPER}),
        Way.HELPER: frozenset({Way.OWN, Way.PHONE, Way.PAPER}),
    }
)
"""What an entry of that way doesn't take the place of."""


def cast(
    tx: Tx, person_id: int, vote_id: int, numbers: Sequence[int], way: Way = Way.OWN
) -> Ballot:
    """Keep her own ballot in place of any earlier one; no numbers are an abstention.

    Raises RefusedError for a vote that isn't open, a person who isn't on its roll, and a ballot
    that couldn't be counted. The vote is held, so that it isn't counted meanwhile.
    """
    tx.people.hold(person_id)
    vote = may_vote(tx, person_id, vote_id, way)
    return keep(tx, vote, person_id, written(vote, numbers), way)


def may_vote(tx: Tx, person_id: int, vote_id: int, way: Way) -> Vote:
    """Return the vote, held, if somebody can be voted for in this way now; RefusedError if not.

    Nobody overrides what she did herself, and paper is counted once.
    """
    try:
        vote = tx.votes.hold(vote_id, share=True)
    except KeyError:
        raise RefusedError("vote_unknown") from None
    check_open(tx, vote)
    standing = tx.votes.way(vote_id, person_id)
    if standing is None:
        raise RefusedError("vote_not_yours")
    if standing in _STANDS_BEFORE[way]:
        raise RefusedError(f"vote_{standing}_stands")
    return vote


def written(vote: Vote, numbers: Sequence[int]) -> str:
    """Return the ballot as it is kept; RefusedError if it couldn't be counted."""
    try:
        return write(vote.question.paper, numbers)
    except BallotError as wrong:
        raise RefusedError(f"vote_{wrong.reason}") from None


def keep(
    tx: Tx, vote: Vote, person_id: int, choice: str, way: Way, *, helper_id: int | None = None
) -> Ballot:
    """Keep the ballot; its code is new."""
    made = tx.votes.cast(vote, person_id, choice, way, helper_id=helper_id)
    if is_about_initiative(vote) and tx.votes.turnout(vote.id) % TURNOUT_STEP == 0:
        change_cards(tx, vote)
    tx.ring(VOTES)
    return made


def change_cards(tx: Tx, vote: Vote) -> None:
    """Let cards of the initiative that it is about show what has changed."""
    if is_about_initiative(vote):
        tx.initiative_cards.changed(int(vote.question.subject.removeprefix(_ABOUT)))


def is_about_initiative(vote: Vote) -> bool:
    """Say whether it is about one."""
    subject = vote.question.subject
    return subject.startswith(_ABOUT) and subject.removeprefix(_ABOUT).isdecimal()


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
