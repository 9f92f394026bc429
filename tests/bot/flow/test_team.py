"""An initiative carried out: team, tasks, shifts, who was there, what each is credited."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.flow import initiatives, review, shift_check_in, shifts, team
from bot.flow.contributions import presences
from bot.flow.erase import erase_due
from bot.flow.result import add_photo, public_photos
from bot.model.initiative import Initiative, InitiativeState
from bot.model.team import Came, Seat, Shift, counts
from bot.ports.media import MediaState
from bot.ports.storage import Tx
from channels.message import (
    Attachment,
    AttachmentKind,
    Datum,
    InboundMessage,
    Position,
    PositionSource,
)
from credits.ledger import Balance, Ledger
from credits.posting import post
from tests.bot.flow.square import RULES, H, P, Square, T
from tests.bot.flow.test_initiatives import hide
from tests.credits.making import posting
from tests.fakes.clock import FakeClock

HERE = (31.2304, 121.4737)


def person(square: Square, who: str) -> int:
    return square.people[who]


async def on(square: Square, who: str, clock: FakeClock, *, seats: int = 5, **at: Any) -> Shift:
    """A shift of two hours that begins in an hour."""
    one = await square.in_progress() if "one" not in at else at.pop("one")
    begins = clock.now() + timedelta(hours=1)
    shift: Shift = await square.do(
        shifts.add_shift, person(square, who), one.id, begins, begins + timedelta(hours=2),
        "3号楼门口", seats, **at,
    )  # fmt: skip
    return shift


async def came(square: Square, who: str, shift: Shift, shower: str = "a") -> Seat | None:
    code = await square.do(shift_check_in.show_code, RULES, person(square, shower), shift.id)
    seat: Seat | None = await square.do(
        shift_check_in.by_code, person(square, who), shift.id, code.digits
    )
    return seat


async def one_of(square: Square, shift: Shift) -> Initiative:
    found = await square.storage.read(lambda views: views.initiatives.find(shift.initiative_id))
    assert found is not None
    return found


async def test_tasks_are_made_by_the_lead_and_taken_by_the_team(square: Square) -> None:
    one = await square.in_progress()
    a, b, c = (person(square, who) for who in "abc")
    task = await square.do(team.add_task, a, one.id, "量尺寸")
    assert await square.do(team.add_task, a, one.id, " 量尺寸 ") == task
    assert await square.refused(team.add_task, b, one.id, "买螺丝") == "team_lead"
    assert await square.refused(team.take_task, b, one.id, task.id) == "team_stranger"
    await square.do(team.join, b, one.id)
    await square.do(team.join, b, one.id)
    await square.do(team.join, c, one.id)
    taken = await square.do(team.take_task, b, one.id, task.id)
    assert taken.taken_by == b
    assert await square.refused(team.take_task, c, one.id, task.id) == "task_taken"
    assert await square.refused(team.give_up_task, c, one.id, task.id) == "initiative_not_now"
    await square.do(team.give_up_task, b, one.id, task.id)
    await square.do(team.take_task, c, one.id, task.id)
    assert await square.refused(team.finish_task, c, one.id, task.id) == "team_lead"
    done = await square.do(team.finish_task, a, one.id, task.id)
    assert done.done_at is not None
    assert await square.refused(team.give_up_task, c, one.id, task.id) == "initiative_not_now"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("", "team_words"),
        ("很", "team_words"),
        ("很" * 81, "team_words"),
        ("打给 13800138000 要钥匙", "remark_personal"),
        ("去 5号楼 301 室搬东西", "remark_personal"),
    ],
)
async def test_what_a_task_may_not_say(square: Square, words: str, reason: str) -> None:
    one = await square.in_progress()
    assert await square.refused(team.add_task, person(square, "a"), one.id, words) == reason


async def test_a_place_that_is_somebodys_home_is_not_shown(
    square: Square, clock: FakeClock
) -> None:
    one = await square.in_progress()
    begins = clock.now() + timedelta(hours=1)
    refused = await square.refused(
        shifts.add_shift, person(square, "a"), one.id, begins, begins + timedelta(hours=2),
        "5号楼 301 室王阿姨家", 3,
    )  # fmt: skip
    assert refused == "remark_personal"


async def test_only_who_is_known_joins_and_only_what_was_agreed_on(square: Square) -> None:
    gathering = await square.published()
    assert await square.refused(team.join, person(square, "b"), gathering.id) == (
        "initiative_not_now"
    )
    one = await square.in_progress()

    def stranger(tx: Tx) -> int:
        return tx.people.meet("web", "stranger").person_id

    unknown = await square.storage.write(stranger)
    assert await square.refused(team.join, unknown, one.id) == "pledge_stranger"
    assert await square.refused(team.add_task, person(square, "a"), 999, "量尺寸") == (
        "initiative_unknown"
    )


async def test_nothing_is_done_while_it_is_hidden(square: Square) -> None:
    one = await square.in_progress()
    await hide(square, one)
    a = person(square, "a")
    assert await square.refused(team.join, person(square, "e"), one.id) == "team_hidden"
    assert await square.refused(team.add_task, a, one.id, "量尺寸") == "team_hidden"


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


def position(clock: FakeClock, east: float = 0.0) -> Position:
    return Position(
        latitude=HERE[0], longitude=HERE[1] + east, datum=Datum.WGS84,
        source=PositionSource.BROWSER, at=clock.now(), accuracy_m=10.0,
    )  # fmt: skip


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


async def test_time_counts_between_coming_and_going(square: Square, clock: FakeClock) -> None:
    shift = await on(square, "a", clock)
    a, b = person(square, "a"), person(square, "b")
    clock.move(minutes=45)
    early = await came(square, "b", shift)
    clock.move(minutes=45)
    late = await came(square, "c", shift)
    assert early is not None
    assert late is not None
    clock.move(minutes=30)
    await square.do(shift_check_in.went, b, shift.id, early.id)
    clock.move(hours=2)
    found = await one_of(square, shift)
    times = {
        each.seat.person_id: each.minutes
        for each in await square.storage.read(lambda views: presences(views, found))
    }
    assert times == {b: 60, person(square, "c"): 89}
    assert await square.refused(shift_check_in.strike, b, shift.id, late.id) == "team_lead"
    struck = await square.do(shift_check_in.strike, a, shift.id, late.id)
    assert struck.came_at is None


@pytest.mark.parametrize("believed", [True, False])
async def test_each_contribution_is_credited_by_the_rules(
    square: Square, clock: FakeClock, *, believed: bool
) -> None:
    one = await square.published()
    await square.pledge("b", one, P, 20)
    await square.pledge("c", one, P, 9)
    await square.pledge("c", one, T, words="梯子")
    await square.pledge("e", one, P, 1)
    await square.pledge("d", one, H, 4)
    one = await square.fresh(one)
    assert one.state is InitiativeState.READY
    decided = await square.do(review.decide, RULES, one.id, square.lin, "周六", version=one.version)
    a, d = person(square, "a"), person(square, "d")
    await square.do(initiatives.begin, decided.id, a)
    shift = await on(square, "a", clock, one=one)
    clock.move(hours=1)
    seat = await came(square, "d", shift)
    lead = await square.do(shifts.take_seat, a, shift.id)
    assert seat is not None
    task = await square.do(team.add_task, a, one.id, "买螺丝")
    await square.do(team.join, person(square, "e"), one.id)
    await square.do(team.take_task, person(square, "e"), one.id, task.id)
    await square.do(team.finish_task, a, one.id, task.id)
    clock.move(hours=3)
    told = await square.do(initiatives.tell_result, one.id, a, "装好了")
    pledges = await square.storage.read(lambda views: views.initiatives.pledges(one.id))
    thing = next(each.id for each in pledges if each.words)
    before = {who: (await square.balance(who)).posted for who in "abcde"}
    await square.do(
        review.finish, RULES, one.id, square.lin, [thing], version=told.version,
        seats=[seat.id, lead.id], tasks=[task.id] if believed else [],
    )  # fmt: skip
    earned = {who: (await square.balance(who)).posted - before[who] for who in "abcde"}
    # a leads; her own time was seen by nobody. b gave 20 points. c lent a thing, and gave fewer
    # than are thanked for. d was there for an hour and 59 minutes. e did a
    # task, as the lead says.
    assert earned == {"a": 20, "b": 1, "c": 6 + 2, "d": 6 + 2, "e": 6 if believed else 0}
    assert (await square.balance("a", Ledger.VOTE)).posted == 5
    assert d in await square.storage.read(lambda views: views.teams.members(one.id))


async def test_time_that_is_still_to_come_is_not_counted(square: Square, clock: FakeClock) -> None:
    shift = await on(square, "a", clock)
    found = await one_of(square, shift)
    clock.move(minutes=50)
    await came(square, "b", shift)

    async def minutes() -> list[int]:
        there = await square.storage.read(lambda views: presences(views, found))
        return [each.minutes for each in there]

    for passed, counted in ((0, 0), (40, 30), (60, 90), (60, 120)):
        clock.move(minutes=passed)
        assert await minutes() == [counted]


async def test_the_leads_hours_count_with_anothers_word(square: Square, clock: FakeClock) -> None:
    shift = await on(square, "a", clock)
    a, b = person(square, "a"), person(square, "b")
    clock.move(minutes=50)
    seat = await came(square, "b", shift)
    lead = await square.do(shifts.take_seat, a, shift.id)
    await square.do(shift_check_in.vouch, b, shift.id, lead.id)
    clock.move(hours=3)
    told = await square.do(initiatives.tell_result, shift.initiative_id, a, "装好了")
    before = (await square.balance("a")).posted
    assert seat is not None
    await square.do(
        review.finish, RULES, told.id, square.lin, [], version=told.version,
        seats=[seat.id, lead.id],
    )  # fmt: skip
    assert (await square.balance("a")).posted - before == 20 + 2 * 2
    assert "加 24 分" in await square.told("a")
    assert "加 11 分" in await square.told("b")


async def test_who_gave_points_twice_is_told_what_she_has(square: Square) -> None:
    gone, one = await square.published("e"), await square.published()
    for each in (gone, one):
        await square.pledge("b", each, P, 15)
    gone = await square.fresh(gone)
    await square.do(review.merge, RULES, gone.id, one.id, square.lin, version=gone.version)
    await square.pledge("c", one, H, 4)
    await square.pledge("d", one, T, words="梯子")
    ready = await square.fresh(one)
    decided = await square.do(
        review.decide, RULES, one.id, square.lin, "周六", version=ready.version
    )
    await square.do(initiatives.begin, decided.id, person(square, "a"))
    told = await square.do(initiatives.tell_result, one.id, person(square, "a"), "装好了")
    earned = await square.do(review.finish, RULES, one.id, square.lin, [], version=told.version)
    assert earned == 21
    assert await square.balance("b") == Balance(31)
    assert "加 1 分" in await square.told("b")


async def test_staff_who_earn_or_live_with_who_earns_do_not_confirm(
    square: Square, clock: FakeClock
) -> None:
    shift = await on(square, "a", clock)
    clock.move(hours=1)
    seat = await came(square, "e", shift)
    clock.move(hours=1)

    def acquaint(tx: Tx) -> None:
        contact = tx.people.contacts_of(person(square, "e"))[0]
        tx.claims.acquaint(square.lin.id, contact.id, square.lin.id)

    await square.storage.write(acquaint)
    told = await square.do(
        initiatives.tell_result, shift.initiative_id, person(square, "a"), "装好了"
    )
    assert seat is not None
    refused = await square.refused(
        review.finish, RULES, told.id, square.lin, [], version=told.version, seats=[seat.id]
    )
    assert refused == "initiative_own_claim"
    await square.do(review.finish, RULES, told.id, square.lin, [], version=told.version)


async def photo(square: Square, who: str, number: int = 1) -> Any:
    def unit(tx: Tx) -> Any:
        contact = tx.people.contacts_of(person(square, who))[0]
        picture = Attachment(kind=AttachmentKind.PHOTO, media_type="image/jpeg", content=b"photo")
        message = InboundMessage(
            channel="web", address=who, external_id=f"photo:{who}:{number}", text="",
            sent_at=tx.now, attachments=(picture,),
        )  # fmt: skip
        stored = tx.inbox.store(contact.id, message)
        assert stored is not None
        media_id = tx.media.add(stored, contact.id, picture)
        tx.media.settle(media_id, MediaState.KEPT, "")
        return tx.media.get(media_id)

    return await square.storage.write(unit)


async def test_photos_of_the_result_are_shown_once_staff_have_looked(square: Square) -> None:
    one = await square.in_progress()
    a, b = person(square, "a"), person(square, "b")
    first, second = await photo(square, "a"), await photo(square, "a", 2)
    other = await photo(square, "b")
    assert await square.refused(add_photo, b, one.id, other, "扶手") == "initiative_unknown"
    assert await square.refused(add_photo, a, one.id, other, "扶手") == "result_no_photo"
    for each in (first, first, second):
        await square.do(add_photo, a, one.id, each, "新的扶手")
    told = await square.do(initiatives.tell_result, one.id, a, "装好了")
    kept = await square.storage.read(lambda views: views.teams.photos(one.id))
    assert [each.media_id for each in kept] == [first.id, second.id]
    assert await square.storage.read(lambda views: public_photos(views, told)) == []
    await square.do(
        review.finish, RULES, one.id, square.lin, [], version=told.version, photos=[kept[1].id]
    )
    done = await square.fresh(one)
    shown = await square.storage.read(lambda views: public_photos(views, done))
    assert [each.media_id for each in shown] == [second.id]
    assert (
        await square.storage.read(lambda views: public_photos(views, replace(done, hidden=True)))
        == []
    )
    await square.do(lambda tx: tx.people.erase(a))
    assert await square.storage.read(lambda views: public_photos(views, done)) == []


async def test_who_joined_hears_that_it_is_called_off(square: Square) -> None:
    one = await square.in_progress()
    for who in "de":
        await square.do(team.join, person(square, who), one.id)
    await square.do(review.send_back, RULES, one.id, square.lin, "楼里要大修", version=one.version)
    assert "班也都不用来了" in await square.told("e")
    assert "班也都不用来了" not in await square.told("d")
    assert "您放的都退回了" in await square.told("d")


async def test_who_leaves_frees_what_she_took(square: Square, clock: FakeClock) -> None:
    shift = await on(square, "a", clock)
    a, b = person(square, "a"), person(square, "b")
    await square.do(shifts.take_seat, b, shift.id)
    task = await square.do(team.add_task, a, shift.initiative_id, "量尺寸")
    await square.do(team.take_task, b, shift.initiative_id, task.id)
    own = await square.storage.read(lambda views: views.own.gather(b))
    assert {"team_member", "team_task", "team_seat"} <= own.tables.keys()
    await square.do(lambda tx: tx.people.erase_at(b, tx.now))
    clock.move(seconds=1)
    assert await square.do(erase_due, RULES) == 1

    def left(views: Any) -> tuple[Any, ...]:
        about = shift.initiative_id
        taken = [each.taken_by for each in views.teams.tasks(about)]
        return views.teams.members(about), taken, views.teams.seats(shift.id)

    assert await square.storage.read(left) == ([], [None], [])


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
