"""Votes with an advisory count by weight, and those open to another level of verification."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Add what a vote may be; those from before are of confirmed residents, and equal."""
    level = sa.Column("level", sa.Text(), nullable=False, server_default="resident_confirmed")
    op.add_column("vote", level)
    op.add_column(
        "vote", sa.Column("weighted", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("vote", sa.Column("bands", sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "vote_roll", sa.Column("weight", sa.Integer(), nullable=False, server_default="0")
    )
