"""The outbox: what waits, what is in flight, what went out, what nobody knows."""

import json
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from bot.ports.outbox import ANSWER, Claimed, Delivery, Doubtful, Outgoing
from bot.store import tables as t
from bot.store.ground.personal import PrivacyError
from bot.store.ground.unit import Unit
from bot.store.prepared import Prepared
from channels.message import Button, OutboundMessage

_log = logging.getLogger(__name__)

_IN_FLIGHT: Final = (Delivery.SENDING.value, Delivery.UNCERTAIN.value)
_HEARD: Final = t.outbox.c.delivery.not_in((Delivery.HELD.value, Delivery.OVERTAKEN.value))
_CARD: Final = Prepared(sa.select(t.card).where(t.card.c.case_id == sa.bindparam("of_case")))
_DOUBTFUL: Final = Prepared(
    sa.select(sa.func.count().label("n")).select_from(t.outbox).where(t.outbox_doubtful)
)
_COUNTS: Final = sa.union_all(
    *(
        sa.select(t.outbox.c.delivery, sa.func.count().label("n"))
        .where(part)
        .group_by(t.outbox.c.delivery)
        for part in (t.outbox_waits, t.outbox_in_flight, t.outbox_held, t.outbox_doubtful)
    )
)
_CARD_CHANGE: Final = sa.and_(t.outbox.c.card, t.outbox.c.text == "")
_INITIATIVE_CHANGE: Final = sa.and_(t.outbox.c.initiative_id.is_not(None), t.outbox.c.text == "")
_REPEATABLE: Final = sa.or_(_CARD_CHANGE, _INITIATIVE_CHANGE)
"""What may be sent twice: it only shows anew what is there."""

_SHOWN_ANEW: Final = sa.and_(
    _INITIATIVE_CHANGE,
    t.initiative_card.c.contact_id == t.outbox.c.contact_id,
    t.initiative_card.c.initiative_id == t.outbox.c.initiative_id,
)
_SHOWN: Final = (
    sa.func.coalesce(t.card.c.reference, t.initiative_card.c.reference).label("reference"),
    sa.func.coalesce(t.initiative_card.c.in_room, sa.false()).label("in_room"),
)

_HEARD_OF_HER: Final = (
    sa.select(sa.func.coalesce(sa.func.max(t.inbox.c.id), 0))
    .where(t.inbox.c.contact_id == t.outbox.c.contact_id)
    .scalar_subquery()
    .label("heard")
)


