"""Who was at a shift: by six digits that somebody shows there, or by position; and until when.

Nobody says of herself that she was there: a code is another's word for who types it, and who leads
counts only when somebody else who was there, or staff, says so.
"""

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.flow.check_in import Outcome, check_in
from bot.flow.initiatives.initiatives import got
from bot.flow.initiatives.shifts import seat_of, shift_of, take_seat
from bot.flow.initiatives.team import belongs, check_known
from bot.model.case import RefusedError
from bot.model.evidence import Grade, distance_m
from bot.model.initiative import Initiative, InitiativeState
from bot.model.people import Contact
from bot.model.staff import Staff
from bot.model.team import NEAR_METRES, Came, Seat, Shift, ShownCode
from bot.oversight.permissions import Right, may
from bot.ports.bell import INITIATIVES
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from channels.message import Position
from credits.claims import ClaimError, Concerned, check_judge
from credits.ledger import resident
from credits.levels import level, opened

SHOWN_FOR: Final = timedelta(minutes=3)
STEWARD: Final = "steward"
"""What a level opens: who has it may show the code of a shift in the lead's place."""

_WINDOW: Final = timedelta(minutes=15)
_TRIES_EACH: Final = 5
_TRIES_SHIFT: Final = 30
_DIGITS: Final = 6


def show_code(tx: Tx, rules: Rules, person_id: int, shift_id: int) -> ShownCode:
    """Return six digits to be typed by one who stands before her; they end those she showed before.

    The lead shows them, or who is on the shift and has a level that opens it.
    """
    found, shift = shift_of(tx, shift_id)
    _open_now(tx, found, shift)
    if not may_show(tx, rules, found, shift, person_id):
        raise RefusedError("shift_no_steward")
    digits = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
    until = min(tx.now + SHOWN_FOR, shift.ends_at)
    code = ShownCode(shift_id=shift.id, shown_by=person_id, digits=digits, until=until)
    tx.teams.show(code)
    return code


def may_show(
    views: Views | Tx, rules: Rules, found: Initiative, shift: Shift, person_id: int
) -> bool:
    """Say whether she may show the code of the shift."""
    if person_id == found.author_id:
        return True
    if all(seat.person_id != person_id for seat in views.teams.seats(shift.id)):
        return False
    account = resident(person_id)
    reached = level(rules.policy, views.journal.entries(account), account, views.now)
    return STEWARD in opened(rules.policy, reached.level)


def by_code(tx: Tx, person_id: int, shift_id: int, digits: str) -> Seat | None:
    """She types what is shown to her; who was not on the shift is on it now, while there is room.

    None for a wrong code, which is counted: the unit has to be kept. Raises RefusedError after too
    many of them.
    """
    tx.people.hold(person_id)
    found, shift = shift_of(tx, shift_id)
    _open_now(tx, found, shift)
    mine = [one for one in tx.teams.seats(shift.id) if one.person_id == person_id]
    if mine and mine[0].vouched_by:
        return mine[0]
    if not belongs(tx, found, person_id):
        check_known(tx, person_id)  # wrong codes of strangers would stop everybody's
    _check_tries(tx, person_id, shift_id)
    shown_by = tx.teams.use_code(shift.id, digits)
    if shown_by is None or shown_by == person_id:
        for subject, _ in _counters(person_id, shift_id):
            tx.sessions.count_failure(subject, tx.now - _WINDOW)
        return None
    seat = take_seat(tx, person_id, shift_id)
    tx.ring(INITIATIVES)
    vouched = f"resident:{shown_by}" if _apart(tx, person_id, shown_by) else ""
    first = seat.came_at or tx.now
    by = seat.came_by or Came.CODE
    return tx.teams.save_seat(replace(seat, came_at=first, came_by=by, vouched_by=vouched))


def by_position(
    tx: Tx, rules: Rules, contact: Contact, shift_id: int, position: Position
) -> tuple[Seat, Outcome]:
    """She shows by position that she is there; who leads is still to be vouched for."""
    tx.people.hold(contact.person_id)
    found, shift = shift_of(tx, shift_id)
    _open_now(tx, found, shift)
    seat = seat_of(tx, shift, contact.person_id)
    if shift.latitude is None or shift.longitude is None:
        raise RefusedError("shift_no_place")
    outcome = check_in(tx, rules, contact, position)
    metres = distance_m(*outcome.pair, shift.latitude, shift.longitude)
    if metres > NEAR_METRES:
        raise RefusedError("shift_far")
    if outcome.evidence.grade in {Grade.NONE, Grade.WEAK} or outcome.evidence.doubts:
        raise RefusedError("shift_doubtful")
    if seat.came_at is None:
        seat = replace(seat, came_at=tx.now, came_by=Came.POSITION)
        tx.teams.save_seat(seat)
        tx.ring(INITIATIVES)
    return seat, outcome


