"""Telephone calls: who is on which, when it began, how it ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from bot.ports.calls import KeptTurn, KnownCall
from bot.store import tables as t
from bot.store.ground.unit import Unit
from bot.store.messages.turns import calls_of_case, turns_of
from channels.call import PHONE, CallEnd

_CALLS: Final = sa.select(t.call, t.outbox.c.key).outerjoin(
    t.outbox, t.outbox.c.id == t.call.c.about_id
)
_BY_UUID: Final = _CALLS.where(t.call.c.uuid == sa.bindparam("of_uuid"))
_ABOUT: Final = _CALLS.where(t.outbox.c.key == sa.bindparam("of_key")).order_by(t.call.c.id)
_OF_CONTACT: Final = (
    _CALLS.where(t.call.c.contact_id == sa.bindparam("whose"))
    .order_by(t.call.c.id.desc())
    .limit(sa.bindparam("most"))
)
_TALKING: Final = sa.select(t.call.c.id).where(
    t.call.c.caller_hash == sa.bindparam("of_hash"),
    t.call.c.began_at >= sa.bindparam("since"),
    t.call.c.ended_at.is_(None),
)
_UNENDED: Final = _CALLS.where(
    t.call.c.registered_at >= sa.bindparam("since"),
    t.call.c.began_at < sa.bindparam("before"),
    t.call.c.ended_at.is_(None),
    t.call.c.about_id.is_not(None),
).order_by(t.call.c.id)
_LOOKED_BACK: Final = timedelta(days=3)
_LASTS: Final = timedelta(hours=1)
"""Longer calls are those whose end nobody could write down."""
_OF_CASE: Final = _CALLS.where(
    t.call.c.uuid.in_(sa.bindparam("uuids", expanding=True))
    | (t.outbox.c.case_id == sa.bindparam("of_case"))
).order_by(t.call.c.id)
_ONE: Final = t.call.update().where(t.call.c.uuid == sa.bindparam("of_uuid"))


class SqlCalls:
    """See `bot.ports.calls.Calls` and `CallViews`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def register(self, uuid: str, *, caller: str, called: str, about: str = "") -> bool:
        """Insert the call unless it is there."""
        personal = self._unit.personal
        caller_hash = personal.fingerprint(PHONE, caller) if caller else ""
        values = {
            "uuid": uuid,
            "caller": personal.seal("call.caller", caller),
            "caller_hash": caller_hash,
            "called": personal.seal("call.called", called),
            "contact_id": self._contact(caller_hash),
            "about_id": self._message(about),
            "registered_at": self._unit.now,
            "how": "",
        }
        return self._unit.insert_if_absent(t.call, ("uuid",), values) is not None

    def begin(self, uuid: str) -> KnownCall | None:
        """Note the time, once."""
        self.register(uuid, caller="", called="")
        unbegun = _ONE.where(t.call.c.began_at.is_(None))
        begun = self._unit.run(unbegun.values(began_at=self._unit.now), of_uuid=uuid)
        return self.get(uuid) if begun.rowcount else None

    def belongs(self, uuid: str, contact_id: int) -> None:
        """Set the contact."""
        self._unit.run(_ONE.values(contact_id=contact_id), of_uuid=uuid)

    def unended(self, before: datetime) -> Sequence[KnownCall]:
        """Return our calls that began before then and have no end."""
        return self._some(_UNENDED, since=before - _LOOKED_BACK, before=before)

    def finish(self, uuid: str, end: CallEnd) -> bool:
        """Set the end, once."""
        going = _ONE.where(t.call.c.ended_at.is_(None))
        ended = going.values(ended_at=self._unit.now, how=end.value)
        return bool(self._unit.run(ended, of_uuid=uuid).rowcount)

    def get(self, uuid: str) -> KnownCall | None:
        """Return the call, if it is known."""
        return next(iter(self._some(_BY_UUID, of_uuid=uuid)), None)

    def about(self, key: str) -> Sequence[KnownCall]:
        """Return our calls for the message, the oldest first."""
        return self._some(_ABOUT, of_key=key)

    def talking(self, number: str) -> bool:
        """Look for one that began lately and has no end."""
        of_hash = self._unit.personal.fingerprint(PHONE, number)
        since = self._unit.now - _LASTS
        return self._unit.run(_TALKING, of_hash=of_hash, since=since).first() is not None

    def of_contact(self, contact_id: int, limit: int) -> Sequence[KnownCall]:
        """Return the contact's newest calls."""
        return self._some(_OF_CONTACT, whose=contact_id, most=limit)

    def of_case(self, case_id: int) -> Sequence[KnownCall]:
        """Return the calls that belong to the case, the oldest first."""
        return self._some(_OF_CASE, uuids=calls_of_case(self._unit, case_id), of_case=case_id)

    def turns(self, uuid: str) -> Sequence[KeptTurn]:
        """Return what was heard and said in the call."""
        return turns_of(self._unit, uuid)

    def _contact(self, caller_hash: str) -> int | None:
        query = sa.select(t.contact.c.id).where(
            t.contact.c.channel == PHONE, t.contact.c.address_hash == caller_hash
        )
        found: int | None = self._unit.run(query).scalar() if caller_hash else None
        return found

    def _message(self, key: str) -> int | None:
        query = sa.select(t.outbox.c.id).where(t.outbox.c.key == key)
        found: int | None = self._unit.run(query).scalar() if key else None
        return found

    def _some(self, query: sa.Executable, **values: Any) -> Sequence[KnownCall]:
        return [self._opened(row) for row in self._unit.run(query, **values)]

    def _opened(self, row: sa.Row[tuple[Any, ...]]) -> KnownCall:
        return KnownCall(
            uuid=row.uuid,
            caller=self._unit.personal.open("call.caller", row.caller),
            called=self._unit.personal.open("call.called", row.called),
            contact_id=row.contact_id,
            about=row.key or "",
            registered_at=row.registered_at,
            began_at=row.began_at,
            ended_at=row.ended_at,
            end=CallEnd(row.how) if row.how else None,
        )
