"""Other organisations that were asked to help."""

from typing import Final

import sqlalchemy as sa

from bot.store.tables.columns import at, link, table, text

referral: Final = table(
    "referral",
    link("case_id", "case_file", index=True),
    link("organisation_id", "organisation"),
    link("staff_id", "staff"),
    text("service_code"),
    text("state"),
    text("asked"),
    text("salt"),
    text("token_hash", unique=True),
    at("due_at"),
    at("ends_at"),
    at("created_at", index=True),
    at("opened_at", needed=False),
    at("accepted_at", needed=False),
    at("ended_at", needed=False),
    at("reminded_at", needed=False),
    text("guest_name", default=""),
    text("guest_phone", default=""),
    text("reason", default=""),
)
referral_lives: Final = referral.c.ended_at.is_(None)
sa.Index(
    "uq_referral_live",
    referral.c.case_id,
    unique=True,
    sqlite_where=referral_lives,
    postgresql_where=referral_lives,
)
sa.Index("ix_referral_service", referral.c.service_code, referral.c.state)
referral_photo: Final = table(
    "referral_photo",
    link("referral_id", "referral"),
    link("media_id", "media"),
    sa.UniqueConstraint("referral_id", "media_id"),
)
referral_evidence: Final = table(
    "referral_evidence",
    link("referral_id", "referral", index=True),
    text("content"),
    at("created_at"),
)
referral_form: Final = table(
    "referral_form",
    link("referral_id", "referral"),
    text("form"),
    sa.UniqueConstraint("referral_id", "form"),
)
