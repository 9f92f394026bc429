"""The log over the ledger: leaves, hashes of tiles, marks of accounts, keys, checkpoints."""

import sqlalchemy as sa
from alembic import op

from bot.store.migrations.append_only import protect

revision = "0028"
down_revision = "0027"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "leaf",
        sa.Column("idx", _BIG, autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        *_texts("nonce named hash"),
        sa.PrimaryKeyConstraint("idx", name="pk_leaf"),
        sa.UniqueConstraint("seq", name="uq_leaf_seq"),
    )
    op.create_table(
        "tile_hash",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("idx", sa.BigInteger(), autoincrement=False, nullable=False),
        *_texts("hash"),
        sa.PrimaryKeyConstraint("level", "idx", name="pk_tile_hash"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "account_mark",
        *_texts("owner mark salt"),
        sa.PrimaryKeyConstraint("owner", name="pk_account_mark"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger_key",
        sa.Column("id", _BIG, nullable=False),
        *_texts("verifier salt announced"),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_key"),
    )
    op.create_table(
        "log_checkpoint",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        *_texts("note"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_log_checkpoint"),
    )
    op.create_index("ix_log_checkpoint_size", "log_checkpoint", ["size"])
    op.create_table(
        "cosignature",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("checkpoint_id", sa.BigInteger(), nullable=False),
        *_texts("name line"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cosignature"),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"], ["log_checkpoint.id"], name="fk_cosignature_checkpoint_id"
        ),
        sa.UniqueConstraint("checkpoint_id", "name", name="uq_cosignature_checkpoint_id_name"),
    )
    protect("leaf", "idx seq nonce named hash")
    protect("tile_hash", "level idx hash")
    protect("account_mark", "owner mark", blanked="salt")
    protect("ledger_key", "id verifier salt announced since at")
    protect("log_checkpoint", "id size note at")
    protect("cosignature", "id checkpoint_id name line at")


def _texts(names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names.split()]
