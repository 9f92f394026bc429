"""Recordings of what the telephone line says."""

from typing import Final

import sqlalchemy as sa

from bot.store.tables.columns import at, link, number, table, text

prompt: Final = table(
    "prompt",
    text("dialect"),
    text("digest"),
    text("text"),
    number("milliseconds"),
    text("content"),
    link("staff_id", "staff"),
    at("recorded_at"),
    sa.UniqueConstraint("dialect", "digest"),
)
