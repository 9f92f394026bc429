"""Alerts to staff."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_alert_staff_id"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_alert_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
    )
    op.create_index(
        "ix_alert_unseen",
        "alert",
        ["staff_id", "case_id"],
        sqlite_where=sa.text("seen_at IS NULL"),
        postgresql_where=sa.text("seen_at IS NULL"),
    )
    op.create_index("ix_alert_case_id", "alert", ["case_id"])
