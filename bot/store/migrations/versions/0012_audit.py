"""The audit log: who of the staff did or looked at what."""

import sqlalchemy as sa
from alembic import op

from bot.store.migrations.append_only import protect

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_audit_staff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_staff_id", "audit", ["staff_id", "id"])
    op.create_index("ix_audit_subject", "audit", ["subject", "id"])
    protect("audit", "id staff_id deed subject at")
