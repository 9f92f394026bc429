"""Persons, their contacts, and how sure we are who they are."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verification(StrEnum):
    """How far a person is known; what each level may do stands in `bot.oversight.permissions`."""

    UNVERIFIED = "unverified"
    CONTACT_CONFIRMED = "contact_confirmed"
    RESIDENT_CONFIRMED = "resident_confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who reached us; `name` only when she gave it."""

    id: int
    name: str
    verification: Verification
    household_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A channel's address of a person."""

    id: int
    channel: str
    person_id: int
    last_seen_at: datetime
