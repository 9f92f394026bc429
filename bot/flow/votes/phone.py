"""Voting by telephone: a number of six digits, of which two of the staff issue three each.

A caller's number can be forged and a telephone is shared, so it takes something that is hers
besides. No member of staff ever knows the whole of it.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.flow.credit.two_people import check_not_let_in
from bot.flow.people.recognise import named_by
from bot.flow.telling.inform import hold_address, write_to
from bot.flow.votes.voting import cast
from bot.model.case import RefusedError
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from bot.ports.votes import Pin, Vote, Way
from channels.call import PHONE
from credits.claims import ClaimError, Concerned, check_judge
from credits.vote_file import Ballot
from credits.voting import VoteState

PIN_DIGITS: Final = 6
TRIES_MOST: Final = 5
"""Wrong numbers in a row; then it is worth nothing any more."""

NO_PIN: Final = "vote_pin_none"
"""Why it is refused to who has no number that may be keyed."""

_HALF: Final = PIN_DIGITS // 2
_LOOKED_AT: Final = 60


@dataclass(frozen=True, slots=True)
class Half:
    """Half of a number, to be shown once to who hands it over, and whose number it is."""

    person_id: int
    digits: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a number that was keyed; `left` is how many more may be tried."""

    right: bool
    left: int


def begin(tx: Tx, staff: Staff, number: str) -> Half:
    """Issue the first half of a new number, in place of an earlier one; `named_by` says whose."""
    person_id = _held(tx, staff, number)
    if not any(one.channel == PHONE for one in tx.people.contacts_of(person_id)):
        raise RefusedError("vote_pin_no_phone")
    half = Half(person_id, _digits())
    tx.votes.begin_pin(person_id, half.digits, staff.id)
    return half


def complete(tx: Tx, rules: Rules, staff: Staff, number: str) -> Half:
    """Issue the second half, which another member hands over; she hears of it elsewhere."""
    person_id = _held(tx, staff, number)
    pin = tx.votes.pin(person_id)
    if pin is None or pin.second_by is not None:
        raise RefusedError("vote_pin_first")
    if pin.first_by == staff.id:
        raise RefusedError("vote_pin_second")
    check_not_let_in(tx, rules, pin.first_by, staff.id)
    half = Half(person_id, _digits())
    tx.votes.complete_pin(person_id, half.digits, staff.id)
    _tell(tx, rules, person_id, "issued")
    return half


def end(tx: Tx, staff: Staff, number: str) -> int:
    """Let nobody vote by the number any more; what was cast by it stays. Return whose it was."""
    if not may(staff.role, Right.CONFIRM_RESIDENT):
        raise RefusedError("not_allowed")
    person_id = named_by(tx, number)
    tx.people.hold(person_id)
    if not tx.votes.drop_pin(person_id):
        raise RefusedError(NO_PIN)
    return person_id


def has_pin(tx: Tx | Views, person_id: int) -> bool:
    """Say whether somebody has a number that may be keyed."""
    return _usable(tx.votes.pin(person_id))


def open_to(tx: Tx | Views, person_id: int) -> list[Vote]:
    """Return the open votes on whose roll she is, what ends first before others."""
    now_open = tx.votes.in_states([VoteState.OPEN], _LOOKED_AT)
    hers = tx.votes.voted_in([one.id for one in now_open], person_id)
    found = [one for one in now_open if one.id in hers and tx.now < one.question.ends_at]
    return sorted(found, key=lambda one: (one.question.ends_at, one.id))


def try_pin(tx: Tx, rules: Rules, person_id: int, digits: str) -> Tried:
    """Look at a number that was keyed; after too many wrong ones it is worth nothing any more."""
    hold_address(tx, person_id)
    tx.people.hold(person_id)
    pin = tx.votes.pin(person_id)
    if pin is None or not _usable(pin):
        return Tried(right=False, left=0)
    right = tx.votes.is_pin(person_id, _halves(digits))
    wrong = 0 if right else pin.wrong + 1
    if wrong != pin.wrong:
        tx.votes.count_wrong_pin(person_id, wrong)
    if wrong == TRIES_MOST:
        _tell(tx, rules, person_id, "dead")
    return Tried(right=right, left=TRIES_MOST - wrong)


def cast_by_phone(
    tx: Tx, rules: Rules, person_id: int, digits: str, vote_id: int, numbers: Sequence[int]
) -> Ballot:
    """Keep her ballot; elsewhere she hears that it was done, once in each vote, and not what.

    The number that she keyed must still be hers: it may have been taken back meanwhile.
    """
    hold_address(tx, person_id)
    tx.people.hold(person_id)
    if not has_pin(tx, person_id) or not tx.votes.is_pin(person_id, _halves(digits)):
        raise RefusedError(NO_PIN)
    made = cast(tx, person_id, vote_id, numbers, Way.PHONE)
    vote = tx.votes.find(vote_id)
    title = "" if vote is None else vote.question.title
    text = rules.texts.say("votes.pin.voted", title=title)
    write_to(tx, rules, person_id, key=f"votes:{vote_id}:by_phone:{person_id}", text=text)
    return made


def _held(tx: Tx, staff: Staff, number: str) -> int:
    """Return whom it is for, locked; nobody issues one to herself, nor to whom she lives with."""
    if not may(staff.role, Right.CONFIRM_RESIDENT):
        raise RefusedError("not_allowed")
    person_id = named_by(tx, number)
    hold_address(tx, person_id)
    tx.people.hold(person_id)
    concerned = Concerned(person_id, tx.people.person(person_id).household_id)
    try:
        check_judge(tx.claims.judge(staff.id), [concerned], submitted_by="")
    except ClaimError:
        raise RefusedError("vote_pin_own") from None
    return person_id


def _tell(tx: Tx, rules: Rules, person_id: int, key: str) -> None:
    text = rules.texts.say(f"votes.pin.{key}")
    write_to(tx, rules, person_id, key=f"votes:pin:{person_id}:{tx.now.isoformat()}", text=text)


def _usable(pin: Pin | None) -> bool:
    return pin is not None and pin.second_by is not None and pin.wrong < TRIES_MOST


def _digits() -> str:
    return f"{secrets.randbelow(10**_HALF):0{_HALF}d}"


def _halves(digits: str) -> tuple[str, str]:
    return digits[:_HALF], digits[_HALF:]
