"""Cards of initiatives that stand in a group, where everybody reads them."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    """Add the flag."""
    op.add_column(
        "initiative_card",
        sa.Column("in_room", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
