"""An order holds points and stock together and lets go of both once, on both databases."""

import asyncio
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from functools import partial

import pytest

from bot.flow.credit import redeem
from bot.model.case import RefusedError
from bot.model.people import Verification
from bot.model.reward import KEPT, Order, OrderState
from bot.ports.storage import Storage, Tx
from bot.till import Till, do_all
from credits.ledger import Balance, Kind
from credits.posting import post
from tests.bot.flow.credit.counter import RULES, Counter, make
from tests.credits.making import posting
from tests.fakes.clock import FakeClock


async def test_an_order_holds_points_and_one_of_the_stock(counter: Counter) -> None:
    order = await counter.order()
    assert (order.state, order.price) == (OrderState.OPEN, 15)
    assert await counter.balance() == Balance(40, held=15)
    assert (await counter.reward()).stock == 19


async def test_asked_twice_it_is_one_order(counter: Counter) -> None:
    assert await counter.order("same") == await counter.order("same")
    assert await counter.balance() == Balance(40, held=15)
    assert (await counter.reward()).stock == 19


async def test_the_counter_settles_it_once_and_she_is_told(counter: Counter) -> None:
    code = await counter.code(await counter.order())
    given = await counter.give(code)
    assert isinstance(given, Order)
    again = await counter.give(code)
    assert isinstance(again, RefusedError)
    assert again.reason == "order_wrong_code"
    assert await counter.balance() == Balance(25)
    assert await counter.kinds() == [Kind.TRANSFER, Kind.HOLD, Kind.POST]
    assert (await counter.reward()).stock == 19
    assert ["领走了" in text for text in await counter.community.news(1)] == [True]


async def test_two_counters_at_once_hand_out_one(counter: Counter) -> None:
    code = await counter.code(await counter.order())
    ends = await asyncio.gather(*(counter.give(code, one) for one in ("shop", "lin", "wang")))
    assert sorted(isinstance(one, Order) for one in ends) == [False, False, True]
    assert await counter.balance() == Balance(25)


async def test_counters_that_share_a_unit_hand_out_one(counter: Counter) -> None:
    codes = [await counter.code(await counter.order(str(number))) for number in range(2)]
    staff = [await counter.community.staff(one) for one in ("shop", "lin", "wang", "ding")]
    till = Till(counter.storage)
    errands = [
        partial(redeem.hand_out, rules=RULES, staff=one, code=code)
        for code in codes
        for one in staff
    ]
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(till.run())
        ends = await asyncio.gather(*[till.do(one) for one in errands])
        serving.cancel()
    handed = [isinstance(one, Order) for one in ends]
    assert handed == [True, False, False, False] * 2
    assert await counter.balance() == Balance(10)


async def test_many_wishes_at_once_never_sell_more_than_there_is(storage: Storage) -> None:
    counter = await make(storage, points=400)
    reward = await counter.reward("理发一次")
    people = [await _resident(storage, f"r{number}") for number in range(12)]

    def wish(person_id: int) -> Callable[[Tx], Order]:
        return partial(redeem.order, rules=RULES, person_id=person_id, reward_id=reward.id, key="1")

    ends = await asyncio.gather(
        *(storage.write(wish(one)) for one in people), return_exceptions=True
    )
    refused = [one.reason for one in ends if isinstance(one, RefusedError)]
    assert refused == ["reward_sold_out"] * 4
    assert (await counter.reward("理发一次")).stock == 0


async def _resident(storage: Storage, address: str) -> int:
    def unit(tx: Tx) -> int:
        person_id = tx.people.meet("web", address).person_id
        tx.people.verify(person_id, Verification.RESIDENT_CONFIRMED)
        gift = posting(address, "treasury", f"resident:{person_id}", 30, acted_at=tx.now)
        post(tx.journal, gift, now=tx.now, new_id=tx.new_transfer_id)
        return person_id

    return await storage.write(unit)


async def test_what_lapsed_is_free_again_with_notice_and_can_not_be_collected(
    counter: Counter, clock: FakeClock
) -> None:
    code = await counter.code(await counter.order())
    clock.move(seconds=KEPT.total_seconds())
    late = await counter.give(code)
    assert isinstance(late, RefusedError)
    assert late.reason == "order_lapsed"
    assert await counter.storage.read(lambda views: views.rewards.is_due())
    assert [await counter.lapse(), await counter.lapse()] == [1, 0]
    assert await counter.balance() == Balance(40)
    assert (await counter.reward()).stock == 20
    assert ["退回给您" in text for text in await counter.community.news(1)] == [True]
    assert await counter.kinds() == [Kind.TRANSFER, Kind.HOLD, Kind.LAPSE]


