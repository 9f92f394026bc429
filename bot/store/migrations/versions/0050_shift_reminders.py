"""Whether who took a place on a shift was reminded of it."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    """Add the mark."""
    op.add_column(
        "team_seat", sa.Column("reminded", sa.Boolean(), nullable=False, server_default=sa.false())
    )
