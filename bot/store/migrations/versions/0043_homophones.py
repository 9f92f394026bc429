"""Words heard as others of the same sound, to which somebody agreed or not."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "homophone",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("mark", "heard", "meant")),
        sa.Column("counts", sa.Boolean(), nullable=False, server_default=sa.false()),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("staff_id", "at")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_homophone_staff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_homophone"),
    )
    op.create_index("ix_homophone_mark", "homophone", ["mark"])
