"""How cases were filed when they came, and what a person said of those drawn."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "filing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("judged_as", sa.Text(), nullable=False),
        sa.Column("judge_id", sa.BigInteger(), nullable=True),
        sa.Column("judged_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_filing_case_id"),
        sa.ForeignKeyConstraint(["judge_id"], ["staff.id"], name="fk_filing_judge_id"),
        sa.PrimaryKeyConstraint("id", name="pk_filing"),
        sa.UniqueConstraint("case_id", name="uq_filing_case_id"),
    )
    op.create_index("ix_filing_at", "filing", ["at"])
    waits = sa.text("lot = 'drawn'")
    op.create_index("ix_filing_waits", "filing", ["id"], sqlite_where=waits, postgresql_where=waits)
