"""What staff and the clock do to a vote: it is asked for, opened by a second, closed, counted."""

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.flow.credit.two_people import check_not_let_in
from bot.flow.votes.voting import change_cards
from bot.model.case import RefusedError
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.bell import DESK, VOTES
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from bot.ports.votes import Question, Vote
from credits.ballots import BallotError, Method
from credits.bands import banded
from credits.merkle import Frontier
from credits.tally import count
from credits.vote_file import leaves
from credits.voting import VoteError, VoteMove, VoteParty, VoteState, after

LASTS_LEAST: Final = timedelta(hours=1)
LASTS_MOST: Final = timedelta(days=62)
_TITLE_MOST: Final = 60
_WORDS_MOST: Final = 1000
_OPTION_MOST: Final = 40
_REASON_MOST: Final = 300
_WHOLE: Final = 100  # per cent
_VEIL_BYTES: Final = 32


def prepare(tx: Tx, staff: Staff, question: Question) -> int:
    """Write a vote down; nobody sees it yet."""
    _check_right(staff, Right.MANAGE_VOTES)
    return tx.votes.make(_checked(tx, question), staff.id)


def change(tx: Tx, staff: Staff, vote_id: int, question: Question) -> None:
    """Change a question that nobody was asked yet."""
    _check_right(staff, Right.MANAGE_VOTES)
    vote = _moved(tx, vote_id, VoteMove.CHANGE, VoteParty.STAFF)
    tx.votes.save(replace(vote, question=_checked(tx, question)))


def offer(tx: Tx, staff: Staff, vote_id: int) -> None:
    """Ask a second to open it; from now on the question stays as it is."""
    _check_right(staff, Right.MANAGE_VOTES)
    vote = _moved(tx, vote_id, VoteMove.OFFER, VoteParty.STAFF)
    _checked(tx, vote.question)
    tx.votes.save(replace(vote, offered_by=staff.id))
    tx.ring(DESK)


def refuse(tx: Tx, rules: Rules, staff: Staff, vote_id: int) -> None:
    """Give it back to be changed."""
    vote = _by_second(tx, rules, staff, vote_id, VoteMove.REFUSE)
    tx.votes.save(replace(vote, offered_by=None))
    tx.ring(DESK)


def open_it(tx: Tx, rules: Rules, staff: Staff, vote_id: int) -> Vote:
    """Open it, and fix who may vote."""
    vote = _by_second(tx, rules, staff, vote_id, VoteMove.OPEN)
    _checked(tx, vote.question)
    roll = tx.votes.fix_roll(vote, rules.policy.vote)
    if not roll:
        raise RefusedError("vote_nobody")
    opened = replace(
        vote,
        opened_by=staff.id,
        opened_at=tx.now,
        roll=roll,
        veil=secrets.token_hex(_VEIL_BYTES),
    )
    tx.votes.save(opened)
    change_cards(tx, opened)
    tx.ring(VOTES)
    tx.ring(DESK)
    return opened


def cancel(tx: Tx, rules: Rules, staff: Staff, vote_id: int, reason: str) -> None:
    """End it without a result, and say why; ballots are destroyed unread.

    Once people vote it takes somebody else than who asked for it.
    """
    reason = reason.strip()
    if not reason or len(reason) > _REASON_MOST:
        raise RefusedError("vote_reason")
    if _get(tx, vote_id).state is VoteState.OPEN:
        vote = _by_second(tx, rules, staff, vote_id, VoteMove.CANCEL)
    else:
        _check_right(staff, Right.MANAGE_VOTES)
        vote = _moved(tx, vote_id, VoteMove.CANCEL, VoteParty.STAFF)
    tx.votes.save(replace(vote, reason=reason, veil=""))
    tx.votes.destroy(vote)
    change_cards(tx, vote)
    tx.ring(VOTES)


def wind_up(tx: Tx, vote_id: int) -> None:
    """Close a vote whose time is up; in a unit of its own, count one that is closed."""
    vote = _get(tx, vote_id)
    if vote.state is VoteState.OPEN and tx.now >= vote.question.ends_at:
        tx.votes.save(_moved(tx, vote_id, VoteMove.CLOSE, VoteParty.SYSTEM))
        change_cards(tx, vote)
    elif vote.state is VoteState.CLOSED:
        _count(tx, _moved(tx, vote_id, VoteMove.COUNT, VoteParty.SYSTEM))
    tx.ring(VOTES)


def _count(tx: Tx, vote: Vote) -> None:
    """Count, sign what was counted, and keep nothing of whose ballots they were."""
    opened = tx.votes.open_ballots(vote)
    ballots = [ballot for ballot, _ in opened]
    weights = [(ballot.choice, weight) for ballot, weight in opened]
    bands = banded(weights) if vote.question.weighted else ()
    tree = Frontier()
    tree.add(*leaves(vote.header(len(ballots)), ballots, bands))
    signed, key = tx.log.sign(f"vote/{vote.id}", tree.size, tree.root())
    result = count(vote.question.paper, [one.choice for one in ballots])
    counted = replace(vote, result=result, bands=bands, signed=signed, key=key)
    tx.votes.save(replace(counted, veil="", again_at=None))
    tx.votes.publish(vote, ballots)


def _by_second(tx: Tx, rules: Rules, staff: Staff, vote_id: int, move: VoteMove) -> Vote:
    """Move it, unless she asked for it herself, or one of the two let the other in lately."""
    _check_right(staff, Right.AGREE)
    vote = _moved(tx, vote_id, move, VoteParty.SECOND)
    first = {vote.made_by, vote.offered_by or vote.made_by}
    if staff.id in first:
        raise RefusedError("vote_same_person")
    for one in first:
        check_not_let_in(tx, rules, one, staff.id)
    return vote


def _moved(tx: Tx, vote_id: int, move: VoteMove, party: VoteParty) -> Vote:
    vote = _get(tx, vote_id)
    try:
        return replace(vote, state=after(vote.state, move, party))
    except VoteError:
        raise RefusedError("vote_not_now") from None


def _get(tx: Tx, vote_id: int) -> Vote:
    try:
        return tx.votes.hold(vote_id)
    except KeyError:
        raise RefusedError("vote_unknown") from None


def _checked(tx: Tx, question: Question) -> Question:
    """Return the question if it can be put."""
    options = question.options
    if not 1 <= len(question.title) <= _TITLE_MOST or len(question.words) > _WORDS_MOST:
        raise RefusedError("vote_title")
    if len(set(options)) != len(options) or not all(1 <= len(o) <= _OPTION_MOST for o in options):
        raise RefusedError("vote_options")
    if question.method is Method.SEVERAL and question.most < 2:  # noqa: PLR2004  one is no several
        raise RefusedError("vote_most")
    try:
        _ = question.paper
    except BallotError as wrong:
        raise RefusedError(f"vote_{wrong.reason}") from None
    if not 0 <= question.quorum <= _WHOLE:
        raise RefusedError("vote_quorum")
    if not LASTS_LEAST <= question.ends_at - tx.now <= LASTS_MOST:
        raise RefusedError("vote_ends")
    if tx.votes.place(question) is None:
        raise RefusedError("vote_place")
    return question


def _check_right(staff: Staff, right: Right) -> None:
    if not may(staff.role, right):
        raise RefusedError("not_allowed")
