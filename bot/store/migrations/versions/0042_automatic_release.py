"""When a correction was agreed to, and which versions of the words nobody pressed for."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    """Add the columns."""
    automatic: sa.Column[bool] = sa.Column(
        "automatic", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("word_version", automatic)
    op.add_column("lesson", sa.Column("decided_at", sa.BigInteger(), nullable=True))
