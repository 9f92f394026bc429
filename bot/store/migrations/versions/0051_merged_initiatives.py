"""Which initiatives were merged into one is found by an index."""

from alembic import op

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    """Add it."""
    op.create_index("ix_initiative_merged_into", "initiative", ["merged_into"])