async def test_at_the_moment_itself_its_time_is_up(counter: Counter, clock: FakeClock) -> None:
    order = await counter.order()
    code, staff = await counter.code(order), await counter.community.staff("shop")
    clock.time = order.expires_at - timedelta(microseconds=1)  # it moves by one when it is read
    errand = partial(redeem.hand_out, rules=RULES, staff=staff, code=code)
    (late,) = await counter.storage.write(partial(do_all, [errand]))
    assert isinstance(late, RefusedError)
    assert late.reason == "order_lapsed"


async def test_what_lapsed_is_freed_by_nobody_but_the_worker(
    counter: Counter, clock: FakeClock
) -> None:
    order = await counter.order()
    clock.move(seconds=KEPT.total_seconds())
    assert await counter.balance() == Balance(40, held=15)
    assert await counter.lapse() == 1
    assert await counter.balance() == Balance(40)
    token = await counter.storage.read(lambda views: views.rewards.token_of(order.id))
    found = await counter.storage.read(lambda views: views.rewards.by_token(token))
    assert found is not None
    assert found.state is OrderState.LAPSED
    assert found.ended_at is not None


async def test_a_hold_that_somebody_elses_posting_freed_still_ends_its_order(
    counter: Counter, clock: FakeClock
) -> None:
    await counter.order()
    clock.move(seconds=KEPT.total_seconds())
    await _resident(counter.storage, "other")
    assert await counter.balance() == Balance(40)
    assert await counter.lapse() == 1
    assert (await counter.reward()).stock == 20


async def test_it_lapses_at_the_very_moment(counter: Counter, clock: FakeClock) -> None:
    order = await counter.order()
    for early, lapses in ((2, False), (1, True)):  # the clock goes on by one when it is read
        clock.time = order.expires_at - timedelta(microseconds=early)
        assert await counter.storage.read(lambda views: views.rewards.is_due()) is lapses
    clock.time = order.expires_at - timedelta(microseconds=1)
    assert await counter.lapse() == 1


async def test_with_all_that_waits_what_lapsed_is_not_given_up(
    counter: Counter, clock: FakeClock
) -> None:
    await counter.order()
    clock.move(seconds=KEPT.total_seconds())
    give_up = partial(redeem.cancel_all, person_id=counter.person_id)
    assert await counter.storage.write(give_up) == 0
    await counter.order("another")
    assert await counter.storage.write(give_up) == 1


async def test_just_before_its_time_is_up_it_is_handed_out(
    counter: Counter, clock: FakeClock
) -> None:
    code = await counter.code(await counter.order())
    clock.move(seconds=(KEPT - timedelta(seconds=1)).total_seconds())
    assert isinstance(await counter.give(code), Order)


async def test_at_the_very_moment_it_is_given_up_no_more(
    counter: Counter, clock: FakeClock
) -> None:
    order, later = await counter.order(), await counter.order("later")
    for one, early in ((order, 2), (later, 1)):
        clock.time = one.expires_at - timedelta(microseconds=early)
        give_up = partial(redeem.cancel, person_id=counter.person_id, order_id=one.id)
        with pytest.raises(RefusedError, match="order_over") if early == 1 else nullcontext():
            await counter.storage.write(give_up)


async def test_she_gives_it_up_once(counter: Counter) -> None:
    order = await counter.order()
    unit = partial(redeem.cancel, person_id=counter.person_id, order_id=order.id)
    assert (await counter.storage.write(unit)).id == order.id
    with pytest.raises(RefusedError, match="order_over"):
        await counter.storage.write(unit)
    assert await counter.balance() == Balance(40)
    assert (await counter.reward()).stock == 20
    gone = await counter.give(await counter.code(order))
    assert isinstance(gone, RefusedError)


async def test_nobody_gives_up_what_somebody_else_ordered(counter: Counter) -> None:
    order = await counter.order()
    other = await _resident(counter.storage, "other")
    with pytest.raises(RefusedError, match="order_unknown"):
        await counter.storage.write(partial(redeem.cancel, person_id=other, order_id=order.id))
