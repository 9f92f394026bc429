"""Words of recordings that staff put right."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "media_correction",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("media_id", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name="fk_media_correction_media_id"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_media_correction_staff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_media_correction"),
    )
    op.create_index("ix_media_correction_media_id", "media_correction", ["media_id"])
