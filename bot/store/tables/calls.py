"""Telephone calls."""

from typing import Final

import sqlalchemy as sa

from bot.store.tables.columns import at, link, table, text

call: Final = table(
    "call",
    text("uuid", unique=True),
    text("caller"),
    text("caller_hash"),
    text("called"),
    link("contact_id", "contact", needed=False),
    link("about_id", "outbox", needed=False, index=True),
    at("registered_at", index=True),
    at("began_at", needed=False),
    at("ended_at", needed=False),
    text("how", default=""),
)
sa.Index("ix_call_contact", call.c.contact_id, call.c.id)
sa.Index("ix_call_caller", call.c.caller_hash, call.c.id)
