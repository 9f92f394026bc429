"""What of the outbox is held until she writes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from bot.ports.held import HeldMessage
from bot.ports.outbox import Claimed, Delivery
from bot.store import tables as t
from bot.store.ground.personal import PrivacyError
from bot.store.ground.unit import Unit
from bot.store.messages.outbox import SqlOutbox, read_buttons
from bot.store.prepared import Prepared

_HELD: Final = Prepared(
    sa.select(t.outbox)
    .where(t.outbox_held, t.outbox.c.contact_id == sa.bindparam("contact"))
    .order_by(t.outbox.c.id)
)


class SqlHeld:
    """See `bot.ports.held.Held`."""

    def __init__(self, unit: Unit, outbox: SqlOutbox) -> None:
        self._unit = unit
        self._outbox = outbox

    def hold(self, claimed: Claimed, error: str) -> None:
        """Lock the contact: whoever takes a message of hers sees it held, or it is seen here."""
        if self._unit.shared:
            self._unit.run(t.LOCK_CONTACT, contact=claimed.contact_id)
        later = sa.and_(t.inbox.c.contact_id == claimed.contact_id, t.inbox.c.id > claimed.heard)
        if self._unit.run(sa.select(t.inbox.c.id).where(later).limit(1)).first() is not None:
            self._outbox.postpone(claimed.id, due_at=self._unit.now, error=error)
        else:
            self._outbox.give_up(claimed.id, Delivery.HELD, error)

    def of(self, contact_id: int) -> Sequence[HeldMessage]:
        """Return them in the order in which they were written."""
        return [
            HeldMessage(
                id=row.id,
                key=row.key,
                case_id=row.case_id,
                choices=tuple(button.choice for button in read_buttons(row.buttons)),
                card=row.card or row.initiative_id is not None,
                blank=row.text == "",
                created_at=row.created_at,
            )
            for row in self._unit.run(_HELD, contact=contact_id).all()
        ]

    def overtake(self, ids: Sequence[int]) -> None:
        """Mark them."""
        chosen = t.outbox.c.id.in_(ids)
        change = t.outbox.update().where(t.outbox_held, chosen)
        self._unit.run(change.values(delivery=Delivery.OVERTAKEN.value, done_at=self._unit.now))

    def say_now(self, message_id: int, before: str) -> None:
        """Give it another id, so that it stands behind what was written until now."""
        one = sa.and_(t.outbox_held, t.outbox.c.id == message_id)
        row = self._unit.run(sa.select(t.outbox).where(one)).mappings().one()
        self._unit.run(t.outbox.delete().where(one))
        again = {
            "text": self._behind(before, row["text"]),
            "delivery": Delivery.WAITING.value,
            "attempts": 0,
            "due_at": self._unit.now,
            "done_at": None,
            "error": "",
        }
        self._unit.insert(t.outbox, {k: v for k, v in row.items() if k != "id"} | again)

    def give_up_old(self, before: datetime, error: str) -> int:
        """End them."""
        old = t.outbox.c.created_at <= before
        change = t.outbox.update().where(t.outbox_held, old)
        failed = {"delivery": Delivery.FAILED.value, "done_at": self._unit.now, "error": error}
        return self._unit.run(change.values(failed)).rowcount

    def _behind(self, before: str, sealed: str) -> str:
        """Put words in front, once; what nobody can read ends where it is sent."""
        if not before:
            return sealed
        try:
            text = self._unit.personal.open("outbox.text", sealed)
        except PrivacyError:
            return sealed
        said = text if text.startswith(before) else f"{before}{text}"
        return self._unit.personal.seal("outbox.text", said)
