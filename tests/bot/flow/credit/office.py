"""The moderators, and shorthand for what happens there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from bot.flow.credit.claims import make_claim
from bot.model.case import RefusedError
from bot.model.staff import Staff
from bot.ports.moderation import Claim
from bot.ports.storage import Storage, Tx
from channels.message import Attachment, AttachmentKind, InboundMessage
from credits.ledger import rejected, resident
from tests.bot.community import rules

RULES = rules()


@dataclass(slots=True)
class Office:
    """The moderators, and shorthand for what happens there."""

    storage: Storage
    yu: Staff
    bai: Staff
    ding: Staff
    admin: Staff

    async def claim(self, address: str = "her", code: str = "mediation", photos: int = 0) -> Claim:
        def unit(tx: Tx) -> Claim:
            contact = tx.people.meet("web", address)
            media = [_photo(tx, address) for _ in range(photos)]
            return make_claim(
                tx, RULES, contact, code, words="把话说开了", place="3号楼", media_ids=media
            )

        return await self.storage.write(unit)

    async def fresh(self, claim: Claim) -> Claim:
        found = await self.storage.read(lambda views: views.claims.find(claim.id))
        assert found is not None
        return found

    async def do(self, step: Callable[..., Any], claim: Claim, staff: Staff, *rest: str) -> Any:
        version = (await self.fresh(claim)).version
        return await self.storage.write(
            lambda tx: step(tx, RULES, claim.id, staff, *rest, version=version)
        )

    async def signals(self, claim: Claim) -> set[str]:
        found = await self.storage.read(lambda views: views.claims.signals([claim.id]))
        return {one.kind for _, one in found}

    async def refusal(self, unit: Callable[[Tx], Any]) -> str:
        with pytest.raises(RefusedError) as refused:
            await self.storage.write(unit)
        return refused.value.reason

    async def points(self, address: str = "her") -> int:
        def look(tx: Tx) -> int:
            return tx.journal.balance(resident(tx.people.meet("web", address).person_id)).free

        return await self.storage.write(look)

    async def wrong(self, address: str = "her") -> int:
        def look(tx: Tx) -> int:
            return tx.journal.balance(rejected(tx.people.meet("web", address).person_id)).posted

        return await self.storage.write(look)


def _photo(tx: Tx, address: str) -> int:
    contact = tx.people.meet("web", address)
    photo = Attachment(kind=AttachmentKind.PHOTO, media_type="image/jpeg", content=b"photo")
    message = InboundMessage(
        channel="web",
        address=address,
        external_id=tx.new_transfer_id(),
        text="",
        sent_at=tx.now,
        attachments=(photo,),
    )
    stored = tx.inbox.store(contact.id, message)
    assert stored is not None
    return tx.media.add(stored, contact.id, photo)
