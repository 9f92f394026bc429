"""The inbox: lanes of messages, one a contact."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from bot.ports.inbox import Earlier, Waiting
from bot.store import tables as t
from bot.store.ground.unit import Unit
from bot.store.messages.extras import read_extras, write_extras
from bot.store.messages.media import SqlMedia
from bot.store.prepared import Prepared
from channels.message import InboundMessage

WAITING, HANDLED, SET_ASIDE = "waiting", "handled", "set_aside"

_LANE: Final = t.inbox.c.contact_id == sa.bindparam("contact")
_FIRST: Final = Prepared(sa.select(sa.func.min(t.inbox.c.id)).where(t.inbox_waits, _LANE))
_NEXT: Final = Prepared(
    sa.select(t.inbox).where(t.inbox_waits, _LANE).order_by(t.inbox.c.id).limit(1)
)
_MARK: Final = Prepared(t.inbox.update().where(t.inbox.c.id == sa.bindparam("message")))


class SqlInbox:
    """See `bot.ports.inbox.Inbox` and `InboxViews`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def store(self, contact_id: int, message: InboundMessage) -> int | None:
        """Keep the message and return its id; None when it is there already."""
        values = {
            "channel": message.channel,
            "external_id": message.external_id,
            "contact_id": contact_id,
            "text": self._unit.personal.seal("inbox.text", message.text),
            "choice": message.choice,
            "sent_at": message.sent_at,
            "received_at": self._unit.now,
            "attempts": 0,
            "state": WAITING,
            "reference": message.reference,
            "extras": self._unit.personal.seal("inbox.extras", write_extras(message)),
            "case_id": None,
            "preparing": not message.prepared,
        }
        return self._unit.insert_if_absent(t.inbox, ("channel", "external_id"), values)

    def prepared(self, message_id: int) -> None:
        """Let the message be taken."""
        self._unit.run(_MARK, message=message_id, preparing=False)

    def overdue(self, since: datetime) -> Sequence[tuple[int, int]]:
        """Return what has waited too long for its attachments."""
        rows = self._unit.run(
            sa.select(t.inbox.c.contact_id, t.inbox.c.id).where(
                t.inbox_prepares, t.inbox.c.received_at <= since
            )
        )
        return [(row.contact_id, row.id) for row in rows]

    def earlier(self, contact_id: int, reference: str, before: int) -> Earlier | None:
        """Return the message of that name as it was last taken."""
        rows = self._unit.run(
            sa.select(t.inbox)
            .where(
                t.inbox.c.contact_id == contact_id,
                t.inbox.c.reference == reference,
                t.inbox.c.id < before,
            )
            .order_by(t.inbox.c.id.desc())
        ).all()
        if not rows:
            return None
        cases = [row.case_id for row in rows if row.case_id is not None]
        words = self._unit.personal.open("inbox.text", rows[0].text)
        return Earlier(words, cases[0] if cases else None)

    def led_to(self, message_id: int, case_id: int) -> None:
        """Note the case."""
        self._unit.run(_MARK, message=message_id, case_id=case_id)

    def lock(self, contact_id: int) -> None:
        """Let no other unit take messages of the contact until this one ends."""
        if self._unit.shared:
            self._unit.run(t.LOCK_CONTACT, contact=contact_id)

    def claim(self, contact_id: int, message_id: int) -> bool:
        """Lock the lane; false when the message is not the next that waits there."""
        self.lock(contact_id)
        first: int | None = self._unit.run(_FIRST, contact=contact_id).scalar()
        return first == message_id

    def handled(self, message_id: int) -> None:
        """Mark it in the unit of its effect."""
        self._mark(message_id, HANDLED)

    def find(self, channel: str, external_id: str) -> int | None:
        """Return the id of the message with that name."""
        named = sa.and_(t.inbox.c.channel == channel, t.inbox.c.external_id == external_id)
        found: int | None = self._unit.run(sa.select(t.inbox.c.id).where(named)).scalar()
        return found

    def is_handled(self, message_id: int) -> bool:
        """Say whether the message has taken effect."""
        state = self._unit.run(sa.select(t.inbox.c.state).where(t.inbox.c.id == message_id))
        return state.scalar() == HANDLED

    def stumbled(self, message_id: int) -> int:
        """Count a failed attempt."""
        return int(
            self._unit.run(
                t.inbox.update()
                .where(t.inbox.c.id == message_id)
                .values(attempts=t.inbox.c.attempts + 1)
                .returning(t.inbox.c.attempts)
            ).scalar_one()
        )

    def set_aside(self, message_id: int) -> None:
        """Keep it for people to look at."""
        self._mark(message_id, SET_ASIDE)

    def lanes(self, limit: int) -> Sequence[int]:
        """Contacts with a waiting message, the longest waiting first."""
        rows = self._unit.run(
            sa.select(t.inbox.c.contact_id)
            .where(t.inbox_waits, sa.not_(t.inbox.c.preparing))
            .group_by(t.inbox.c.contact_id)
            .order_by(sa.func.min(t.inbox.c.id))
            .limit(limit)
        )
        return [row.contact_id for row in rows]

    def next_of(self, contact_id: int) -> Waiting | None:
        """Return the oldest waiting message of a contact; None while that is prepared."""
        row = self._unit.run(_NEXT, contact=contact_id).first()
        return None if row is None or row.preparing else self._waiting(row)

    def set_aside_since(self, since: datetime) -> Sequence[Waiting]:
        """Return messages that could not be handled."""
        rows = self._unit.run(
            sa.select(t.inbox)
            .where(t.inbox.c.state == SET_ASIDE, t.inbox.c.received_at >= since)
            .order_by(t.inbox.c.id)
        )
        return [self._waiting(row) for row in rows]

    def depth(self) -> int:
        """Return how many messages wait."""
        return int(
            self._unit.run(
                sa.select(sa.func.count()).select_from(t.inbox).where(t.inbox_waits)
            ).scalar_one()
        )

    def _mark(self, message_id: int, state: str) -> None:
        self._unit.run(_MARK, message=message_id, state=state)

    def _waiting(self, row: sa.Row[tuple[object, ...]]) -> Waiting:
        extras = read_extras(self._unit.personal.open("inbox.extras", row.extras))
        message = InboundMessage(
            channel=row.channel,
            address="",
            external_id=row.external_id,
            text=self._unit.personal.open("inbox.text", row.text),
            sent_at=row.sent_at,
            choice=row.choice,
            reference=row.reference,
            **extras.values,
        )
        return Waiting(
            id=row.id,
            contact_id=row.contact_id,
            attempts=row.attempts,
            message=message,
            media=SqlMedia(self._unit).of_message(row.id) if extras.attached else (),
        )
