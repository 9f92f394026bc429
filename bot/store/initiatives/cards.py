"""Cards of initiatives, and which of them are to be shown anew."""

import sqlalchemy as sa

from bot.ports.initiative_cards import InitiativeCard
from bot.store import tables as t
from bot.store.ground.unit import Unit

_UNSENT = sa.or_(
    *(
        sa.exists().where(
            part,
            t.outbox.c.contact_id == t.initiative_card.c.contact_id,
            t.outbox.c.initiative_id == t.initiative_card.c.initiative_id,
        )
        for part in (t.outbox_waits, t.outbox_in_flight, t.outbox_held)
    )
)


class SqlInitiativeCards:
    """See `bot.ports.initiative_cards.InitiativeCards`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def changed(self, initiative_id: int) -> None:
        """Mark those of one."""
        mark_changed(self._unit, t.initiative_card.c.initiative_id == initiative_id)

    def next_changed(self) -> InitiativeCard | None:
        """Look by the marks."""
        table = t.initiative_card
        standing = table.c.reference != ""
        query = sa.select(table).where(t.initiative_card_changed, standing, ~_UNSENT)
        row = self._unit.run(query.order_by(table.c.changed_at, table.c.id).limit(1)).first()
        if row is None:
            return None
        return InitiativeCard(
            contact_id=row.contact_id, initiative_id=row.initiative_id, changed_at=row.changed_at
        )

    def take(self, card: InitiativeCard) -> bool:
        """Take away this mark and no later one."""
        one = _one(card.contact_id, card.initiative_id)
        this = t.initiative_card.c.changed_at == card.changed_at
        change = t.initiative_card.update().where(one, this).values(changed_at=None)
        return self._unit.run(change).rowcount == 1

    def shown(self, contact_id: int, initiative_id: int, reference: str) -> None:
        """Keep its name."""
        change = t.initiative_card.update().where(_one(contact_id, initiative_id))
        self._unit.run(change.values(reference=reference))


def mark_changed(unit: Unit, which: sa.ColumnElement[bool]) -> None:
    """Mark cards, each by its first change."""
    unmarked = t.initiative_card.c.changed_at.is_(None)
    unit.run(t.initiative_card.update().where(which, unmarked).values(changed_at=unit.now))


def _one(contact_id: int, initiative_id: int) -> sa.ColumnElement[bool]:
    table = t.initiative_card
    return (table.c.contact_id == contact_id) & (table.c.initiative_id == initiative_id)
