"""A square on which neighbours meet, with initiatives in any state: what tests of those share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from bot.flow.initiatives import initiatives, pledging, review
from bot.model.case import RefusedError
from bot.model.initiative import Initiative, PledgeKind, Wish
from bot.model.people import Verification
from bot.model.staff import Staff
from bot.ports.storage import Storage, Tx
from credits.ledger import Balance, Kind, Ledger, resident
from credits.posting import post
from tests.bot.community import Community, rules
from tests.credits.making import posting

RULES = rules()
H, P, T = PledgeKind


@dataclass(slots=True)
class Square:
    """Neighbours a to e with 60 points each, and two of the staff who may decide."""

    storage: Storage
    community: Community
    people: dict[str, int]
    lin: Staff
    yu: Staff

    async def do(self, unit: Callable[..., Any], *args: Any, **named: Any) -> Any:
        return await self.storage.write(lambda tx: unit(tx, *args, **named))

    async def submitted(self, who: str = "a", **wish: Any) -> Initiative:
        """An initiative that asks for four hours and 30 points unless told otherwise."""
        whole: dict[str, Any] = {
            "place": "3号楼",
            "reason": "老人上下方便",
            "hours": 4,
            "points": 30,
        } | wish
        person = self.people[who]

        def unit(tx: Tx) -> Initiative:
            made = initiatives.begin_draft(tx, person, "给楼道装扶手")
            told = Wish(title=made.wish.title, **whole)
            initiatives.write_draft(tx, RULES, made.id, person, told)
            return initiatives.submit(tx, RULES, made.id, person)

        return await self.storage.write(unit)

    async def published(self, who: str = "a", **wish: Any) -> Initiative:
        made = await self.submitted(who, **wish)
        taken = await self.do(review.take, made.id, self.lin)
        found: Initiative = await self.do(
            review.publish, RULES, made.id, self.lin, version=taken.version
        )
        return found

    async def pledge(
        self,
        who: str,
        one: Initiative,
        kind: PledgeKind,
        amount: int = 1,
        key: str = "",
        words: str = "",
    ) -> Any:
        return await self.do(
            pledging.pledge, RULES, self.people[who], one.id, kind, amount,
            key=key or f"{one.id}:{kind}:{words}", words=words,
        )  # fmt: skip

    async def ready(self) -> Initiative:
        """Three neighbours bring together what is asked for."""
        one = await self.published()
        await self.pledge("b", one, P, 20)
        await self.pledge("c", one, P, 10)
        await self.pledge("d", one, H, 4)
        return await self.fresh(one)

    async def in_progress(self) -> Initiative:
        one = await self.ready()
        decided = await self.do(
            review.decide, RULES, one.id, self.lin, "周六上午装", version=one.version
        )
        await self.do(initiatives.begin, decided.id, self.people["a"])
        return await self.fresh(one)

    async def fresh(self, one: Initiative) -> Initiative:
        found = await self.storage.read(lambda views: views.initiatives.find(one.id))
        assert found is not None
        return found

    async def balance(self, who: str, ledger: Ledger = Ledger.POINTS) -> Balance:
        account = resident(self.people[who], ledger)
        return await self.storage.read(lambda views: views.journal.balance(account))

    async def kinds(self, who: str) -> list[Kind]:
        account = resident(self.people[who])
        entries = await self.storage.read(lambda views: views.journal.entries(account))
        return [one.kind for one in entries]

    async def told(self, who: str) -> str:
        person = self.people[who]
        contact = await self.storage.read(lambda views: views.people.contacts_of(person)[0])
        return "\n".join(await self.community.news(contact.id))

    async def refused(self, unit: Callable[..., Any], *args: Any, **named: Any) -> str:
        with pytest.raises(RefusedError) as refused:
            await self.do(unit, *args, **named)
        return refused.value.reason


async def a_square(storage: Storage) -> Square:
    community = Community(storage, RULES)
    await community.fill()

    def unit(tx: Tx) -> dict[str, int]:
        people = {}
        for name in "abcde":
            people[name] = person_id = tx.people.meet("web", name).person_id
            tx.people.verify(person_id, Verification.CONTACT_CONFIRMED)
            gift = posting(f"gift {name}", "treasury", f"resident:{person_id}", 60, acted_at=tx.now)
            post(tx.journal, gift, now=tx.now, new_id=tx.new_transfer_id)
        return people

    people = await storage.write(unit)
    return Square(
        storage, community, people, await community.staff("lin"), await community.staff("yu")
    )
