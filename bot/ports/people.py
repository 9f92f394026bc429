"""Persons and contacts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.model.people import Contact, Person, Verification


class People(Protocol):
    """Who writes to us. Addresses are kept encrypted and found by a keyed hash."""

    def meet(self, channel: str, address: str) -> Contact:
        """Return the contact of the address; a new one belongs to a new person."""
        ...

    def find(self, channel: str, address: str) -> Contact | None:
        """Return the contact of the address, if it ever wrote."""
        ...

    def contact(self, contact_id: int) -> Contact: ...

    def person(self, person_id: int) -> Person: ...

    def hold(self, person_id: int) -> None:
        """Let no other unit earn or spend for the person until this one ends."""
        ...

    def hold_contact(self, contact_id: int) -> None:
        """Let no other unit write to the contact, or hear from it, until this one ends."""
        ...

    def contacts_of(self, person_id: int) -> Sequence[Contact]: ...

    def addresses_of(self, person_id: int) -> Sequence[str]:
        """Where she is reached, in clear: to be kept out of what others are shown."""
        ...

    def link(self, contact_id: int, person_id: int) -> None:
        """Let the contact belong to that person."""
        ...

    def absorb(self, *, old: int, into: int) -> None:
        """Give all cases of a person who has no contact left to the other, and forget its codes."""
        ...

    def verify(self, person_id: int, level: Verification) -> None: ...

    def call(self, person_id: int, name: str) -> None:
        """Keep the name by which the person is addressed."""
        ...

    def erase_at(self, person_id: int, due_at: datetime | None) -> None:
        """Note when all that is personal is to be removed; None takes it back."""
        ...

    def due_for_erasure(self) -> Sequence[int]:
        """Persons whose time for it has come."""
        ...

    def erase(self, person_id: int) -> None:
        """Remove all that is personal; what is left belongs to nobody that can be named."""
        ...

    def set_code(self, person_id: int, purpose: str, code: str, expires_at: datetime) -> None:
        """Keep a code (hashed) by which the person is found again; one for each purpose."""
        ...

    def by_code(self, purpose: str, code: str) -> int | None:
        """Return the person whose unexpired code this is."""
        ...

    def has_code(self, person_id: int, purpose: str, *, expires_before: datetime) -> bool:
        """Say whether she has an unexpired code that ends before then."""
        ...

    def use_code(self, person_id: int, purpose: str) -> bool:
        """Use an unexpired code up; false when there is none any more."""
        ...

    def move_code(self, purpose: str, expires_at: datetime, *, old: int, into: int) -> None:
        """Let an unexpired code be the other's, unless she has one herself."""
        ...

    def drop_code(self, person_id: int, purpose: str) -> None:
        """A code is used once."""
        ...
