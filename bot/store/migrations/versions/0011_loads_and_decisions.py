"""What each member carries, whom a case is not given to again, and what was decided."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_OPEN = "('found', 'reopened', 'assigned', 'on_site')"


def upgrade() -> None:
    op.create_table(
        "staff_load",
        sa.Column("staff_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_staff_load_staff_id"),
        sa.PrimaryKeyConstraint("staff_id", name="pk_staff_load"),
    )
    op.execute(
        "INSERT INTO staff_load (staff_id, cases, weight) "
        "SELECT staff.id, count(case_file.id), "
        "coalesce(sum(CASE WHEN case_file.id IS NULL THEN 0 WHEN case_file.urgent THEN 3 "
        "ELSE 1 END), 0) "
        "FROM staff LEFT JOIN case_file ON case_file.handler_id = staff.id "
        f"AND case_file.state IN {_OPEN} GROUP BY staff.id"
    )
    op.create_table(
        "case_barred",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_case_barred_case_id"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_case_barred_staff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_case_barred"),
        sa.UniqueConstraint("case_id", "staff_id", name="uq_case_barred_case_id_staff_id"),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("suggested_id", sa.BigInteger(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("chosen_id", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_decision_case_id"),
        sa.ForeignKeyConstraint(["suggested_id"], ["staff.id"], name="fk_decision_suggested_id"),
        sa.ForeignKeyConstraint(["chosen_id"], ["staff.id"], name="fk_decision_chosen_id"),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
    )
    op.create_index("ix_decision_case_id", "decision", ["case_id"])
    op.create_index("ix_decision_at", "decision", ["at"])
    waits = "state IN ('found', 'reopened') AND NOT doubtful"
    if op.get_bind().dialect.name == "sqlite":
        waits = "state IN ('found', 'reopened') AND doubtful = 0"
    op.execute(f"CREATE INDEX ix_case_waiting ON case_file (agency, urgent, id) WHERE {waits}")
