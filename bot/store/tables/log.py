"""The log over the ledger: leaves without gaps, hashes of full tiles, what was signed.

All are written once. Of an account's mark only the salt may go, when its owner is erased.
"""

from typing import Final

import sqlalchemy as sa

from bot.store.tables.columns import at, link, metadata, table, text

_BIG: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")

leaf: Final = sa.Table(
    "leaf",
    metadata,
    sa.Column("idx", _BIG, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, nullable=False, unique=True),
    text("nonce"),
    text("named"),
    text("hash"),
)
"""`seq` is the transfer's; hashes are written as hexadecimal digits."""

tile_hash: Final = sa.Table(
    "tile_hash",
    metadata,
    sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("idx", sa.BigInteger, primary_key=True, autoincrement=False),
    text("hash"),
    sqlite_with_rowid=False,
)
account_mark: Final = sa.Table(
    "account_mark",
    metadata,
    sa.Column("owner", sa.Text, primary_key=True),
    text("mark"),
    text("salt"),
    sqlite_with_rowid=False,
)
ledger_key: Final = table(
    "ledger_key",
    text("verifier"),
    text("salt"),
    sa.Column("since", sa.BigInteger, nullable=False),
    text("announced"),
    at("at"),
)
"""The seed of a key follows from the service's secret and its salt; it is kept nowhere."""

log_checkpoint: Final = table(
    "log_checkpoint",
    sa.Column("size", sa.BigInteger, nullable=False, index=True),
    text("note"),
    at("at"),
)
cosignature: Final = table(
    "cosignature",
    link("checkpoint_id", "log_checkpoint"),
    text("name"),
    text("line"),
    at("at"),
    sa.UniqueConstraint("checkpoint_id", "name"),
)
log_register: Final = sa.Table(
    "log_register",
    metadata,
    sa.Column("number", _BIG, primary_key=True, autoincrement=False),
    text("what"),
    sa.Column("row", sa.BigInteger, nullable=False),
    text("seal"),
    sa.UniqueConstraint("what", "row"),
)
"""Each key, checkpoint and cosignature, as they were written: `bot/store/ledger/register.py`."""
