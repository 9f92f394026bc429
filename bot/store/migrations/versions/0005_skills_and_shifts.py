"""What members can do, when they work, who leads a grid."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column(
        "staff_grid", sa.Column("lead", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "staff_skill",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_staff_skill_staff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_staff_skill"),
        sa.UniqueConstraint("staff_id", "skill", name="uq_staff_skill_staff_id_skill"),
    )
    op.create_table(
        "shift",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("until_minute", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_shift_staff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_shift"),
        sa.UniqueConstraint(
            "staff_id", "weekday", "from_minute", name="uq_shift_staff_id_weekday_from_minute"
        ),
    )
