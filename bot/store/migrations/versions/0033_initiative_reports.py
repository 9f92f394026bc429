"""What neighbours find unfit in an initiative, and that it is hidden until staff have looked."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Add table and flag."""
    hidden: sa.Column[bool] = sa.Column(
        "hidden", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("initiative", hidden)
    op.create_table(
        "initiative_report",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("initiative_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name="fk_initiative_report_initiative_id"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_initiative_report_person_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_initiative_report"),
        sa.UniqueConstraint(
            "initiative_id", "person_id", name="uq_initiative_report_initiative_id_person_id"
        ),
    )
    for column in ("person_id", "at"):
        op.create_index(f"ix_initiative_report_{column}", "initiative_report", [column])
