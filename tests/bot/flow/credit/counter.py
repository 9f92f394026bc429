"""A counter at which points are spent."""

from dataclasses import dataclass
from functools import partial

from bot.flow.credit import redeem
from bot.model.case import RefusedError
from bot.model.people import Verification
from bot.model.reward import Order, Reward
from bot.ports.storage import Storage, Tx
from bot.till import do_all
from credits.ledger import Balance, Kind, resident
from credits.posting import post
from tests.bot.community import Community, rules
from tests.credits.making import posting

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
