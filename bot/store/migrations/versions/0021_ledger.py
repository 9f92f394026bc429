"""The ledger: kinds of transfers, balances of residents, open holds. Transfers are kept as they are."""

import sqlalchemy as sa
from alembic import op

from bot.store.migrations.append_only import protect

revision = "0021"
down_revision = "0020"

_KEPT = (
    "id key ledger debit credit amount activity subject policy_version actor acted_at recorded_at"
)
_NEW = "kind follows rest expires_at"


def upgrade() -> None:
    op.rename_table("transfer", "transfer_before")
    for name in ("ix_transfer_debit", "ix_transfer_credit"):
        op.drop_index(name, "transfer_before")
    if op.get_bind().dialect.name == "postgresql":
        for name in ("uq_transfer_key", "pk_transfer"):
            op.execute(f"ALTER TABLE transfer_before DROP CONSTRAINT {name}")
    _make_transfer()
    _make_balance()
    names = ", ".join(f'"{name}"' for name in _KEPT.split())
    op.execute(
        f"INSERT INTO transfer ({names}, kind, rest) "
        f"SELECT {names}, 'transfer', 0 FROM transfer_before ORDER BY id"
    )
    op.drop_table("transfer_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION transfer_append_only()")
    op.execute(
        "INSERT INTO balance (owner, ledger, posted, held, coming) "
        "SELECT owner, ledger, SUM(amount), 0, 0 FROM ("
        "SELECT credit AS owner, ledger, amount FROM transfer UNION ALL "
        "SELECT debit, ledger, -amount FROM transfer) AS side "
        "WHERE owner <> 'treasury' GROUP BY owner, ledger"
    )
    protect("transfer", f"seq {_KEPT} {_NEW}")


def _make_transfer() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    texts = ("id", "key", "kind", "ledger", "debit", "credit", "activity", "subject", "actor")
    numbers = ("amount", "rest", "acted_at", "recorded_at")
    op.create_table(
        "transfer",
        sa.Column("seq", key, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in numbers),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("follows", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "amount > 0 OR amount = 0 AND kind = 'reversal'", name="ck_transfer_amount"
        ),
        sa.CheckConstraint("rest >= 0", name="ck_transfer_rest"),
        sa.PrimaryKeyConstraint("seq", name="pk_transfer"),
        sa.UniqueConstraint("id", name="uq_transfer_id"),
        sa.UniqueConstraint("key", name="uq_transfer_key"),
    )
    for name, column, where, unique in (
        ("ix_transfer_debit", "debit", "debit <> 'treasury'", False),
        ("ix_transfer_credit", "credit", "credit <> 'treasury'", False),
        ("uq_transfer_follows", "follows", "follows IS NOT NULL", True),
    ):
        some = sa.text(where)
        op.create_index(
            name, "transfer", [column], unique=unique, sqlite_where=some, postgresql_where=some
        )


def _make_balance() -> None:
    op.create_table(
        "balance",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("ledger", sa.Text(), nullable=False),
        sa.Column("posted", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("coming", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "posted >= held AND held >= 0 AND coming >= 0", name="ck_balance_not_below_zero"
        ),
        sa.PrimaryKeyConstraint("owner", "ledger", name="pk_balance"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "open_hold",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_open_hold"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_open_hold_expires_at", "open_hold", ["expires_at"])
