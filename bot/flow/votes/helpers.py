"""Somebody who can't vote has a helper, on record; what she does herself stands before it."""

from collections.abc import Sequence
from typing import Final

from bot.flow.people.recognise import named_by
from bot.flow.telling.inform import hold_address, write_to
from bot.flow.votes.voting import keep, may_vote, written
from bot.model.case import RefusedError
from bot.model.staff import Staff
from bot.oversight.permissions import Right, Service, may, served
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from bot.ports.votes import Helping, Way
from credits.claims import ClaimError, Concerned, check_judge
from credits.vote_file import Ballot

HELPED_MOST: Final = 3
"""People for whom one helper votes: who collects votes doesn't get far."""


def record(tx: Tx, rules: Rules, staff: Staff, number: str, helper_number: str) -> int:
    """Let one be voted for by another, as she said to staff; `named_by` says who each is.

    It takes the place of an earlier helper. All hear of it, once. Nobody records herself as the
    helper, nor whom she lives with. Returns the number of the record.
    """
    if not may(staff.role, Right.CONFIRM_RESIDENT):
        raise RefusedError("not_allowed")
    person_id, helper_id = named_by(tx, number), named_by(tx, helper_number)
    before = _helper_of(tx, person_id)
    _hold(tx, person_id, helper_id, *([before.helper_id] if before else []))
    if person_id == helper_id:
        raise RefusedError("vote_helper_self")
    _check_helper(tx, staff, helper_id)
    earlier = _helper_of(tx, person_id)
    if earlier is not None and earlier.helper_id == helper_id:
        return earlier.id
    if len(tx.votes.helped_by(helper_id)) >= HELPED_MOST:
        raise RefusedError("vote_helper_many")
    if earlier is not None:
        _tell(tx, rules, earlier, earlier.helper_id, "helping_no_more")
    record_id = tx.votes.set_helper(person_id, helper_id, staff.id)
    for who, key in ((person_id, "helped"), (helper_id, "helping")):
        text = rules.texts.say(f"votes.helper.{key}")
        write_to(tx, rules, who, key=f"votes:{key}:{record_id}:{tx.now.isoformat()}", text=text)
    return record_id


def end(tx: Tx, rules: Rules, staff: Staff, record_id: int) -> None:
    """She votes herself from now on, as she said to staff; what was cast for her stays."""
    if not may(staff.role, Right.CONFIRM_RESIDENT):
        raise RefusedError("not_allowed")
    found = tx.votes.helping(record_id)
    if found is None:
        raise RefusedError("vote_helper_none")
    _end(tx, rules, found)


def end_own(tx: Tx, rules: Rules, person_id: int, record_id: int) -> None:
    """One of the two doesn't want it any more: whose vote it is, or who was to help."""
    found = tx.votes.helping(record_id)
    if found is None or person_id not in {found.person_id, found.helper_id}:
        raise RefusedError("vote_helper_none")
    _end(tx, rules, found)


def _end(tx: Tx, rules: Rules, found: Helping) -> None:
    """End it, once; both hear of it."""
    _hold(tx, found.person_id, found.helper_id)
    if not tx.votes.drop_helper(found):
        raise RefusedError("vote_helper_none")
    _tell(tx, rules, found, found.person_id, "helped_no_more")
    _tell(tx, rules, found, found.helper_id, "helping_no_more")


def _tell(tx: Tx, rules: Rules, found: Helping, who: int, key: str) -> None:
    """Say what became of a record, once."""
    text = rules.texts.say(f"votes.helper.{key}")
    write_to(tx, rules, who, key=f"votes:{key}:{found.id}:{found.since.isoformat()}", text=text)


def _helper_of(tx: Tx, person_id: int) -> Helping | None:
    found = tx.votes.helpings_of(person_id)
    return next((one for one in found if one.person_id == person_id), None)


def _hold(tx: Tx, *people: int) -> None:
    """Lock where all of them are written to, then them."""
    for one in sorted(set(people)):
        hold_address(tx, one)
    for one in sorted(set(people)):
        tx.people.hold(one)


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
