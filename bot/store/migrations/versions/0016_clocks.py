"""A row for each clock of a case; one timer wakes them."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "case_clock",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("paused_at", sa.BigInteger(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("stopped_at", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_case_clock_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_case_clock"),
    )
    op.create_index(
        "uq_case_clock_running",
        "case_clock",
        ["case_id", "kind"],
        unique=True,
        sqlite_where=sa.text("stopped_at IS NULL"),
        postgresql_where=sa.text("stopped_at IS NULL"),
    )
    op.create_index("ix_case_clock_case_id", "case_clock", ["case_id"])
    op.create_index("ix_case_clock_started_at", "case_clock", ["started_at"])
    op.execute("DELETE FROM timer WHERE kind IN ('first_answer', 'solve')")
    op.execute(
        "DELETE FROM timer WHERE kind = 'assign_late' AND case_id IN"
        " (SELECT case_id FROM timer WHERE kind = 'assign')"
    )
    op.execute("UPDATE timer SET kind = 'assign' WHERE kind = 'assign_late'")
    # Once the service runs, this timer winds the clocks of cases that are open already.
    op.execute(
        "INSERT INTO timer (kind, case_id, due_at) SELECT 'limit', id, 0 FROM case_file"
        " WHERE state IN ('found', 'assigned', 'on_site', 'reopened')"
    )
