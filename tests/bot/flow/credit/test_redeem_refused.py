"""Who may order and hand out what, and with which code."""

import pytest
import sqlalchemy as sa

from bot.model.case import RefusedError
from bot.model.people import Verification
from bot.model.reward import Offer, Order, spoken_code, typed_code
from bot.ports.storage import Storage, Tx
from bot.store import tables as t
from tests.bot.flow.credit.counter import Counter, make
from tests.fakes.clock import FakeClock

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


async def test_a_code_that_a_colleague_was_quicker_with_is_no_guess(counter: Counter) -> None:
    code = await counter.code(await counter.order())
    assert isinstance(await counter.give(code, "wang"), Order)
    ends = [await counter.give(code) for _ in range(12)]
    reasons = {one.reason for one in ends if isinstance(one, RefusedError)}
    assert reasons == {"order_wrong_code"}
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