def vouch(tx: Tx, person_id: int, shift_id: int, seat_id: int) -> Seat:
    """Who was there, as another says, says it of one for whom nobody stands.

    Who leads need not have checked in before: she is there now.
    """
    found, shift = shift_of(tx, shift_id)
    own = seat_of(tx, shift, person_id)
    seat = _seat(tx, shift, seat_id)
    checked_in = seat.came_at is not None or seat.person_id == found.author_id
    if found.state is not InitiativeState.IN_PROGRESS or not checked_in:
        raise RefusedError("initiative_not_now")
    if not own.vouched_by or not _apart(tx, seat.person_id, person_id):
        raise RefusedError("shift_no_word")
    if seat.came_at is None:
        _open_now(tx, found, shift)
        seat = replace(seat, came_at=tx.now, came_by=Came.WORD)
    tx.ring(INITIATIVES)
    return tx.teams.save_seat(replace(seat, vouched_by=f"resident:{person_id}"))


def vouch_by_staff(tx: Tx, staff: Staff, initiative_id: int, seat_id: int) -> Seat:
    """A member of the staff, neither she nor of her household, saw her there."""
    if not may(staff.role, Right.REVIEW_INITIATIVES):
        raise RefusedError("not_allowed")
    found = got(tx, initiative_id)
    for seat in tx.teams.all_seats(found.id):
        if seat.id == seat_id and seat.came_at is not None:
            _check_apart(tx, staff, seat.person_id)
            tx.ring(INITIATIVES)
            return tx.teams.save_seat(replace(seat, vouched_by=f"staff:{staff.id}"))
    raise RefusedError("initiative_not_now")


def went(tx: Tx, person_id: int, shift_id: int, seat_id: int) -> Seat:
    """She goes before the end, as she says herself or who leads: no time counts after it."""
    found, shift = shift_of(tx, shift_id)
    seat = _seat(tx, shift, seat_id)
    if person_id not in {seat.person_id, found.author_id}:
        raise RefusedError("initiative_unknown")
    if seat.came_at is None or seat.left_at is not None or tx.now >= shift.ends_at:
        raise RefusedError("initiative_not_now")
    tx.ring(INITIATIVES)
    return tx.teams.save_seat(replace(seat, left_at=tx.now))


def strike(tx: Tx, lead_id: int, shift_id: int, seat_id: int) -> Seat:
    """The lead says that somebody was not there."""
    found, shift = shift_of(tx, shift_id)
    seat = _seat(tx, shift, seat_id)
    if found.author_id != lead_id or found.state is not InitiativeState.IN_PROGRESS:
        raise RefusedError("team_lead")
    tx.ring(INITIATIVES)
    absent = replace(seat, came_at=None, came_by=Came.NOT, vouched_by="", left_at=None)
    return tx.teams.save_seat(absent)


def _open_now(tx: Tx, found: Initiative, shift: Shift) -> None:
    if found.state is not InitiativeState.IN_PROGRESS or not shift.open_at(tx.now):
        raise RefusedError("shift_not_now")


def _check_tries(tx: Tx, person_id: int, shift_id: int) -> None:
    since = tx.now - _WINDOW
    for subject, most in _counters(person_id, shift_id):
        if tx.sessions.failures(subject, since) >= most:
            raise RefusedError("shift_too_often")


def _counters(person_id: int, shift_id: int) -> tuple[tuple[str, int], ...]:
    return (f"shift:{shift_id}:{person_id}", _TRIES_EACH), (f"shift:{shift_id}", _TRIES_SHIFT)


def _apart(tx: Tx, one: int, other: int) -> bool:
    """Say whether they are two, and not of one household."""
    if one == other:
        return False
    home, others = tx.people.person(one).household_id, tx.people.person(other).household_id
    return home is None or home != others


def _check_apart(tx: Tx, staff: Staff, person_id: int) -> None:
    seen = Concerned(person_id, tx.people.person(person_id).household_id)
    try:
        check_judge(tx.claims.judge(staff.id), [seen], submitted_by="")
    except ClaimError:
        raise RefusedError("initiative_own_claim") from None


def _seat(tx: Tx, shift: Shift, seat_id: int) -> Seat:
    found = next((one for one in tx.teams.seats(shift.id) if one.id == seat_id), None)
    if found is None:
        raise RefusedError("initiative_unknown")
    return found
