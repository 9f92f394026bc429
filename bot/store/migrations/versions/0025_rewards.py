"""Rewards, and orders of them."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "reward",
        sa.Column("id", key, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("stock >= 0", name="ck_reward_stock"),
        sa.CheckConstraint("price > 0", name="ck_reward_price"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_reward_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reward"),
    )
    texts = ("key", "name", "hold_id", "state", "salt", "code_hash", "token_hash")
    op.create_table(
        "reward_order",
        sa.Column("id", key, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("reward_id", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("ordered_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_reward_order_person_id"),
        sa.ForeignKeyConstraint(["reward_id"], ["reward.id"], name="fk_reward_order_reward_id"),
        sa.ForeignKeyConstraint(["ended_by"], ["staff.id"], name="fk_reward_order_ended_by"),
        sa.PrimaryKeyConstraint("id", name="pk_reward_order"),
        sa.UniqueConstraint("key", name="uq_reward_order_key"),
        sa.UniqueConstraint("hold_id", name="uq_reward_order_hold_id"),
        sa.UniqueConstraint("token_hash", name="uq_reward_order_token_hash"),
    )
    for name in ("person_id", "reward_id", "ended_by"):
        op.create_index(f"ix_reward_order_{name}", "reward_order", [name])
    waits = sa.text("state = 'open'")
    for name, column, unique in (
        ("uq_reward_order_code", "code_hash", True),
        ("ix_reward_order_open", "expires_at", False),
    ):
        op.create_index(
            name,
            "reward_order",
            [column],
            unique=unique,
            sqlite_where=waits,
            postgresql_where=waits,
        )
