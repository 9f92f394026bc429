"""Shifts of a team and checking in: by a code, by another's word, by a position."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.flow.initiatives import shift_check_in, shifts
from bot.model.team import Came, counts
from bot.ports.storage import Tx
from credits.posting import post
from tests.bot.flow.initiatives.square import RULES, Square
from tests.bot.flow.initiatives.teaming import HERE, came, on, person, position
from tests.credits.making import posting
from tests.fakes.clock import FakeClock


@pytest.mark.parametrize(
    ("begins", "hours", "seats", "reason"),
    [
        (timedelta(hours=-2), 3, 5, "shift_times"),
        (timedelta(days=61), 2, 5, "shift_times"),
        (timedelta(hours=1), 9, 5, "shift_times"),
        (timedelta(hours=1), 0.2, 5, "shift_times"),
        (timedelta(hours=1), 2, 0, "shift_words"),
        (timedelta(hours=1), 2, 31, "shift_words"),
    ],
)
async def test_what_no_shift_is(
    square: Square, clock: FakeClock, begins: timedelta, hours: float, seats: int, reason: str
) -> None:
    one = await square.in_progress()
    starts = clock.now() + begins
    assert reason == await square.refused(
        shifts.add_shift, person(square, "a"), one.id, starts, starts + timedelta(hours=hours),
        "门口", seats,
    )  # fmt: skip


async def test_a_shift_has_so_many_places_and_nobody_is_at_two(
    square: Square, clock: FakeClock
) -> None:
    shift = await on(square, "a", clock, seats=2)
    b, c, d = (person(square, who) for who in "bcd")
    seat = await square.do(shifts.take_seat, b, shift.id)
    assert await square.do(shifts.take_seat, b, shift.id) == seat
    assert b in await square.storage.read(lambda views: views.teams.members(shift.initiative_id))
    await square.do(shifts.take_seat, c, shift.id)
    assert await square.refused(shifts.take_seat, d, shift.id) == "shift_full"
    later = shift.starts_at + timedelta(hours=1)
    other = await square.do(
        shifts.add_shift, person(square, "a"), shift.initiative_id, later,
        later + timedelta(hours=2), "4号楼", 5,
    )  # fmt: skip
    assert await square.refused(shifts.take_seat, b, other.id) == "shift_overlap"
    await square.do(shifts.leave_seat, b, shift.id)
    await square.do(shifts.take_seat, b, other.id)
    await square.do(shifts.call_off, RULES, person(square, "a"), other.id)
    assert "的班取消了" in await square.told("b")
    assert await square.refused(shifts.take_seat, d, other.id) == "initiative_not_now"


async def test_a_code_opens_once_and_only_for_a_while(square: Square, clock: FakeClock) -> None:
    shift = await on(square, "a", clock)
    a, b, c = (person(square, who) for who in "abc")
    show, enter = shift_check_in.show_code, shift_check_in.by_code
    assert await square.refused(show, RULES, a, shift.id) == "shift_not_now"
    clock.move(minutes=45)
    code = await square.do(show, RULES, a, shift.id)
    assert len(code.digits) == 6
    seat = await square.do(enter, b, shift.id, code.digits)
    assert (seat.came_by, seat.vouched_by) == (Came.CODE, f"resident:{a}")
    assert await square.do(enter, b, shift.id, "000000") == seat
    assert await square.do(enter, c, shift.id, code.digits) is None
    old = await square.do(show, RULES, a, shift.id)
    fresh = await square.do(show, RULES, a, shift.id)
    if old.digits != fresh.digits:
        assert await square.do(enter, c, shift.id, old.digits) is None
    clock.move(minutes=4)
    assert await square.do(enter, c, shift.id, fresh.digits) is None
    seats = await square.storage.read(lambda views: views.teams.seats(shift.id))
    assert [one.person_id for one in seats] == [b]
    clock.move(hours=3)
    assert await square.refused(show, RULES, a, shift.id) == "shift_not_now"


async def test_who_guesses_codes_is_stopped(square: Square, clock: FakeClock) -> None:
    shift = await on(square, "a", clock)
    clock.move(hours=1)
    e = person(square, "e")
    for _ in range(5):
        assert await square.do(shift_check_in.by_code, e, shift.id, "12345") is None
    code = await square.do(shift_check_in.show_code, RULES, person(square, "a"), shift.id)
    refused = await square.refused(shift_check_in.by_code, e, shift.id, code.digits)
    assert refused == "shift_too_often"
    clock.move(minutes=16)
    assert await came(square, "e", shift) is not None


async def test_strangers_who_guess_keep_nobody_from_checking_in(
    square: Square, clock: FakeClock
) -> None:
    shift = await on(square, "a", clock)
    clock.move(hours=1)

    def meet(tx: Tx) -> list[int]:
        return [tx.people.meet("web", f"stranger{number}").person_id for number in range(7)]

    strangers = await square.storage.write(meet)
    for _ in range(5):
        for stranger in strangers:
            refused = await square.refused(shift_check_in.by_code, stranger, shift.id, "12345")
            assert refused == "pledge_stranger"
    assert await came(square, "b", shift) is not None


async def test_nobody_uses_her_own_code_and_who_shows_it(square: Square, clock: FakeClock) -> None:
    shift = await on(square, "a", clock)
    clock.move(hours=1)
    a, b = person(square, "a"), person(square, "b")
    assert await came(square, "a", shift) is None
    await square.do(shifts.take_seat, b, shift.id)
    assert await square.refused(shift_check_in.show_code, RULES, b, shift.id) == "shift_no_steward"

    def pillar(tx: Tx) -> None:
        for day in range(7):
            gift = posting(
                f"done {day}", "treasury", f"resident:{b}", 20, acted_at=tx.now,
                activity="initiative_done",
            )  # fmt: skip
            post(tx.journal, gift, now=tx.now, new_id=tx.new_transfer_id)

    await square.storage.write(pillar)
    seat = await came(square, "a", shift, shower="b")
    assert seat is not None
    assert (seat.person_id, seat.vouched_by) == (a, f"resident:{b}")


async def test_a_household_and_the_lead_need_anothers_word(
    square: Square, clock: FakeClock
) -> None:
    shift = await on(square, "a", clock)
    clock.move(hours=1)
    a, b, c = (person(square, who) for who in "abc")

    def together(tx: Tx) -> None:
        building = tx.places.building("幸福里小区", "3")
        assert building is not None
        for one in (a, b):
            tx.claims.settle_home(one, building.id, "1", "101")

    await square.storage.write(together)
    kin = await came(square, "b", shift)
    assert kin is not None
    assert (kin.came_by, kin.vouched_by) == (Came.CODE, "")
    lead = await square.do(shifts.take_seat, a, shift.id)
    assert await square.refused(shift_check_in.vouch, b, shift.id, lead.id) == "shift_no_word"
    await came(square, "c", shift)
    vouched = await square.do(shift_check_in.vouch, c, shift.id, lead.id)
    assert (vouched.came_by, vouched.vouched_by) == (Came.WORD, f"resident:{c}")
    d = await square.do(shifts.take_seat, person(square, "d"), shift.id)
    assert await square.refused(shift_check_in.vouch, c, shift.id, d.id) == "initiative_not_now"
    assert not counts(kin, a)
    assert counts(await square.do(shift_check_in.vouch, c, shift.id, kin.id), a)
    seen = await square.do(shift_check_in.vouch_by_staff, square.lin, shift.initiative_id, kin.id)
    assert seen.vouched_by == f"staff:{square.lin.id}"


async def test_a_position_is_near_enough_or_not(square: Square, clock: FakeClock) -> None:
    shift = await on(square, "a", clock, at=HERE)
    clock.move(hours=1)
    b = person(square, "b")
    contact = await square.storage.read(lambda views: views.people.contacts_of(b)[0])
    come = shift_check_in.by_position
    refused = await square.refused(come, RULES, contact, shift.id, position(clock))
    assert refused == "shift_stranger"
    await square.do(shifts.take_seat, b, shift.id)
    far = await square.refused(come, RULES, contact, shift.id, position(clock, east=0.01))
    assert far == "shift_far"
    old = replace(position(clock), at=clock.now() - timedelta(hours=1))
    assert await square.refused(come, RULES, contact, shift.id, old) == "shift_doubtful"
    clock.move(minutes=5)
    seat, _ = await square.do(come, RULES, contact, shift.id, position(clock))
    assert (seat.came_by, seat.vouched_by) == (Came.POSITION, "")


async def test_two_accounts_become_one_without_a_word_for_herself(
    square: Square, clock: FakeClock
) -> None:
    shift = await on(square, "a", clock)
    clock.move(hours=1)
    b, c = person(square, "b"), person(square, "c")
    await came(square, "b", shift)
    await came(square, "c", shift)
    await square.do(lambda tx: tx.teams.absorb(old=b, into=c))
    (seat,) = await square.storage.read(lambda views: views.teams.seats(shift.id))
    assert seat.person_id == c
    await square.do(lambda tx: tx.teams.absorb(old=person(square, "a"), into=c))
    (seat,) = await square.storage.read(lambda views: views.teams.seats(shift.id))
    assert seat.vouched_by == ""
