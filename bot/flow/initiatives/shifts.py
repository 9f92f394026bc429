"""Shifts of an initiative 提议: when and where how many are needed, and who takes a place."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.flow.initiatives.remarks import hold_back, known_words
from bot.flow.initiatives.team import join, led, of_team, shown
from bot.flow.telling.inform import write_to
from bot.model.case import RefusedError
from bot.model.initiative import Initiative
from bot.model.team import WORKING, Seat, Shift
from bot.ports.bell import INITIATIVES
from bot.ports.rules import Rules
from bot.ports.storage import Tx

SHIFTS_MOST: Final = 20
SEATS_MOST: Final = 30
LONGEST: Final = timedelta(hours=8)
SHORTEST: Final = timedelta(minutes=30)
AHEAD_MOST: Final = timedelta(days=60)
_PLACE_MOST: Final = 60
_OVERLAPS: Final = "shift_overlap"


def add_shift(
    tx: Tx,
    lead_id: int,
    initiative_id: int,
    starts_at: datetime,
    ends_at: datetime,
    place: str,
    seats: int,
    *,
    at: tuple[float, float] | None = None,
) -> Shift:
    """The lead says when and where; the same time and place again are the same shift.

    `at` (WGS-84) lets people check in by position.
    """
    found = led(tx, lead_id, initiative_id)
    place = " ".join(place.split())
    if not 1 <= len(place) <= _PLACE_MOST or not 1 <= seats <= SEATS_MOST:
        raise RefusedError("shift_words")
    hold_back(place, (*known_words(found), *(mark.name for mark in tx.grids.marks())))
    late = starts_at < tx.now - SHORTEST or starts_at > tx.now + AHEAD_MOST
    if late or not SHORTEST <= ends_at - starts_at <= LONGEST:
        raise RefusedError("shift_times")
    shifts = tx.teams.shifts(found.id)
    told = (starts_at, ends_at, place)
    for one in shifts:
        if (one.starts_at, one.ends_at, one.place) == told and not one.called_off:
            return one
    if len(shifts) >= SHIFTS_MOST:
        raise RefusedError("team_many")
    tx.ring(INITIATIVES)
    latitude, longitude = at or (None, None)
    return tx.teams.add_shift(
        Shift(
            id=0,
            initiative_id=found.id,
            starts_at=starts_at,
            ends_at=ends_at,
            place=place,
            seats=seats,
            made_at=tx.now,
            latitude=latitude,
            longitude=longitude,
        )
    )


def place_shift(tx: Tx, lead_id: int, shift_id: int, at: tuple[float, float]) -> Shift:
    """The lead says by her position where it is, until somebody has checked in."""
    found, shift = shift_of(tx, shift_id)
    led(tx, lead_id, found.id)
    if any(seat.came_at for seat in tx.teams.seats(shift.id)):
        raise RefusedError("initiative_not_now")
    tx.ring(INITIATIVES)
    return tx.teams.save_shift(replace(shift, latitude=at[0], longitude=at[1]))


def call_off(tx: Tx, rules: Rules, lead_id: int, shift_id: int) -> Shift:
    """The lead calls it off before anybody came; who took a place is told."""
    found, shift = shift_of(tx, shift_id)
    led(tx, lead_id, found.id)
    seats = tx.teams.seats(shift.id)
    if shift.called_off:
        return shift
    if any(seat.came_at for seat in seats):
        raise RefusedError("initiative_not_now")
    off = tx.teams.save_shift(replace(shift, called_off=True))
    when = rules.texts.moment(shift.starts_at, tx.now)
    text = rules.texts.say("team.told.called_off", title=found.wish.title, when=when)
    for seat in seats:
        if seat.person_id != lead_id:
            key = f"shift:{shift.id}:off:{seat.person_id}"
            write_to(tx, rules, seat.person_id, key=key, text=text)
    tx.ring(INITIATIVES)
    return off


def take_seat(tx: Tx, person_id: int, shift_id: int) -> Seat:
    """She takes a place, and belongs to the team by that; again is the same."""
    tx.people.hold(person_id)
    found, shift = shift_of(tx, shift_id)
    seats = tx.teams.seats(shift.id)
    mine = next((one for one in seats if one.person_id == person_id), None)
    if mine is not None:
        return mine
    if found.state not in WORKING or shift.called_off or shift.ends_at <= tx.now:
        raise RefusedError("initiative_not_now")
    if len(seats) >= shift.seats:
        raise RefusedError("shift_full")
    if any(one.meets(shift) for one in tx.teams.shifts_of(person_id, tx.now - LONGEST)):
        raise RefusedError(_OVERLAPS)
    join(tx, person_id, found.id)
    tx.ring(INITIATIVES)
    seat = Seat(id=0, shift_id=shift.id, person_id=person_id, taken_at=tx.now)
    return tx.teams.add_seat(seat)


def leave_seat(tx: Tx, person_id: int, shift_id: int) -> None:
    """She can't come; who has been there stays."""
    found, shift = shift_of(tx, shift_id)
    of_team(tx, person_id, found.id)
    mine = seat_of(tx, shift, person_id)
    if mine.came_at is not None:
        raise RefusedError("initiative_not_now")
    tx.teams.drop_seat(mine.id)
    tx.ring(INITIATIVES)


def shift_of(tx: Tx, shift_id: int) -> tuple[Initiative, Shift]:
    """Return the shift with its initiative, locked; RefusedError while that is hidden."""
    shift = tx.teams.shift(shift_id)
    if shift is None:
        raise RefusedError("initiative_unknown")
    found = shown(tx, shift.initiative_id)
    return found, tx.teams.shift(shift_id) or shift


def seat_of(tx: Tx, shift: Shift, person_id: int) -> Seat:
    """Return her place on it."""
    seats = tx.teams.seats(shift.id)
    found = next((one for one in seats if one.person_id == person_id), None)
    if found is None:
        raise RefusedError("shift_stranger")
    return found
