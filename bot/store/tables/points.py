"""The ledger of points."""

from typing import Final

import sqlalchemy as sa

from bot.store.tables.columns import at, metadata, number, text

transfer: Final = sa.Table(
    "transfer",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    text("key", unique=True),
    text("ledger"),
    text("debit"),
    text("credit"),
    sa.Column("amount", sa.BigInteger, sa.CheckConstraint("amount > 0"), nullable=False),
    text("activity"),
    text("subject"),
    number("policy_version"),
    text("actor"),
    at("acted_at"),
    at("recorded_at"),
)
sa.Index("ix_transfer_debit", transfer.c.debit)
sa.Index("ix_transfer_credit", transfer.c.credit)
