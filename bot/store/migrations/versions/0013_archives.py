"""Everything needed to reproduce a case, kept when it ends."""

import sqlalchemy as sa
from alembic import op

from bot.store.migrations.append_only import protect

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "archive",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_archive_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_archive"),
    )
    op.create_index("ix_archive_case_id", "archive", ["case_id"])
    op.create_index("ix_outbox_case_id", "outbox", ["case_id"])
    protect("archive", "id case_id at digest content")
