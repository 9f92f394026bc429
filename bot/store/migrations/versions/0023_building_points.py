"""Where buildings stand, as far as it is known; and where a case is, found by the case."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("building", sa.Column("latitude", sa.Float()))
    op.add_column("building", sa.Column("longitude", sa.Float()))
    op.create_index("ix_check_in_case_id", "check_in", ["case_id"])
