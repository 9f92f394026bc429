"""Somebody who can't vote has a helper, on record; what she does herself stands before it."""

from collections.abc import Sequence
from typing import Final

from bot.flow.inform import hold_address, write_to
from bot.flow.vote_paper import reporter_of
from bot.flow.votes import keep, may_vote, written
from bot.model.case import RefusedError
from bot.model.staff import Staff
from bot.oversight.permissions import Right, Service, may, served
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from bot.ports.votes import Way
from credits.claims import ClaimError, Concerned, check_judge
from credits.vote_file import Ballot

HELPED_MOST: Final = 3
"""People for whom one helper votes: who collects votes doesn't get far."""


def record(tx: Tx, rules: Rules, staff: Staff, number: str, helper_number: str) -> None:
    """Let the reporter of one case be voted for by that of another, as she said to staff.

    It takes the place of an earlier helper. Both hear of it, once. Nobody records herself as the
    helper, nor whom she lives with.
    """
    if not may(staff.role, Right.CONFIRM_RESIDENT):
        raise RefusedError("not_allowed")
    person_id, helper_id = reporter_of(tx, number), reporter_of(tx, helper_number)
    for one in sorted({person_id, helper_id}):
        hold_address(tx, one)
    for one in sorted({person_id, helper_id}):
        tx.people.hold(one)
    if person_id == helper_id:
        raise RefusedError("vote_helper_self")
    _check_helper(tx, staff, helper_id)
    helped = [one.person_id for one in tx.votes.helped_by(helper_id)]
    if person_id in helped:
        return
    if len(helped) >= HELPED_MOST:
        raise RefusedError("vote_helper_many")
    record_id = tx.votes.set_helper(person_id, helper_id, staff.id)
    for who, key in ((person_id, "helped"), (helper_id, "helping")):
        text = rules.texts.say(f"votes.helper.{key}")
        write_to(tx, rules, who, key=f"votes:{key}:{record_id}:{tx.now.isoformat()}", text=text)


def end(tx: Tx, staff: Staff, number: str) -> None:
    """She votes herself from now on; what was cast for her stays until she does."""
    if not may(staff.role, Right.CONFIRM_RESIDENT):
        raise RefusedError("not_allowed")
    if not tx.votes.drop_helper(reporter_of(tx, number)):
        raise RefusedError("vote_helper_none")


def cast_for(
    tx: Tx, rules: Rules, helper_id: int, person_id: int, vote_id: int, numbers: Sequence[int]
) -> Ballot:
    """Vote for somebody whose helper one is; she hears that it was done, and not what."""
    hold_address(tx, person_id)
    tx.people.hold(person_id)
    if person_id not in {one.person_id for one in tx.votes.helped_by(helper_id)}:
        raise RefusedError("vote_no_helper")
    vote = may_vote(tx, person_id, vote_id, Way.HELPER)
    choice = written(vote, numbers)
    made = keep(tx, vote, person_id, choice, Way.HELPER, helper_id=helper_id)
    text = rules.texts.say("votes.helper.voted", title=vote.question.title)
    write_to(tx, rules, person_id, key=f"votes:{vote.id}:voted_for:{person_id}", text=text)
    return made


def _check_helper(tx: Tx, staff: Staff, helper_id: int) -> None:
    helper = tx.people.person(helper_id)
    try:
        concerned = Concerned(helper_id, helper.household_id)
        check_judge(tx.claims.judge(staff.id), [concerned], submitted_by="")
    except ClaimError:
        raise RefusedError("vote_helper_own") from None
    if not served(helper.verification, Service.VOTE):
        raise RefusedError("vote_helper_unknown")