class SqlOutbox:
    """See `bot.ports.outbox.Outbox` and `OutboxViews`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def put(self, outgoing: Outgoing, due_at: datetime) -> bool:
        """Queue the message. The contact is locked, so that its ids grow in order of commit."""
        if self._unit.shared:
            self._unit.run(t.LOCK_CONTACT, contact=outgoing.contact_id)
        values = {
            "key": outgoing.key,
            "contact_id": outgoing.contact_id,
            "case_id": outgoing.case_id,
            "text": self._unit.personal.seal("outbox.text", outgoing.text),
            "buttons": write_buttons(outgoing.buttons),
            "link": outgoing.link,
            "delivery": (Delivery.SENDING if outgoing.live_until else Delivery.WAITING).value,
            "attempts": 0,
            "created_at": self._unit.now,
            "due_at": due_at,
            "lease_until": outgoing.live_until,
            "error": "",
            "card": outgoing.card,
            "initiative_id": outgoing.initiative_id,
        }
        if outgoing.card and outgoing.case_id is not None:
            self._new_card(outgoing.contact_id, outgoing.case_id)
        if outgoing.initiative_id is not None and outgoing.text:
            self._new_initiative_card(outgoing, outgoing.initiative_id)
        return self._unit.insert_if_absent(t.outbox, ("key",), values) is not None

    def find(self, key: str) -> Outgoing | None:
        """Return the message of that key."""
        row = self._unit.run(sa.select(t.outbox).where(t.outbox.c.key == key)).first()
        if row is None:
            return None
        return Outgoing(
            key=row.key,
            contact_id=row.contact_id,
            text=self._unit.personal.open("outbox.text", row.text),
            buttons=read_buttons(row.buttons),
            link=row.link,
            case_id=row.case_id,
            card=row.card,
        )

    def case_told_of(self, contact_id: int) -> int | None:
        """Return the case that the contact heard of last."""
        told = (
            sa.select(t.outbox.c.case_id)
            .where(
                t.outbox.c.contact_id == contact_id,
                t.outbox.c.case_id.is_not(None),
                t.outbox.c.due_at <= self._unit.now,
                _HEARD,
            )
            .order_by(t.outbox.c.id.desc())
            .limit(1)
        )
        return self._unit.run(told).scalar()

    def offered(self, contact_id: int) -> Sequence[Button]:
        """Look at the newest one that is due."""
        newest = (
            sa.select(t.outbox.c.buttons)
            .where(t.outbox.c.contact_id == contact_id, t.outbox.c.due_at <= self._unit.now, _HEARD)
            .order_by(t.outbox.c.id.desc())
            .limit(1)
        )
        return read_buttons(self._unit.run(newest).scalar() or "[]")

    def since_answer(self, contact_id: int) -> int:
        """Count from the newest answer on."""
        newest = sa.select(sa.func.max(t.outbox.c.id)).where(
            t.outbox.c.contact_id == contact_id, t.outbox.c.key.startswith(ANSWER)
        )
        later = sa.select(sa.func.count()).where(
            t.outbox.c.contact_id == contact_id,
            t.outbox.c.id > sa.func.coalesce(newest.scalar_subquery(), 0),
        )
        return int(self._unit.run(later).scalar_one())

    def said(self, key: str) -> str | None:
        """Mark the live answer as gone out, and return its text."""
        row = self._unit.run(
            t.outbox.update()
            .where(t.outbox.c.key == key, t.outbox_in_flight)
            .values(delivery=Delivery.SENT.value, done_at=self._unit.now, lease_until=None)
            .returning(t.outbox.c.text)
        ).first()
        return None if row is None else self._unit.personal.open("outbox.text", row.text)

    def card_changed(self, case_id: int, due_at: datetime) -> None:
        """Queue a row without words: they are written when it goes out."""
        card = self._card(case_id)
        if card is None or self._change_waits(case_id):
            return
        change = Outgoing(
            key=f"card:{case_id}:{self._unit.now.timestamp():.6f}",
            contact_id=card.contact_id,
            case_id=case_id,
            text="",
        )
        if self.put(change, due_at):
            self._unit.run(t.outbox.update().where(t.outbox.c.key == change.key).values(card=True))

    def card_shown(self, case_id: int, reference: str) -> None:
        """Keep the channel's name of the message that is the card now."""
        self._unit.run(
            t.card.update().where(t.card.c.case_id == case_id).values(reference=reference)
        )

    def _new_card(self, contact_id: int, case_id: int) -> None:
        values = {"case_id": case_id, "contact_id": contact_id, "reference": ""}
        self._unit.put(t.card, ("case_id",), values)

    def _new_initiative_card(self, outgoing: Outgoing, initiative_id: int) -> None:
        theirs = {"contact_id": outgoing.contact_id, "initiative_id": initiative_id}
        values = theirs | {"reference": "", "in_room": outgoing.in_room}
        self._unit.put(t.initiative_card, tuple(theirs), values)

    def _card(self, case_id: int) -> Any:
        return self._unit.run(_CARD, of_case=case_id).first()

    def _change_waits(self, case_id: int) -> bool:
        query = sa.select(t.outbox.c.id).where(
            t.outbox_waits, _CARD_CHANGE, t.outbox.c.case_id == case_id
        )
        return self._unit.run(query.limit(1)).first() is not None

    def claim(self, *, limit: int, lease_until: datetime) -> Sequence[Claimed]:
        """Take due messages, the oldest of each contact, so that none overtakes another."""
        ids = [row.id for row in self._unit.run(self._due(limit))]
        if not ids:
            return []
        self._unit.run(
            t.outbox.update()
            .where(t.outbox.c.id.in_(ids))
            .values(
                delivery=Delivery.SENDING.value,
                attempts=t.outbox.c.attempts + 1,
                lease_until=lease_until,
            )
        )
        rows = self._unit.run(
            sa.select(t.outbox, t.contact.c.channel, t.contact.c.address, *_SHOWN, _HEARD_OF_HER)
            .join(t.contact, t.contact.c.id == t.outbox.c.contact_id)
            .outerjoin(t.card, sa.and_(_CARD_CHANGE, t.card.c.case_id == t.outbox.c.case_id))
            .outerjoin(t.initiative_card, _SHOWN_ANEW)
            .where(t.outbox.c.id.in_(ids))
            .order_by(t.outbox.c.id)
        )
        return [claimed for row in rows if (claimed := self._opened(row)) is not None]

    def _opened(self, row: sa.Row[tuple[Any, ...]]) -> Claimed | None:
        """Return the message; None when nobody can read it, which is its end and no other's."""
        try:
            return self._claimed(row)
        except PrivacyError as error:
            _log.error("message %d can't be sent: %s", row.id, error)
            self.give_up(row.id, Delivery.FAILED, "unreadable")
            return None

    def _due(self, limit: int) -> sa.Select[tuple[int]]:
        waiting, flying = t.outbox.alias("waiting"), t.outbox.alias("flying")
        earlier = sa.exists().where(
            waiting.c.contact_id == t.outbox.c.contact_id,
            waiting.c.delivery == t.WAITING,
            waiting.c.due_at <= self._unit.now,
            waiting.c.id < t.outbox.c.id,
        )
        in_flight = sa.exists().where(
            flying.c.contact_id == t.outbox.c.contact_id, flying.c.delivery == t.SENDING
        )
        return (
            sa.select(t.outbox.c.id)
            .where(t.outbox_waits, t.outbox.c.due_at <= self._unit.now, ~earlier, ~in_flight)
            .order_by(t.outbox.c.due_at, t.outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )

    def sent(self, ids: Sequence[int]) -> None:
        """Mark them as gone out."""
        self._end(ids, Delivery.SENT, "")

    def postpone(
        self, message_id: int, *, due_at: datetime, error: str, tried: bool = True
    ) -> None:
        """Let it wait for another attempt."""
        values = {
            "delivery": Delivery.WAITING.value,
            "attempts": t.outbox.c.attempts - (0 if tried else 1),
            "due_at": due_at,
            "lease_until": None,
            "error": error,
        }
        self._unit.run(t.outbox.update().where(t.outbox.c.id == message_id).values(values))

    def prolong(self, message_id: int, lease_until: datetime) -> None:
        """Let the attempt take longer."""
        self._unit.run(
            t.outbox.update()
            .where(t.outbox.c.id == message_id, t.outbox_in_flight)
            .values(lease_until=lease_until)
        )

    def give_up(self, message_id: int, delivery: Delivery, error: str) -> None:
        """End it as failed or uncertain."""
        self._end([message_id], delivery, error)

    def doubt(self, key: str, error: str) -> None:
        """Make it uncertain, although it went out."""
        went = t.outbox.c.delivery.in_((Delivery.SENDING.value, Delivery.SENT.value))
        self._unit.run(
            t.outbox.update()
            .where(t.outbox.c.key == key, went)
            .values(
                delivery=Delivery.UNCERTAIN.value,
                done_at=self._unit.now,
                lease_until=None,
                error=error,
            )
        )

    def expire_leases(self, *, all_: bool = False) -> int:
        """Mark interrupted attempts as uncertain; a card may be shown twice, so it waits again."""
        over = sa.true() if all_ else t.outbox.c.lease_until <= self._unit.now
        self._unit.run(
            t.outbox.update()
            .where(t.outbox_in_flight, over, _REPEATABLE)
            .values(delivery=Delivery.WAITING.value, lease_until=None)
        )
        result = self._unit.run(
            t.outbox.update()
            .where(t.outbox_in_flight, over)
            .values(
                delivery=Delivery.UNCERTAIN.value,
                done_at=self._unit.now,
                lease_until=None,
                error="interrupted",
            )
        )
        return result.rowcount

    def next_due(self) -> datetime | None:
        """Return when the next message is due."""
        due: datetime | None = self._unit.run(
            sa.select(sa.func.min(t.outbox.c.due_at)).where(t.outbox_waits)
        ).scalar()
        return due

    def doubtful(self, limit: int) -> Sequence[Doubtful]:
        """Return the newest uncertain and failed messages."""
        return self._newest(t.outbox_doubtful, limit)

    def held(self, limit: int) -> Sequence[Doubtful]:
        """Return the newest that are held."""
        return self._newest(t.outbox_held, limit)

    def _newest(self, which: sa.ColumnElement[bool], limit: int) -> Sequence[Doubtful]:
        rows = self._unit.run(
            sa.select(t.outbox, t.contact.c.channel)
            .join(t.contact, t.contact.c.id == t.outbox.c.contact_id)
            .where(which)
            .order_by(t.outbox.c.id.desc())
            .limit(limit)
        )
        return [
            Doubtful(
                id=row.id,
                case_id=row.case_id,
                channel=row.channel,
                text=self._text_of(row),
                card=row.card or row.initiative_id is not None,
                delivery=Delivery(row.delivery),
                error=row.error,
                at=row.done_at,
            )
            for row in rows
        ]

    def _text_of(self, row: sa.Row[tuple[Any, ...]]) -> str | None:
        try:
            return self._unit.personal.open("outbox.text", row.text)
        except PrivacyError:
            return None

    def doubtful_count(self) -> int:
        """Count them."""
        return int(self._unit.run(_DOUBTFUL).scalar())

    def said_to(self, message_id: int, case_ids: Sequence[int], limit: int) -> Sequence[str]:
        """Return the answer to a message, and the news of the cases since; oldest first."""
        message = sa.select(t.inbox).where(t.inbox.c.id == message_id).subquery()
        news = sa.and_(
            t.outbox.c.case_id.in_(list(case_ids)),
            t.outbox.c.created_at >= message.c.received_at,
            ~t.outbox.c.key.startswith(ANSWER),
        )
        rows = self._unit.run(
            sa.select(t.outbox.c.text)
            .join(message, message.c.contact_id == t.outbox.c.contact_id)
            .where(sa.or_(t.outbox.c.key == f"{ANSWER}{message_id}", news), t.outbox.c.text != "")
            .order_by(t.outbox.c.id)
            .limit(limit)
        )
        return [self._unit.personal.open("outbox.text", row.text) for row in rows]

    def counts(self) -> dict[str, int]:
        """Count what has not arrived, from indexes that hold nothing else."""
        return {row.delivery: row.n for row in self._unit.run(_COUNTS)}

    def _end(self, ids: Sequence[int], delivery: Delivery, error: str) -> None:
        self._unit.run(
            t.outbox.update()
            .where(t.outbox.c.id.in_(ids), t.outbox.c.delivery.in_(_IN_FLIGHT))
            .values(delivery=delivery.value, done_at=self._unit.now, lease_until=None, error=error)
        )

    def _claimed(self, row: sa.Row[tuple[Any, ...]]) -> Claimed:
        personal = self._unit.personal
        return Claimed(
            id=row.id,
            contact_id=row.contact_id,
            channel=row.channel,
            attempts=row.attempts,
            heard=row.heard,
            card_of=row.case_id if row.card else None,
            initiative_id=row.initiative_id,
            in_room=row.in_room,
            message=OutboundMessage(
                key=row.key,
                address=personal.open("contact.address", row.address),
                text=personal.open("outbox.text", row.text),
                buttons=read_buttons(row.buttons),
                link=row.link,
                replaces=row.reference or None,
            ),
        )


def write_buttons(buttons: Sequence[Button]) -> str:
    """Return the buttons as they are stored."""
    return json.dumps([[b.label, b.choice] for b in buttons], ensure_ascii=False)


def read_buttons(stored: str) -> tuple[Button, ...]:
    """Return stored buttons."""
    return tuple(Button(label, choice) for label, choice in json.loads(stored))
