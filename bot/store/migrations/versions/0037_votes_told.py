"""Who may vote is told so, and later how it ended; each once."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Add when; votes from before are told to nobody."""
    op.add_column("vote_roll", sa.Column("told_at", sa.BigInteger(), nullable=True))
    op.add_column(
        "vote_roll",
        sa.Column("end_told", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    waits = sa.text("told_at IS NOT NULL AND NOT end_told")
    op.create_index(
        "ix_vote_roll_end_untold",
        "vote_roll",
        ["person_id"],
        sqlite_where=waits,
        postgresql_where=waits,
    )
