"""Persons, contacts and their codes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from bot.model.people import Contact, Person, Verification
from bot.store import tables as t
from bot.store.ground.unit import Unit
from bot.store.people.erase import erase
from bot.store.prepared import Prepared

_CONTACT = sa.select(
    t.contact.c.id, t.contact.c.channel, t.contact.c.person_id, t.contact.c.last_seen_at
)

_BY_ID = Prepared(_CONTACT.where(t.contact.c.id == sa.bindparam("contact")))
_OF_ADDRESS = _CONTACT.where(
    t.contact.c.channel == sa.bindparam("at_channel"),
    t.contact.c.address_hash == sa.bindparam("at_hash"),
)
_BY_HASH = Prepared(_OF_ADDRESS)
_BY_HASH_LOCKED = Prepared(_OF_ADDRESS.with_for_update())
_OF_PERSON = Prepared(
    _CONTACT.where(t.contact.c.person_id == sa.bindparam("of_person")).order_by(t.contact.c.id)
)
_HOLD = Prepared(
    sa.select(t.person.c.id)
    .where(t.person.c.id == sa.bindparam("person"))
    .with_for_update(key_share=True)
)
_SEEN = Prepared(t.contact.update().where(t.contact.c.id == sa.bindparam("contact")))
_SEEN_AGAIN: Final = timedelta(hours=1)


class SqlPeople:
    """See `bot.ports.people.People`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def meet(self, channel: str, address: str) -> Contact:
        """Return the contact, locked until the unit ends; make it on the first meeting."""
        address_hash = self._unit.personal.fingerprint(channel, address)
        met = (
            self._by_hash(channel, address_hash, lock=True)
            or self._introduce(channel, address, address_hash)
            or self._by_hash(channel, address_hash, lock=True)
        )
        if met is None:
            raise LookupError("the contact vanished while it was made")
        if self._unit.now - met.last_seen_at > _SEEN_AGAIN:
            self._unit.run(_SEEN, contact=met.id, last_seen_at=self._unit.now)
        return met

    def find(self, channel: str, address: str) -> Contact | None:
        """Return the contact if it ever wrote."""
        return self._by_hash(channel, self._unit.personal.fingerprint(channel, address))

    def contact(self, contact_id: int) -> Contact:
        """Return the contact; KeyError if there is none."""
        row = self._unit.run(_BY_ID, contact=contact_id).first()
        if row is None:
            raise KeyError(contact_id)
        return Contact(**row._asdict())

    def person(self, person_id: int) -> Person:
        """Return the person; KeyError if there is none."""
        row = self._unit.run(sa.select(t.person).where(t.person.c.id == person_id)).first()
        if row is None:
            raise KeyError(person_id)
        return Person(
            id=row.id,
            name=self._unit.personal.open("person.name", row.name),
            verification=Verification(row.verification),
            household_id=row.household_id,
        )

    def hold(self, person_id: int) -> None:
        """Lock the person until the unit ends; rows that only name her may still be written."""
        if self._unit.shared:
            self._unit.run(_HOLD, person=person_id)

    def hold_contact(self, contact_id: int) -> None:
        """Lock the contact, as a turn of the chat and each message to it do."""
        if self._unit.shared:
            self._unit.run(t.LOCK_CONTACT, contact=contact_id)

    def contacts_of(self, person_id: int) -> Sequence[Contact]:
        """Return all contacts that were linked to the person."""
        rows = self._unit.run(_OF_PERSON, of_person=person_id)
        return [Contact(**row._asdict()) for row in rows]

    def addresses_of(self, person_id: int) -> Sequence[str]:
        """Return her addresses in all channels; those that were blanked are none."""
        rows = self._unit.run(
            sa.select(t.contact.c.address).where(
                t.contact.c.person_id == person_id, t.contact.c.address != ""
            )
        )
        return [self._unit.personal.open("contact.address", row.address) for row in rows]

    def link(self, contact_id: int, person_id: int) -> None:
        """Let the contact belong to that person."""
        self._unit.run(
            t.contact.update().where(t.contact.c.id == contact_id).values(person_id=person_id)
        )

    def absorb(self, *, old: int, into: int) -> None:
        """Give the cases of `old` to `into`, and forget its codes; note where it went."""
        gone = t.person.update().where(t.person.c.id == old)
        self._unit.run(gone.values(joined_into=into))
        self._unit.run(
            t.case_file.update().where(t.case_file.c.reporter_id == old).values(reporter_id=into)
        )
        self._unit.run(t.person_code.delete().where(t.person_code.c.person_id == old))

    def verify(self, person_id: int, level: Verification) -> None:
        """Set how sure we are."""
        self._unit.run(
            t.person.update().where(t.person.c.id == person_id).values(verification=level.value)
        )

    def call(self, person_id: int, name: str) -> None:
        """Keep the name, encrypted."""
        sealed = self._unit.personal.seal("person.name", name)
        self._unit.run(t.person.update().where(t.person.c.id == person_id).values(name=sealed))

    def erase_at(self, person_id: int, due_at: datetime | None) -> None:
        """Note the time, or take it back."""
        if due_at is None:
            self._unit.run(t.erasure.delete().where(t.erasure.c.person_id == person_id))
        else:
            values = {"person_id": person_id, "due_at": due_at}
            self._unit.put(t.erasure, ("person_id",), values)

    def due_for_erasure(self) -> Sequence[int]:
        """Return persons whose time has come."""
        due = sa.select(t.erasure.c.person_id).where(t.erasure.c.due_at <= self._unit.now)
        return list(self._unit.run(due.limit(1)).scalars())

    def erase(self, person_id: int) -> None:
        """Remove all that is personal."""
        erase(self._unit, person_id)
        self.erase_at(person_id, None)

    def set_code(self, person_id: int, purpose: str, code: str, expires_at: datetime) -> None:
        """Keep the code's hash; an earlier one of the same purpose is gone."""
        self.drop_code(person_id, purpose)
        self._unit.run(
            t.person_code.insert().values(
                person_id=person_id,
                purpose=purpose,
                code_hash=self._unit.personal.fingerprint(purpose, code),
                expires_at=expires_at,
            )
        )

    def by_code(self, purpose: str, code: str) -> int | None:
        """Return the person whose unexpired code this is."""
        code_hash = self._unit.personal.fingerprint(purpose, code)
        row = self._unit.run(
            sa.select(t.person_code.c.person_id).where(
                t.person_code.c.code_hash == code_hash,
                t.person_code.c.purpose == purpose,
                t.person_code.c.expires_at > self._unit.now,
            )
        ).first()
        return None if row is None else int(row.person_id)

    def has_code(self, person_id: int, purpose: str, *, expires_before: datetime) -> bool:
        """Look for the code."""
        code = t.person_code.c
        hers = (code.person_id == person_id) & (code.purpose == purpose)
        in_time = (code.expires_at > self._unit.now) & (code.expires_at < expires_before)
        found = self._unit.run(sa.select(code.id).where(hers, in_time)).first()
        return found is not None

    def use_code(self, person_id: int, purpose: str) -> bool:
        """Delete the code, and say whether it was still good."""
        code = t.person_code.c
        hers = (code.person_id == person_id) & (code.purpose == purpose)
        good = t.person_code.delete().where(hers, code.expires_at > self._unit.now)
        return self._unit.run(good).rowcount == 1

    def move_code(self, purpose: str, expires_at: datetime, *, old: int, into: int) -> None:
        """Let the code be the other's, unless she has one herself."""
        code = t.person_code
        own = sa.select(code.c.person_id).where(code.c.person_id == into, code.c.purpose == purpose)
        moved = code.update().where(code.c.person_id == old, code.c.purpose == purpose)
        self._unit.run(
            moved.where(code.c.expires_at > self._unit.now, ~sa.exists(own.correlate(None))).values(
                person_id=into, expires_at=expires_at
            )
        )

    def drop_code(self, person_id: int, purpose: str) -> None:
        """Forget the code."""
        self._unit.run(
            t.person_code.delete().where(
                t.person_code.c.person_id == person_id, t.person_code.c.purpose == purpose
            )
        )

    def _by_hash(self, channel: str, address_hash: str, *, lock: bool = False) -> Contact | None:
        query = _BY_HASH_LOCKED if lock and self._unit.shared else _BY_HASH
        row = self._unit.run(query, at_channel=channel, at_hash=address_hash).first()
        return None if row is None else Contact(**row._asdict())

    def _introduce(self, channel: str, address: str, address_hash: str) -> Contact | None:
        """Make the contact; None when another unit was faster."""
        now = self._unit.now
        person_id = self._unit.insert(
            t.person,
            {"name": "", "verification": Verification.UNVERIFIED.value, "created_at": now},
        )
        contact_id = self._unit.insert_if_absent(
            t.contact,
            ("channel", "address_hash"),
            {
                "channel": channel,
                "address_hash": address_hash,
                "address": self._unit.personal.seal("contact.address", address),
                "person_id": person_id,
                "created_at": now,
                "last_seen_at": now,
            },
        )
        if contact_id is None:
            return None
        return Contact(id=contact_id, channel=channel, person_id=person_id, last_seen_at=now)
