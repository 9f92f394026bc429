"""What a team is credited with: time, points given, and who may confirm it."""

import pytest

from bot.flow.initiatives import initiatives, review, shift_check_in, shifts, team
from bot.flow.initiatives.contributions import presences
from bot.model.initiative import InitiativeState
from bot.ports.storage import Tx
from credits.ledger import Balance, Ledger
from tests.bot.flow.initiatives.square import RULES, H, P, Square, T
from tests.bot.flow.initiatives.teaming import came, on, one_of, person
from tests.fakes.clock import FakeClock


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
