"""Open cases of a handler are read off one index, newest first, however many there are."""

from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.drop_index("ix_case_handler", "case_file")
    op.create_index("ix_case_handler", "case_file", ["handler_id", "state", "id"])
