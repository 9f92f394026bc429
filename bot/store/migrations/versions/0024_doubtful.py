"""What failed or is uncertain is found without looking at all that was ever sent."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    where = sa.text("delivery IN ('failed', 'uncertain')")
    op.create_index(
        "ix_outbox_doubtful", "outbox", ["id"], sqlite_where=where, postgresql_where=where
    )
