"""What was refused until she writes is found for each contact by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    """Add it."""
    where = sa.text("delivery = 'held'")
    op.create_index(
        "ix_outbox_held",
        "outbox",
        ["contact_id", "id"],
        sqlite_where=where,
        postgresql_where=where,
    )
