"""The ledger: transfers that are never changed, and what is worked out from them."""

from typing import Final

import sqlalchemy as sa

from bot.store.tables.columns import at, metadata, number, text

transfer: Final = sa.Table(
    "transfer",
    metadata,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    text("id", unique=True),
    text("key", unique=True),
    text("kind"),
    sa.Column("follows", sa.Text),
    text("ledger"),
    text("debit"),
    text("credit"),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("rest", sa.BigInteger, nullable=False),
    text("activity"),
    text("subject"),
    number("policy_version"),
    text("actor"),
    at("acted_at"),
    at("recorded_at"),
    at("expires_at", needed=False),
    sa.CheckConstraint("amount > 0 OR amount = 0 AND kind = 'reversal'", name="ck_transfer_amount"),
    sa.CheckConstraint("rest >= 0", name="ck_transfer_rest"),
)
"""`seq` orders all that touches one account: it is given while the account is locked."""

DEBITED: Final = transfer.c.debit != sa.literal_column("'treasury'", sa.Text)
CREDITED: Final = transfer.c.credit != sa.literal_column("'treasury'", sa.Text)
_FOLLOWING: Final = transfer.c.follows.is_not(None)
"""The treasury is on one side of nearly all, so nobody looks for it by an index."""

sa.Index("ix_transfer_debit", transfer.c.debit, sqlite_where=DEBITED, postgresql_where=DEBITED)
sa.Index("ix_transfer_credit", transfer.c.credit, sqlite_where=CREDITED, postgresql_where=CREDITED)
sa.Index(
    "uq_transfer_follows",
    transfer.c.follows,
    unique=True,
    sqlite_where=_FOLLOWING,
    postgresql_where=_FOLLOWING,
)

balance: Final = sa.Table(
    "balance",
    metadata,
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("ledger", sa.Text, primary_key=True),
    sa.Column("posted", sa.BigInteger, nullable=False),
    sa.Column("held", sa.BigInteger, nullable=False),
    sa.Column("coming", sa.BigInteger, nullable=False),
    sa.CheckConstraint(
        "posted >= held AND held >= 0 AND coming >= 0", name="ck_balance_not_below_zero"
    ),
    sqlite_with_rowid=False,
)
"""What residents have. The treasury has no row: everybody would wait for it."""

open_hold: Final = sa.Table(
    "open_hold",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    at("expires_at", index=True),
    sqlite_with_rowid=False,
)
"""Holds that nothing follows yet, by the id of their transfer."""
