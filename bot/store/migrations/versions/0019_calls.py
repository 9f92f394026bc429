"""Telephone calls."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "call",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("caller_hash", sa.Text(), nullable=False),
        sa.Column("called", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.BigInteger()),
        sa.Column("about_id", sa.BigInteger()),
        sa.Column("registered_at", sa.BigInteger(), nullable=False),
        sa.Column("began_at", sa.BigInteger()),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("how", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name="fk_call_contact_id"),
        sa.ForeignKeyConstraint(["about_id"], ["outbox.id"], name="fk_call_about_id"),
        sa.PrimaryKeyConstraint("id", name="pk_call"),
        sa.UniqueConstraint("uuid", name="uq_call_uuid"),
    )
    op.create_index("ix_call_about_id", "call", ["about_id"])
    op.create_index("ix_call_registered_at", "call", ["registered_at"])
    op.create_index("ix_call_contact", "call", ["contact_id", "id"])
    op.create_index("ix_call_caller", "call", ["caller_hash", "id"])
