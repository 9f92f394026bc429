"""Phones that report by themselves, and what a person allowed."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from bot.store import tables as t
from bot.store.ground.unit import Unit

_BOUND: Final = t.device.c.unbound_at.is_(None)
_HELD: Final = t.consent.c.given_at.is_not(None) & t.consent.c.withdrawn_at.is_(None)


class SqlDevices:
    """See `bot.ports.positions.Devices`. A device is a contact of the person who bound it."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def bind(self, contact_id: int, owner_id: int, secret: str) -> None:
        """Keep the hash of the device's secret."""
        self._unit.run(
            t.device.insert().values(
                contact_id=contact_id,
                owner_id=owner_id,
                secret_hash=self._hash(secret),
                bound_at=self._unit.now,
            )
        )

    def unbind(self, person_id: int) -> int:
        """Let none of the person's devices speak any more."""
        return self._unit.run(
            t.device.update()
            .where(_BOUND, t.device.c.owner_id.in_(_contacts(person_id)))
            .values(unbound_at=self._unit.now)
        ).rowcount

    def bound(self, person_id: int) -> int:
        """Return how many devices speak for the person."""
        query = sa.select(sa.func.count()).select_from(t.device)
        bound = query.where(_BOUND, t.device.c.owner_id.in_(_contacts(person_id)))
        return int(self._unit.run(bound).scalar_one())

    def holds(self, contact_id: int, secret: str) -> bool:
        """Say whether the device of this contact is bound, and this its secret."""
        query = sa.select(t.device.c.id).where(
            _BOUND,
            t.device.c.contact_id == contact_id,
            t.device.c.secret_hash == self._hash(secret),
        )
        return self._unit.run(query).first() is not None

    def of_owner(self, owner_id: int) -> Sequence[int]:
        """Return the contacts of the devices that this contact bound."""
        rows = self._unit.run(
            sa.select(t.device.c.contact_id).where(t.device.c.owner_id == owner_id)
        )
        return [row.contact_id for row in rows]

    def owner_of(self, contact_id: int) -> int | None:
        """Return the contact that bound the device."""
        owner: int | None = self._unit.run(
            sa.select(t.device.c.owner_id).where(t.device.c.contact_id == contact_id)
        ).scalar()
        return owner

    def _hash(self, secret: str) -> str:
        return self._unit.personal.fingerprint("device", secret)


class SqlConsents:
    """See `bot.ports.positions.Consents`: a row each time somebody is asked or says so."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def asked(self, person_id: int, purpose: str) -> bool:
        """Say whether the question was ever put."""
        return self._unit.run(_of(person_id, purpose).limit(1)).first() is not None

    def given(self, person_id: int, purpose: str) -> bool:
        """Say whether the person allows it now."""
        return self._unit.run(_of(person_id, purpose).where(_HELD).limit(1)).first() is not None

    def ask(self, contact_id: int, purpose: str) -> None:
        """Note that the question was put."""
        self._add(contact_id, purpose, given=False)

    def give(self, contact_id: int, purpose: str) -> None:
        """Note that it is allowed from now on."""
        self._add(contact_id, purpose, given=True)

    def withdraw(self, person_id: int, purpose: str) -> bool:
        """End it."""
        ended = (
            t.consent.update()
            .where(
                _HELD,
                t.consent.c.purpose == purpose,
                t.consent.c.contact_id.in_(_contacts(person_id)),
            )
            .values(withdrawn_at=self._unit.now)
        )
        return self._unit.run(ended).rowcount > 0

    def _add(self, contact_id: int, purpose: str, *, given: bool) -> None:
        now = self._unit.now
        self._unit.run(
            t.consent.insert().values(
                contact_id=contact_id,
                purpose=purpose,
                asked_at=now,
                given_at=now if given else None,
            )
        )


def _contacts(person_id: int) -> sa.ScalarSelect[int]:
    return sa.select(t.contact.c.id).where(t.contact.c.person_id == person_id).scalar_subquery()


def _of(person_id: int, purpose: str) -> sa.Select[tuple[int]]:
    return sa.select(t.consent.c.id).where(
        t.consent.c.purpose == purpose, t.consent.c.contact_id.in_(_contacts(person_id))
    )
