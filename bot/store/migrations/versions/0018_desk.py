"""The workbench: forms that came already, and who looks at which case."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "sent_form",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_sent_form_staff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sent_form"),
        sa.UniqueConstraint("staff_id", "form", name="uq_sent_form_staff_id_form"),
    )
    op.create_index("ix_sent_form_at", "sent_form", ["at"])
    op.create_table(
        "onlooker",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_onlooker_case_id"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_onlooker_staff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_onlooker"),
        sa.UniqueConstraint("page", name="uq_onlooker_page"),
    )
    op.create_index("ix_onlooker_case_id", "onlooker", ["case_id"])
