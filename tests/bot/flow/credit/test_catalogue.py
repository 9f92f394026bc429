"""What is offered, and who changes it."""

from functools import partial

import pytest

from bot.flow.credit import redeem
from bot.model.case import RefusedError
from bot.model.reward import Offer
from bot.model.staff import Staff
from bot.ports.storage import Tx
from tests.bot.flow.credit.counter import Counter


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
