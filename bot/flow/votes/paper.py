"""Ballots on paper: two of the staff enter what stands on one, each by herself, and both agree."""

from collections.abc import Sequence

from bot.flow.credit.two_people import check_not_let_in
from bot.flow.people.recognise import named_by
from bot.flow.votes.voting import keep, may_vote, written
from bot.model.case import RefusedError
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from bot.ports.votes import Way
from credits.vote_file import Ballot


def enter(
    tx: Tx, rules: Rules, staff: Staff, vote_id: int, number: str, numbers: Sequence[int]
) -> Ballot | None:
    """Keep what the first entered, which counts for nothing; cast it when a second enters the same.

    The voter is whom `number` names. Who enters again puts her own entry right.
    Raises RefusedError for who may not vote or has, and when the two don't agree.
    """
    if not may(staff.role, Right.MANAGE_VOTES):
        raise RefusedError("not_allowed")
    person_id = named_by(tx, number)
    tx.people.hold(person_id)
    vote = may_vote(tx, person_id, vote_id, Way.PAPER)
    choice = written(vote, numbers)
    first = tx.votes.paper(vote_id, person_id)
    if first is None or first.entered_by == staff.id:
        tx.votes.keep_paper(vote_id, person_id, choice, staff.id)
        return None
    check_not_let_in(tx, rules, first.entered_by, staff.id)
    if first.choice != choice:
        raise RefusedError("vote_paper_differs")
    tx.votes.drop_paper(vote_id, person_id)
    return keep(tx, vote, person_id, choice, Way.PAPER)
