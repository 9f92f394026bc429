"""The time to gather rests while an initiative is hidden."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Add what is left of it."""
    left: sa.Column[int] = sa.Column("gather_left_seconds", sa.Integer(), nullable=True)
    op.add_column("initiative", left)
