"""Whether who voted was thanked for it."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    """Add the mark, and the index by which those who wait are found."""
    op.add_column(
        "vote_roll", sa.Column("thanked", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    unthanked = sa.text("voted AND NOT thanked")
    op.create_index(
        "ix_vote_roll_unthanked",
        "vote_roll",
        ["person_id"],
        sqlite_where=unthanked,
        postgresql_where=unthanked,
    )
