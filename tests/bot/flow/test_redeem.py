"""An order holds points and stock together and lets go of both once, on both databases."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from bot.flow import redeem
from bot.model.case import RefusedError
from bot.model.people import Verification
from bot.model.reward import KEPT, Offer, Order, OrderState, Reward, spoken_code, typed_code
from bot.model.staff import Staff
from bot.ports.storage import Storage, Tx
from bot.store import tables as t
from bot.till import Till, do_all
from credits.ledger import Balance, Kind, resident
from credits.posting import post
from tests.bot.community import Community, rules
from tests.credits.making import posting
from tests.fakes.clock import FakeClock

RULES = rules()


@dataclass(slots=True)
class Counter:
    """A community with eggs for 15 points, and a resident who has 40."""

    storage: Storage
    community: Community
    person_id: int

    async def reward(self, name: str = "鸡蛋十个") -> Reward:
        found = await self.storage.read(lambda views: views.rewards.all())
        return next(one for one in found if one.name == name)

    async def order(self, key: str = "1", name: str = "鸡蛋十个") -> Order:
        reward = await self.reward(name)
        unit = partial(
            redeem.order, rules=RULES, person_id=self.person_id, reward_id=reward.id, key=key
        )
        return await self.storage.write(unit)

    async def code(self, order: Order) -> str:
        return await self.storage.read(lambda views: views.rewards.code_of(order.id))

    async def give(self, code: str, login: str = "shop") -> Order | RefusedError:
        staff = await self.community.staff(login)
        errand = partial(redeem.hand_out, rules=RULES, staff=staff, code=code)
        (end,) = await self.storage.write(partial(do_all, [errand]))
        assert isinstance(end, Order | RefusedError)
        return end

    async def balance(self) -> Balance:
        return await self.storage.read(lambda v: v.journal.balance(resident(self.person_id)))

    async def kinds(self) -> list[Kind]:
        entries = await self.storage.read(lambda v: v.journal.entries(resident(self.person_id)))
        return [one.kind for one in entries]

    async def lapse(self) -> int:
        return await self.storage.write(partial(redeem.release_lapsed, rules=RULES))


async def make(storage: Storage, points: int = 40) -> Counter:
    community = Community(storage, RULES)
    await community.fill()

    def unit(tx: Tx) -> int:
        person_id = tx.people.meet("web", "resident").person_id
        tx.people.verify(person_id, Verification.CONTACT_CONFIRMED)
        gift = posting("gift", "treasury", f"resident:{person_id}", points, acted_at=tx.now)
        post(tx.journal, gift, now=tx.now, new_id=tx.new_transfer_id)
        return person_id

    return Counter(storage, community, await storage.write(unit))


@pytest.fixture
async def counter(storage: Storage) -> Counter:
    return await make(storage)


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


async def test_what_was_taken_off_is_offered_no_more(counter: Counter) -> None:
    before = await counter.storage.read(lambda views: views.rewards.offered())
    reward = before[0]
    offer = Offer(
        name=reward.name,
        words=reward.words,
        price=reward.price,
        stock=reward.stock,
        organisation_id=reward.organisation_id,
        offered=False,
    )
    await counter.storage.write(
        lambda tx: tx.rewards.change(reward.id, offer, stock_was=reward.stock)
    )
    assert await counter.storage.read(lambda views: views.rewards.offered()) == before[1:]


async def test_just_before_its_time_is_up_it_is_handed_out(
    counter: Counter, clock: FakeClock
) -> None:
    code = await counter.code(await counter.order())
    clock.move(seconds=(KEPT - timedelta(seconds=1)).total_seconds())
    assert isinstance(await counter.give(code), Order)


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


REFUSED = [
    ("too few points", "洗衣液一瓶", {"points": 39}, "reward_few_points"),
    ("too many wait", "垃圾袋一卷", {"before": 3}, "reward_many"),
    ("a stranger", "垃圾袋一卷", {"level": Verification.UNVERIFIED}, "reward_stranger"),
    ("taken off", "垃圾袋一卷", {"offered": False}, "reward_gone"),
    ("sold out", "垃圾袋一卷", {"stock": 0}, "reward_sold_out"),
]


@pytest.mark.parametrize(
    ("label", "name", "changed", "reason"), REFUSED, ids=[label for label, *_ in REFUSED]
)
async def test_what_is_refused_moves_nothing(
    storage: Storage, label: str, name: str, changed: dict[str, object], reason: str
) -> None:
    counter = await make(storage, points=int(str(changed.get("points", 40))))
    before = int(str(changed.get("before", 0)))
    for number in range(before):
        await counter.order(f"before {number}", name)
    reward = await counter.reward(name)
    offer = Offer(
        name=reward.name,
        words=reward.words,
        price=reward.price,
        stock=int(str(changed.get("stock", reward.stock))),
        organisation_id=reward.organisation_id,
        offered=bool(changed.get("offered", True)),
    )

    def unit(tx: Tx) -> None:
        assert tx.rewards.change(reward.id, offer, stock_was=reward.stock)
        level = changed.get("level")
        if isinstance(level, Verification):
            tx.people.verify(counter.person_id, level)

    await storage.write(unit)
    balance, stock = await counter.balance(), (await counter.reward(name)).stock
    with pytest.raises(RefusedError, match=reason):
        await counter.order("refused", name)
    assert (await counter.balance(), (await counter.reward(name)).stock) == (balance, stock), label


COUNTERS = [
    ("the shop hands out its own", "鸡蛋十个", "shop", ""),
    ("but not the office's", "垃圾袋一卷", "shop", "order_elsewhere"),
    ("the office hands out everything", "鸡蛋十个", "wang", ""),
    ("a moderator does", "鸡蛋十个", "yu", ""),
    ("who only supervises does not", "鸡蛋十个", "ding", "not_allowed"),
]


@pytest.mark.parametrize(
    ("label", "name", "login", "reason"), COUNTERS, ids=[label for label, *_ in COUNTERS]
)
async def test_who_hands_out_what(
    counter: Counter, label: str, name: str, login: str, reason: str
) -> None:
    code = await counter.code(await counter.order(name=name))
    end = await counter.give(code, login)
    assert (end.reason if isinstance(end, RefusedError) else "") == reason, label


async def test_guesses_are_counted_and_soon_nothing_is_looked_at(
    counter: Counter, clock: FakeClock
) -> None:
    code = await counter.code(await counter.order())
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    ends = [await counter.give(wrong) for _ in range(11)]
    reasons = [one.reason for one in ends if isinstance(one, RefusedError)]
    assert reasons == ["order_wrong_code"] * 10 + ["order_tries"]
    locked = await counter.give(code)
    assert isinstance(locked, RefusedError)
    assert isinstance(await counter.give(code, "wang"), Order)  # a counter for itself
    clock.move(minutes=16)
    again = await counter.code(await counter.order("2"))
    assert isinstance(await counter.give(again), Order)


async def test_neither_code_nor_address_is_kept(counter: Counter, engine: sa.Engine) -> None:
    order = await counter.order()
    code = await counter.code(order)
    token = await counter.storage.read(lambda views: views.rewards.token_of(order.id))
    with engine.connect() as connection:
        rows = [str(row) for row in connection.execute(sa.select(t.reward_order))]
    assert not [row for row in rows if code in row or token in row]
    found = await counter.storage.read(lambda views: views.rewards.by_token(token))
    assert found == order


OFFER = Offer(name="米", words="", price=1, stock=0, organisation_id=1, offered=True)
WRONG = [
    ({"name": ""}, "reward_words"),
    ({"name": "米" * 21}, "reward_words"),
    ({"price": 0}, "reward_numbers"),
    ({"stock": -1}, "reward_numbers"),
    ({"organisation_id": 999}, "reward_where"),
]


@pytest.mark.parametrize(("changed", "reason"), WRONG)
async def test_a_wrong_offer_is_refused(
    counter: Counter, changed: dict[str, str | int], reason: str
) -> None:
    lin = await counter.community.staff("lin")
    values = {name: getattr(OFFER, name) for name in Offer.__dataclass_fields__} | changed
    with pytest.raises(RefusedError, match=reason):
        await counter.storage.write(partial(redeem.add_reward, staff=lin, offer=Offer(**values)))


async def test_who_only_hands_out_changes_nothing_of_the_catalogue(counter: Counter) -> None:
    shop, reward = await counter.community.staff("shop"), await counter.reward()
    for unit in (
        partial(redeem.add_reward, staff=shop, offer=OFFER),
        partial(redeem.change_reward, staff=shop, reward_id=reward.id, offer=OFFER, stock_was=20),
        partial(redeem.add_shop, staff=shop, name="新店"),
    ):
        with pytest.raises(RefusedError, match="not_allowed"):
            await counter.storage.write(unit)


async def test_a_stock_that_moved_is_not_overwritten(counter: Counter) -> None:
    lin, reward = await counter.community.staff("lin"), await counter.reward()
    await counter.order()

    def unit(tx: Tx, staff: Staff, seen: int) -> None:
        redeem.change_reward(tx, staff, reward.id, OFFER, stock_was=seen)

    with pytest.raises(RefusedError, match="reward_moved"):
        await counter.storage.write(partial(unit, staff=lin, seen=20))
    await counter.storage.write(partial(unit, staff=lin, seen=19))
    assert (await counter.reward("米")).stock == 0


CODES = [
    ("12345678", "12345678"),
    ("1234 5678", "12345678"),
    ("1234-5678", "12345678"),
    ("1234567", ""),
    ("123456789", ""),
    ("", ""),
    ("一二三四", ""),
    ("1 2 3 4 5 6 7 8", "12345678"),
    ("我的码是很长很长的一句话 12345678", ""),
]


@pytest.mark.parametrize(("typed", "code"), CODES)
def test_codes_as_people_type_them(typed: str, code: str) -> None:
    assert typed_code(typed) == code
    assert typed_code(spoken_code(code)) == code
