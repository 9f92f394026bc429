"""A vote that could not be counted is tried again later, and holds up no other."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Add when."""
    op.add_column("vote", sa.Column("again_at", sa.BigInteger(), nullable=True))
