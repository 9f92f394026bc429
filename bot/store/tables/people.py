"""Residents: who they are, by which channels they reach us, what they allowed."""

from typing import Final

import sqlalchemy as sa

from bot.store.prepared import Prepared
from bot.store.tables.columns import at, link, metadata, table, text

person: Final = table(
    "person",
    text("name", default=""),
    text("verification"),
    link("household_id", "household", needed=False),
    at("created_at"),
    sa.Column("joined_into", sa.BigInteger, index=True),
)
contact: Final = table(
    "contact",
    text("channel"),
    text("address_hash"),
    text("address"),
    link("person_id", "person", index=True),
    at("created_at"),
    at("last_seen_at"),
    sa.UniqueConstraint("channel", "address_hash"),
)
person_code: Final = table(
    "person_code",
    link("person_id", "person"),
    text("purpose"),
    text("code_hash", unique=True),
    at("expires_at"),
    sa.UniqueConstraint("person_id", "purpose"),
)
erasure: Final = sa.Table(
    "erasure",
    metadata,
    sa.Column(
        "person_id",
        sa.BigInteger,
        sa.ForeignKey("person.id"),
        primary_key=True,
        autoincrement=False,
    ),
    at("due_at"),
)
consent: Final = table(
    "consent",
    link("contact_id", "contact", index=True),
    text("purpose"),
    at("asked_at"),
    at("given_at", needed=False),
    at("withdrawn_at", needed=False),
)
device: Final = table(
    "device",
    link("contact_id", "contact"),
    link("owner_id", "contact", index=True),
    text("secret_hash", unique=True),
    at("bound_at"),
    at("unbound_at", needed=False),
    sa.UniqueConstraint("contact_id"),
)
api_client: Final = table(
    "api_client",
    text("name", unique=True),
    text("key_hash", unique=True),
    at("created_at"),
    at("revoked_at", needed=False),
)
LOCK_CONTACT: Final = Prepared(
    sa.select(contact.c.id).where(contact.c.id == sa.bindparam("contact")).with_for_update()
)
"""What happens to one contact happens one after the other."""

to_visit: Final = sa.Table(
    "to_visit",
    metadata,
    sa.Column(
        "person_id",
        sa.BigInteger,
        sa.ForeignKey("person.id"),
        primary_key=True,
        autoincrement=False,
    ),
    text("reason"),
    at("at"),
)
