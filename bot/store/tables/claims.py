"""Claims, what speaks for and against them, and what takes two people."""

from typing import Final

import sqlalchemy as sa

from bot.store.tables.columns import at, flag, link, metadata, number, table, text

claim: Final = table(
    "claim",
    link("contact_id", "contact", index=True),
    text("activity"),
    text("words"),
    text("place"),
    text("state"),
    text("submitted_by"),
    at("acted_at"),
    at("made_at"),
    at("look_by"),
    text("day_word"),
    flag("looked"),
    number("risk"),
    flag("appealed"),
    number("version"),
)
sa.Index("ix_claim_state", claim.c.state, claim.c.look_by)
claim_photo: Final = table(
    "claim_photo",
    link("claim_id", "claim"),
    link("media_id", "media"),
    text("likeness", default=""),
    at("at", index=True),
    sa.UniqueConstraint("claim_id", "media_id"),
)
claim_signal: Final = table(
    "claim_signal",
    link("claim_id", "claim", index=True),
    text("kind"),
    number("weight"),
    text("details"),
    at("at"),
)
claim_event: Final = table(
    "claim_event",
    link("claim_id", "claim", index=True),
    text("deed"),
    text("actor"),
    at("at", index=True),
    text("reason"),
    text("words"),
    number("points"),
)
claim_witness: Final = table(
    "claim_witness",
    link("claim_id", "claim"),
    link("contact_id", "contact", index=True),
    number("weight"),
    at("at", index=True),
    sa.UniqueConstraint("claim_id", "contact_id"),
)
kin: Final = table(
    "kin",
    link("staff_id", "staff"),
    link("contact_id", "contact", index=True),
    link("by_id", "staff"),
    at("at"),
    sa.UniqueConstraint("staff_id", "contact_id"),
)
"""Whom a member is, or lives with: she decides nothing about them."""

audit_period: Final = table(
    "audit_period",
    text("period", unique=True),
    text("committed"),
    at("at"),
)
audit_draw: Final = table(
    "audit_draw",
    sa.Column("claim_id", sa.BigInteger, sa.ForeignKey("claim.id"), nullable=False, unique=True),
    text("period"),
    number("percent"),
    number("roll"),
    sa.Column("audited", sa.Boolean, nullable=False, index=True),
    at("at"),
)
audit_result: Final = table(
    "audit_result",
    sa.Column("claim_id", sa.BigInteger, sa.ForeignKey("claim.id"), nullable=False, unique=True),
    link("staff_id", "staff"),
    sa.Column("confirmed", sa.Boolean, nullable=False),
    text("words"),
    at("at"),
)
proposal: Final = table(
    "proposal",
    text("kind"),
    link("contact_id", "contact", needed=False),
    link("claim_id", "claim", needed=False),
    number("points"),
    text("body"),
    text("words"),
    link("proposed_by", "staff"),
    at("at"),
    at("lapses_at"),
    text("state"),
    link("decided_by", "staff", needed=False),
    at("decided_at", needed=False),
)
sa.Index("ix_proposal_state", proposal.c.state, proposal.c.lapses_at)
policy_version: Final = sa.Table(
    "policy_version",
    metadata,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("content", sa.Text, nullable=False),
    link("proposal_id", "proposal"),
    at("at"),
)
